"""What each of many customers would be sent of a text staff have written, and who gets nothing.

The preview and the sending ask here, so what was shown is what is sent.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from customers.models import Customer
from ispbill.core import clock, stop_links
from ispbill.core.pay_links import PayLink
from ispbill.notifications.models import Message, MessageSettings
from ispbill.notifications.queries import prices, texts, wordings
from ispbill.notifications.rules import sms, wording
from ispbill.notifications.rules.events import EVENTS
from ispbill.notifications.rules.wording import Text, UnknownPlaceholder

EVENT, OFFER = "staff_message", "offer"
FRAME = frozenset({"subject", "text"})  # filled in by the frame, not by whoever writes
FIELDS = tuple(one for one in EVENTS[EVENT].placeholders if one.name not in FRAME)

_BANGLA = "bn"
_READ = (
    "pk", "number", "name", "phone", "email", "language", "archived_at", "wants_sms",
    "wants_whatsapp", "wants_email", "wants_marketing", "account_state__balance_amount",
)  # fmt: skip


@dataclass(frozen=True)
class Draft:
    """A text with fields, the channel it goes by, and maybe another for customers who read Bangla.

    An offer goes only to customers who have agreed to offers.
    """

    channel: str
    text: str
    subject: str = ""
    text_bn: str = ""
    subject_bn: str = ""
    is_offer: bool = False

    @property
    def event(self) -> str:
        """The occasion it goes out under: offers carry the way to stop them."""
        return OFFER if self.is_offer else EVENT


@dataclass(frozen=True)
class Letter:
    """What one customer would be sent; or, without a text, why nothing."""

    customer_id: int
    number: str
    name: str
    recipient: str
    language: str
    context: dict[str, Any] = field(default_factory=dict)
    text: Text | None = None
    why_not: str = ""

    @property
    def parts(self) -> int:
        """Parts an SMS of this text has."""
        return sms.parts(self.text.body).parts if self.text is not None else 0


@dataclass(frozen=True)
class Outlook:
    """What sending a draft would come to."""

    digest: str
    """Stands for the draft and whom it is for: what was looked at is what may be sent."""
    count: int
    parts: int
    """SMS parts in all, which is what providers charge for; 0 for other channels."""
    cost: Decimal | None
    """What providers charge for all of it, in the company's currency; None where a number has no
    price, and for e-mail."""
    left_out: list[tuple[str, int]]
    samples: list[Letter]
    """The first customer's text of each language."""
    leaves_at: datetime | None
    """When the quiet hours end, if they hold the messages back."""


def check(draft: Draft) -> None:
    """Raise UnknownPlaceholder for fields that nobody fills in."""
    typed = "\n".join([draft.subject, draft.text, draft.subject_bn, draft.text_bn])
    known = {one.name for one in FIELDS}
    unknown = [name for name in wording.placeholders_used(typed) if name not in known]
    if unknown:
        raise UnknownPlaceholder(unknown)


def fields() -> list[dict[str, str]]:
    """Return the fields a text may hold, as they are typed, and what each is filled in with."""
    return [{"braced": f"{{{one.name}}}", "description": _(one.description)} for one in FIELDS]


def opening(about: str) -> str:
    """Return the text somebody begins with, `about` "pay" asking for money; "" for their own."""
    if about != "pay":
        return ""
    return _("Dear {name}: {balance}. Account {number}. Pay here: {pay_url}")


def letters(
    customers: Collection[int], draft: Draft, *, at: datetime, once_a_number: bool = False
) -> Iterator[Letter]:
    """Yield what each customer would get of a checked draft, in the order of their ids."""
    is_used = draft.channel in MessageSettings.current().channels
    event = draft.event
    frames = wordings.in_force((event, draft.channel, code) for code in wording.LANGUAGES)
    ours = texts.company_values()
    last_day = clock.local_date(at) + texts.LINK_LIFE
    rows = Customer.objects.filter(pk__in=customers).order_by("pk").values(*_READ)
    taken: set[str] = set()
    for row in rows.iterator(chunk_size=1000):
        language = wording.language_for(row["language"])
        frame = frames[event, draft.channel, language]
        recipient = row["email"] if draft.channel == wording.EMAIL else row["phone"]
        who = (row["pk"], row["number"], row["name"], recipient, language)
        why_not = _why_not(row, draft, recipient)
        if not is_used:
            why_not = _("The company does not use this channel.")
        elif not why_not and frame is None:
            why_not = _("The wording of messages from staff is turned off.")
        if once_a_number and not why_not and recipient in taken:
            why_not = _("Another account has this address.")
        if why_not or frame is None:
            yield Letter(*who, why_not=why_not)
            continue
        taken.add(recipient)
        context = {
            "name": row["name"],
            "number": row["number"],
            "balance": str(row["account_state__balance_amount"] or "0.00"),
        }
        own = {
            **ours,
            "pay_url": PayLink(row["pk"], last_day).url(),
            "stop_url": stop_links.url(row["pk"]),
        }
        yield Letter(*who, context=context, text=_text(draft, frame, {**own, **context}, language))


def outlook(
    customers: Sequence[int],
    draft: Draft,
    *,
    at: datetime,
    leaves_at: datetime,
    once_a_number: bool = False,
) -> Outlook:
    """Reckon what sending would come to at a moment, if it left at `leaves_at`; writes nothing."""
    parts: Counter[str] = Counter()
    count = 0
    is_sms = draft.channel == Message.Channel.SMS
    left_out: Counter[str] = Counter()
    samples: dict[str, Letter] = {}
    for letter in letters(customers, draft, at=at, once_a_number=once_a_number):
        if letter.text is None:
            left_out[letter.why_not] += 1
            continue
        count += 1
        parts[letter.recipient] += letter.parts if is_sms else 1
        samples.setdefault(letter.language, letter)
    return Outlook(
        digest=_digest(customers, draft),
        count=count,
        parts=parts.total() if is_sms else 0,
        cost=prices.estimate(draft.channel, parts, on=clock.local_date(leaves_at)),
        left_out=left_out.most_common(),
        samples=list(samples.values()),
        leaves_at=leaves_at if leaves_at > at else None,
    )


def _why_not(row: dict[str, Any], draft: Draft, recipient: str) -> str:
    if row["archived_at"] is not None:
        return _("Archived.")
    if draft.is_offer and not row["wants_marketing"]:
        return _("Has not agreed to offers.")
    wants, says_no, has_none = {
        "SMS": ("wants_sms", _("Does not want SMS."), _("No phone number.")),
        "WHATSAPP": ("wants_whatsapp", _("Does not want WhatsApp."), _("No phone number.")),
        "EMAIL": ("wants_email", _("Does not want e-mail."), _("No e-mail address.")),
    }[draft.channel]
    if not row[wants]:
        return says_no
    return "" if recipient else has_none


def _text(draft: Draft, frame: Text, values: dict[str, Any], language: str) -> Text:
    """Fill in the fields, then put the text into the company's frame for such messages."""
    is_bangla = language == _BANGLA and bool(draft.text_bn)
    text = draft.text_bn if is_bangla else draft.text
    subject = (draft.subject_bn if is_bangla else "") or draft.subject
    read = wording.written(draft.event, values, language=language, channel=draft.channel)
    filled = {"text": wording.render(text, read), "subject": wording.render(subject, read)}
    return wording.compose(
        frame, draft.event, {**values, **filled}, language=language, channel=draft.channel
    )


def _digest(customers: Sequence[int], draft: Draft) -> str:
    whole = json.dumps([sorted(customers), asdict(draft)], ensure_ascii=False)
    return hashlib.sha256(whole.encode()).hexdigest()[:32]
