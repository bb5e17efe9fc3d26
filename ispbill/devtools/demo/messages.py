"""Messages of the past: written out and marked delivered, so that none of them is sent today."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from ispbill.accounts.models import User
from ispbill.core import clock, statements
from ispbill.core.acts import Act
from ispbill.notifications.models import Message
from ispbill.notifications.queries import prices, texts, wordings
from ispbill.notifications.rules import prices as price_list
from ispbill.notifications.rules import sms, wording
from ispbill.notifications.services import prices as services

PAGE = 2_000
SINCE = date(2020, 1, 1)
PRICES = (("SMS", "", "0.35"), ("SMS", "+88017", "0.32"), ("WHATSAPP", "", "0.90"))

_WRITE = """
    UPDATE notifications_message m
    SET subject = v.subject, body = v.body, parts = v.parts, attempts = 1, provider = 'sandbox',
        provider_ref = 'past-' || m.id, state = 'DELIVERED',
        sent_at = m.created_at + interval '4 seconds',
        delivered_at = m.created_at + interval '9 seconds', cost = v.cost
    FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::int[], %s::numeric[])
         AS v (id, subject, body, parts, cost)
    WHERE m.id = v.id
"""


def agree_on_prices(owner: User, *, at: datetime) -> None:
    """Keep what providers ask for a part, one network cheaper than the others."""
    for channel, prefix, price in PRICES:
        plan = services.Plan(channel, "", prefix, SINCE, Decimal(price))
        services.add(plan=plan, act=Act(owner, at))


def deliver_what_is_past(**which: str) -> int:
    """Give every queued message its text and its delivery seconds after it was queued.

    Only for a history that has just been written: nothing is handed to a provider. A message
    whose wording is turned off is cancelled. `which`: only those of these values. Returns how many
    there were.
    """
    queued = Message.objects.filter(state=Message.State.QUEUED, **which)
    count = 0
    while rows := list(queued.order_by("pk")[:PAGE]):
        _deliver(rows)
        count += len(rows)
    return count


def _deliver(rows: Sequence[Message]) -> None:
    in_force = wordings.in_force((row.event, row.wording_channel, row.language) for row in rows)
    known = prices.known()
    written, off = [], []
    for row in rows:
        text = in_force[row.event, row.wording_channel, wording.language_for(row.language)]
        if text is None:
            off.append(row.pk)
            continue
        _final, kept = texts.written(row, text)
        parts = sms.parts(kept.body).parts if row.channel == Message.Channel.SMS else 1
        price = price_list.of_part(
            known,
            channel=row.channel,
            provider="sandbox",
            recipient=row.recipient,
            on=clock.local_date(row.created_at),
        )
        cost = None if price is None else price * parts
        written.append((row.pk, kept.subject, kept.body, parts, cost))
    Message.objects.filter(pk__in=off).update(
        state=Message.State.CANCELLED, error="The wording for this event is turned off."
    )
    if written:
        statements.run(_WRITE, [list(column) for column in zip(*written, strict=True)])
