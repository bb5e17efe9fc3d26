"""A message's text: as it is sent, and as it may be kept and shown."""

from datetime import timedelta

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from ispbill.core import clock, receipt_links
from ispbill.core.models import Company
from ispbill.core.pay_links import PayLink
from ispbill.notifications.gateways.base import Notice
from ispbill.notifications.models import Message
from ispbill.notifications.queries import wordings
from ispbill.notifications.rules import push, wording
from ispbill.notifications.rules.events import EVENTS, SECRETS
from ispbill.notifications.rules.wording import Text

# Pages of ours that only the reader may open; those by link are for whoever has the SMS.
LIST = "/portal/messages/"
_PAGES = ("ticket_url", "page_url")
HIDDEN = "••••••"
LINK_LIFE = timedelta(days=90)  # how long the link to pay in a message works


def company_values() -> dict[str, object]:
    """The values every text may use, whatever it is about."""
    company = Company.current()
    return {
        "company": company.name,
        "company_phone": company.phone,
        "portal_url": f"{settings.PUBLIC_URL}/portal/",
        "pay_url": f"{settings.PUBLIC_URL}/pay",
    }


def written(message: Message, text: Text) -> tuple[Text, Text]:
    """Return the text to send, and the text to keep: the same, but for secrets."""
    is_secret = EVENTS[message.event].is_secret
    if message.body and not is_secret:  # frozen at the first attempt
        frozen = Text(subject=message.subject, body=message.body)
        return frozen, frozen
    final = _composed(message, text, {})
    return final, _composed(message, text, dict.fromkeys(SECRETS, HIDDEN)) if is_secret else final


def shown(message: Message) -> Text:
    """Return what staff may read: the text as sent, or as it would be sent now."""
    if message.body:
        return Text(subject=message.subject, body=message.body)
    place = (message.event, message.wording_channel, wording.language_for(message.language))
    text = wordings.in_force([place])[place]
    return written(message, text or Text(body=""))[1]


def notice(message: Message) -> Notice:
    """Return what goes with a notification beside its text."""
    fact = message.dedup_key.partition("#")[0].partition(f":{Message.WEB_PUSH}")[0]
    manner = push.manner(message.event, fact=fact, is_urgent=message.is_urgent)
    return Notice(path=path_of(message), manner=manner)


def path_of(message: Message) -> str:
    """Return the page of ours a message is about: the one its text names, else the list."""
    for name in _PAGES:
        address = str(message.context.get(name, ""))
        if address.startswith(f"{settings.PUBLIC_URL}/"):
            return address.removeprefix(settings.PUBLIC_URL)
    return "/admin/" if message.customer_id is None else LIST


def _pay_link(message: Message) -> dict[str, object]:
    """Return the customer's own link to pay; a message about nobody has the general one."""
    if message.customer_id is None:
        return {}
    last_day = clock.local_date(message.created_at) + LINK_LIFE
    return {"pay_url": PayLink(message.customer_id, last_day).url()}


def _receipt_link(message: Message) -> dict[str, object]:
    """Return the link to the receipt a message tells of, where its texts may use it."""
    number = message.context.get("receipt")
    if not number or "receipt_url" not in EVENTS[message.event].names:
        return {}
    return {"receipt_url": receipt_links.url(str(number))}


def _as_notice(message: Message, text: Text) -> Text:
    """Return the SMS text as that of a notification, headed by the occasion."""
    with translation.override(wording.language_for(message.language)):
        title = gettext(EVENTS[message.event].title)
    return Text(subject=title, body=push.template(text.body))


def _composed(message: Message, text: Text, over: dict[str, str]) -> Text:
    if message.is_push:
        text = _as_notice(message, text)
    return wording.compose(
        text,
        message.event,
        {
            **company_values(),
            **_pay_link(message),
            **_receipt_link(message),
            **message.context,
            **over,
        },
        language=message.language,
        channel=message.channel,
    )
