"""Messages of the past: written out and marked delivered, so that none of them is sent today."""

from datetime import timedelta

from django.core.paginator import Paginator

from ispbill.notifications.models import Message
from ispbill.notifications.queries import wordings
from ispbill.notifications.queries.texts import company_values
from ispbill.notifications.rules import sms, wording

PAGE = 2_000


def deliver_what_is_past() -> int:
    """Give every queued message its text and its delivery seconds after it was queued.

    Only for a history that has just been written: nothing is handed to a provider. Returns how
    many messages there were.
    """
    company = company_values()
    queued = Message.objects.filter(state=Message.State.QUEUED).order_by("pk")
    keys = list(queued.values_list("pk", flat=True))
    for page in Paginator(keys, PAGE):
        rows = list(Message.objects.filter(pk__in=page.object_list))
        texts = wordings.in_force((row.event, row.channel, row.language) for row in rows)
        for row in rows:
            text = texts[row.event, row.channel, wording.language_for(row.language)]
            if text is None:
                row.state, row.error = Message.State.CANCELLED, "Its wording is turned off."
                continue
            final = wording.compose(
                text, row.event, {**company, **row.context},
                language=row.language, channel=row.channel,
            )  # fmt: skip
            row.subject, row.body = final.subject, final.body
            is_sms = row.channel == Message.Channel.SMS
            row.parts = sms.parts(final.body).parts if is_sms else 1
            row.state, row.provider, row.attempts = Message.State.DELIVERED, "sandbox", 1
            row.provider_ref = f"past-{row.pk}"
            row.sent_at = row.created_at + timedelta(seconds=4)
            row.delivered_at = row.created_at + timedelta(seconds=9)
        Message.objects.bulk_update(
            rows,
            ["subject", "body", "parts", "state", "provider", "provider_ref", "attempts",
             "sent_at", "delivered_at", "error"],
            batch_size=500,
        )  # fmt: skip
    return len(keys)
