"""The timeline of a customer for whoever looks: sentences by month, equal ones folded."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from customers.forms.customer import Note
from customers.models import Customer
from customers.queries import page_sources, timeline
from customers.queries.page_sources import Part, Row
from customers.queries.timeline import Asked
from customers.views import sentences, wording
from ispbill.accounts.access import may
from ispbill.accounts.http import Request
from ispbill.core import clock, formats
from ispbill.notifications.models import Message
from ispbill.notifications.rules.events import EVENTS


@dataclass
class Happening:
    """One line of the timeline. `days` are the other days on which it happened as well."""

    at: datetime
    symbol: str
    tone: str
    words: list[Part | str]
    detail: str = ""
    note: str = ""
    note_id: int | None = None
    is_pinned: bool = False
    key: str = ""
    month: str = ""  # the head above it, when it is the first of its month
    days: list[date] = field(default_factory=list)

    @property
    def plain(self) -> str:
        """The sentence as text."""
        return sentences.plain(self.words)

    @property
    def again(self) -> str:
        """Say that the same happened on other days, or again on this one."""
        others = sorted(set(self.days) - {clock.local_date(self.at)})
        if not self.days:
            return ""
        if not others:
            count = len(self.days)
            return ngettext("%(n)s more time that day", "%(n)s more times that day", count) % {
                "n": formats.number(count)
            }
        said = ngettext(
            "Same on %(n)s other day, %(day)s",
            "Same on %(n)s other days since %(day)s",
            len(others),
        )
        on = formats.day(others[0], get_language() or "en")
        return said % {"n": formats.number(len(others)), "day": on}


def context(request: Request, customer: Customer) -> dict[str, Any]:
    """Return what the timeline's templates show of the stretch that is asked for."""
    topic = request.GET.get("kind", "")
    topic = topic if topic in topics(request) else ""
    before = request.GET.get("before", "")

    def allowed(capability: str) -> bool:
        return not capability or may(request.user, capability)

    found = timeline.stretch(
        _asked(customer, topic, allowed),
        before=before,
        pinned=timeline.pinned(customer) if topic in ("", timeline.NOTE) else None,
    )
    entries = folded([keyed(row) for row in found.rows])
    last = _with_months(entries, above=request.GET.get("month", ""))
    may_note = may(request.user, "notes.write")
    return {
        "note_form": Note() if may_note else None,
        "may_note": may_note,
        "entries": entries,
        "pinned": [keyed(row) for row in found.pinned],
        "older": found.before,
        "last_month": last,
        "kind": topic,
        "kinds": [("", _("Everything")), *topics(request).items()],
    }


def topics(request: Request) -> dict[str, str]:
    """Return the filters there is something under for this person."""
    names = {
        "money": _("Money"),
        "line": _("Line"),
        "messages": _("Messages"),
        "tickets": _("Tickets"),
        "account": _("Account"),
        timeline.NOTE: _("Notes"),
    }
    needs = {"messages": "messages.view", "tickets": "tickets.view"}
    return {
        topic: name
        for topic, name in names.items()
        if topic not in needs or may(request.user, needs[topic])
    }


def _asked(customer: Customer, topic: str, allowed: Callable[[str], bool]) -> list[Asked]:
    asked = [
        Asked(one.name, one.rows(customer.pk), one.at, one.facts)
        for one in page_sources.sources()
        if topic in ("", one.topic) and allowed(one.needs)
    ]
    if topic != timeline.NOTE:
        asked.append(timeline.audited(customer, topic=topic, may=allowed))
    if topic in ("", "messages") and allowed("messages.view"):
        asked.append(timeline.messages(customer))
    if topic in ("", timeline.NOTE):
        asked.append(timeline.noted(customer))
    return asked


def keyed(row: Row) -> Happening:
    """Return one row as a person reads it, with what names it when it is read again."""
    one = told(row)
    one.key = f"{row.source}{row.pk}"
    return one


def told(row: Row) -> Happening:
    """Return one row as a person reads it."""
    if row.source in (timeline.NOTE, timeline.PINNED):
        return Happening(
            at=row.at,
            symbol="writing",
            tone="warning",
            words=sentences.parts(_("%(who)s noted:"), {"who": Part(row.facts["who"])}),
            note=row.facts["text"],
            note_id=row.pk,
            is_pinned=row.facts["is_pinned"],
        )
    if row.source == timeline.AUDIT:
        symbol, tone, words = wording.words(row)
        return Happening(row.at, symbol, tone, words, wording.detail(row))
    if row.source == timeline.MESSAGE:
        return _message(row)
    source = next(one for one in page_sources.sources() if one.name == row.source)
    one = source.tell(row)
    return Happening(
        row.at, one.symbol, one.tone, sentences.parts(one.sentence, one.values), one.detail
    )


def _message(row: Row) -> Happening:
    state = row.facts["state"]
    event = EVENTS.get(row.facts["event"])
    is_lost = state in (Message.State.FAILED, Message.State.UNKNOWN)
    values = {
        "what": Part(_(event.title) if event is not None else _("Message")),
        "channel": str(dict(Message.WAYS)[row.facts["channel"]]),
        "state": Part(_state(state)) if is_lost else _state(state),
    }
    words = sentences.parts(_("%(what)s by %(channel)s: %(state)s."), values)
    symbol = "mail" if row.facts["channel"] == Message.Channel.EMAIL else "message"
    detail = row.facts["error"] if is_lost else ""
    return Happening(row.at, symbol, "warning" if is_lost else "neutral", words, detail)


def _state(state: str) -> str:
    return {
        Message.State.QUEUED: _("waits to be sent"),
        Message.State.SENDING: _("is being sent"),
        Message.State.SENT: _("sent"),
        Message.State.DELIVERED: _("delivered"),
        Message.State.FAILED: _("not delivered"),
        Message.State.UNKNOWN: _("nobody knows whether it arrived"),
        Message.State.CANCELLED: _("cancelled"),
    }[Message.State(state)]


def folded(entries: list[Happening]) -> list[Happening]:
    """Keep the newest of those that read the same, and let it say on which days they were."""
    kept: dict[tuple[str, str], Happening] = {}
    shown = []
    for entry in entries:
        key = (entry.plain, entry.detail)
        if entry.note_id is None and key in kept:
            kept[key].days.append(clock.local_date(entry.at))
            continue
        kept[key] = entry
        shown.append(entry)
    return shown


def _with_months(entries: list[Happening], *, above: str) -> str:
    """Put a head above the first entry of each month; return the last month, as 2026-08."""
    language, last = get_language() or "en", above
    for entry in entries:
        on = clock.local_date(entry.at)
        if f"{on:%Y-%m}" != last:
            last, entry.month = f"{on:%Y-%m}", formats.month(on, language)
    return last
