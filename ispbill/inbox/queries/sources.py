"""What may wait for somebody's decision: one source a kind, registered by the room that owns it.

The inbox lists, walks and counts; it decides nothing. What a verb does is the owner's own service,
with its locks, guards, reasons and audit, called as the owner's own page calls it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ispbill.accounts.http import Request
from ispbill.accounts.models import User

Word = str | Promise


class Group(Enum):
    """The tabs of the inbox."""

    MONEY = "money"
    REQUESTS = "requests"
    LINES = "lines"

    @property
    def label(self) -> Word:
        """The tab's words."""
        return {
            Group.MONEY: gettext_lazy("Money"),
            Group.REQUESTS: gettext_lazy("Requests"),
            Group.LINES: gettext_lazy("Lines & tickets"),
        }[self]


class Urgency(IntEnum):
    """What waiting costs, the most first; within one the longest waiting comes first."""

    CUSTOMER_OFF = 0
    DAY_NEAR = 1
    WAITS = 2


@dataclass(frozen=True)
class Line:
    """An open item as the list shows it; `amount` in the company's currency."""

    what: str
    why: str
    since: datetime
    amount: Decimal | None = None
    is_change: bool = False
    """The amount is more or less than before, and is written with its sign."""
    urgency: Urgency = Urgency.WAITS


@dataclass(frozen=True)
class Fact:
    """Something known about an item; `url` leads to it, `is_code` is for numbers and quotes."""

    label: Word
    value: Any
    url: str = ""
    is_code: bool = False


@dataclass(frozen=True)
class Change:
    """What the blue act changes: before and after, in words."""

    label: Word
    before: Any
    after: Any


@dataclass(frozen=True)
class Detail:
    """All that is needed to decide. `template` adds what only this kind has, with `context`."""

    question: str
    said: str = ""
    facts: Sequence[Fact] = ()
    speaks_for: Sequence[str] = ()
    speaks_against: Sequence[str] = ()
    history: Sequence[tuple[datetime, str]] = ()
    changes: Sequence[Change] = ()
    effects: Sequence[str] = ()
    warning: str = ""
    url: str = ""
    """The owner's own page of it, for everything that is rarer."""
    seen: Mapping[str, str] = field(default_factory=dict)
    """What the blue act is given back: a fingerprint of what was shown."""
    template: str = ""
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Done:
    """What came of a verb, in words, and where it can be undone ("" where it cannot)."""

    text: str
    undo_url: str = ""
    is_undone_at_once: bool = False
    """Undoing is one press; else a dialog asks why."""


Given = Mapping[str, Any]


@dataclass(frozen=True)
class Verb:
    """What a person may do about an item: `run` calls the owner's service, which may refuse.

    With a `form` it asks first, in a dialog. The first verb of an item is its blue act (`Enter`);
    the one that `is_refusal` is `x`.
    """

    name: str  # in its address
    label: Word
    run: Callable[[Request, Any, Given], Done]
    form: Callable[[Any], forms.Form] | None = None
    capability: str = ""
    """Beyond the source's own; what the owner's page asks for."""
    is_refusal: bool = False
    is_possible: bool = True
    effects: Sequence[str] = ()


@dataclass(frozen=True)
class Source:
    """A kind of item: whom it waits for, how it is shown, and what may be done about it."""

    kind: str  # in its address
    label: Word
    group: Group
    symbol: str
    capability: str
    """Who may see and decide it."""
    waiting: Callable[[User, datetime], QuerySet[Any]]
    """Its open items that wait for this person; counted as it stands."""
    listed: Callable[[QuerySet[Any], datetime], QuerySet[Any]]
    """The same with all a list shows of them, in the order of urgency and age."""
    line: Callable[[Any], Line]
    detail: Callable[[Request, Any], Detail]
    verbs: Callable[[Request, Any], Sequence[Verb]]
    decided: Callable[[User, int], str | None]
    """What became of one that no longer waits, and by whom; None when it is not this person's."""


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    """Add a kind of item; called once, when its app starts."""
    _sources[source.kind] = source


def every() -> list[Source]:
    """Return all kinds, in the order they were registered."""
    return list(_sources.values())


def find(kind: str) -> Source | None:
    """Return the kind of this name."""
    return _sources.get(kind)


def decision(
    rows: QuerySet[Any], key: int, *, state: str = "status", by: str | None = "decided_by"
) -> str | None:
    """Say what became of one of these rows (its field `state`), and by whom (the field `by`).

    None where there is no such row: `rows` are those the person may see.
    """
    row = (rows.select_related(by) if by else rows).filter(pk=key).first()
    if row is None:
        return None
    words = getattr(row, f"get_{state}_display")()
    return decided_words(words, getattr(row, by) if by else None)


def decided_words(state: Word, who: User | None) -> str:
    """Say what became of an item that no longer waits, and by whom where that is known."""
    if who is None:
        return str(state)
    return _("%(state)s by %(who)s.") % {"state": state, "who": who.name}
