"""What a customer reads in the portal: every fact told of once, by whatever ways it left."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet, Subquery
from django.db.models.functions import Coalesce

from ispbill.notifications.models import Message, PortalReading
from ispbill.notifications.queries import texts
from ispbill.notifications.rules.events import EVENTS

SIZE = 20
NEW_FOR = timedelta(days=60)  # older ones call nobody any more
_WINDOW = 120  # rows looked at for a page: a fact has one for each way and device
_SECRET = [event.code for event in EVENTS.values() if event.is_secret]
_BEST = (Message.Channel.EMAIL, Message.Channel.WHATSAPP, Message.Channel.SMS, Message.WEB_PUSH)


@dataclass(frozen=True)
class Note:
    """One fact as it was told, in the fullest words there are of it."""

    message: Message
    ways: list[str]
    number: int
    """The highest number among its messages."""
    is_new: bool

    @property
    def title(self) -> str:
        return self.message.subject or self.message.event_title

    @property
    def path(self) -> str:
        """Return the page it is about, "" without one of its own."""
        found = texts.path_of(self.message)
        return "" if found == texts.LIST else found


@dataclass(frozen=True)
class Page:
    notes: list[Note]
    older: int
    """Before which number the next page begins; 0 at the end."""


def page(customer_id: int, *, before: int = 0) -> Page:
    """Return one page of an account's messages, newest first."""
    rows = _readable(customer_id)
    if before:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[:_WINDOW])
    until = read_until(customer_id)
    facts: dict[str, list[Message]] = {}
    for row in found:
        facts.setdefault(_fact(row.dedup_key), []).append(row)
    notes = [_note(told, until) for told in list(facts.values())[:SIZE]]
    shown = [row.pk for told in list(facts.values())[:SIZE] for row in told]
    is_more = len(facts) > SIZE or len(found) == _WINDOW
    return Page(notes, older=min(shown) if is_more else 0)


def unread(customer_id: int, *, at: datetime) -> int:
    """Return how many facts nobody has read yet."""
    until = PortalReading.objects.filter(customer_id=customer_id).values("read_until")
    rows = _readable(customer_id).filter(created_at__gte=at - NEW_FOR)
    new = rows.filter(pk__gt=Coalesce(Subquery(until), 0)).order_by("-pk")
    return len({_fact(key) for key in new.values_list("dedup_key", flat=True)[:_WINDOW]})


def newest(customer_id: int) -> int:
    """Return the number of an account's latest message; 0 without any."""
    rows = _readable(customer_id).order_by("-pk")
    return rows.values_list("pk", flat=True).first() or 0


def read_until(customer_id: int) -> int:
    """Return up to which message an account's have been read; 0 for none."""
    rows = PortalReading.objects.filter(customer_id=customer_id)
    return rows.values_list("read_until", flat=True).first() or 0


def read_at(message: Message) -> datetime | None:
    """Return when a message was seen in the portal, at the latest; None when it was not."""
    rows = PortalReading.objects.filter(customer_id=message.customer_id or 0)
    return rows.filter(read_until__gte=message.pk).values_list("read_at", flat=True).first()


def _readable(customer_id: int) -> QuerySet[Message]:
    """Return what was written to a customer, without codes and what staff stopped."""
    rows = Message.objects.filter(customer_id=customer_id).exclude(body="")
    return rows.exclude(event__in=_SECRET).exclude(state=Message.State.CANCELLED)


def _fact(dedup_key: str) -> str:
    return dedup_key.partition("#")[0].rpartition(":")[0]


def _note(told: list[Message], until: int) -> Note:
    best = min(told, key=lambda row: _BEST.index(row.channel))
    number = max(row.pk for row in told)
    ways = list(dict.fromkeys(row.channel_words for row in reversed(told)))
    return Note(best, ways, number, is_new=number > until)
