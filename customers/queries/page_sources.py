"""What the floors above know of a customer, for the page of one customer.

This floor knows neither bills nor routers. Who does registers how to ask for one customer's, and
what to tell on the timeline; the page asks here, for those who may see it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, Model, OuterRef, QuerySet, Value

from customers.models import Customer
from customers.rules.picture import Line, Money

AskMoney = Callable[[Customer, date], Money]
AskLines = Callable[[Customer], list[Line]]


@dataclass(frozen=True)
class Row:
    """One thing that happened, as its table has it. `facts` hold no decimal and no moment."""

    source: str
    pk: int
    at: datetime
    facts: dict[str, Any]


@dataclass(frozen=True)
class Part:
    """A word of a sentence that stands out: bold, or a way to a page."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Told:
    """One thing that happened, in a sentence. `%(name)s` in it stand for `parts` and values."""

    symbol: str
    sentence: str
    values: dict[str, Part | str] = field(default_factory=dict)
    detail: str = ""
    tone: str = "neutral"


@dataclass(frozen=True)
class Source:
    """A table the timeline tells of. `name`: small letters; `topic`: the filter it stands under.

    `rows` takes a customer's id and returns that customer's rows; they are read newest key first.
    `facts` are the columns a sentence needs, by name. `needs`: what a reader must be allowed.
    """

    name: str
    topic: str
    needs: str
    at: str
    facts: dict[str, Any]
    rows: Callable[[int], QuerySet[Model]]
    tell: Callable[[Row], Told]


_money: list[AskMoney] = []
_lines: list[AskLines] = []
_sources: dict[str, Source] = {}
_history: list[Callable[[], QuerySet[Any]]] = []


def answer_money(ask: AskMoney) -> None:
    """Let a floor above answer for a customer's bills and payments."""
    _money[:] = [ask]


def answer_lines(ask: AskLines) -> None:
    """Let a floor above answer for a customer's lines."""
    _lines[:] = [ask]


def answer_history(rows: Callable[[], QuerySet[Any]]) -> None:
    """Let a floor above say which rows a former system left of customers."""
    _history[:] = [rows]


def with_history(customers: QuerySet[Customer]) -> QuerySet[Customer]:
    """Let customers know (`has_history`) whether a former system knew them."""
    known: Any = Value(False)
    if _history:
        known = Exists(_history[0]().filter(customer=OuterRef("pk")))
    return customers.annotate(has_history=known)


def has_history(customer: Customer) -> bool:
    """Tell whether a former system knew a customer of `with_history`."""
    return bool(getattr(customer, "has_history", False))


def add(source: Source) -> None:
    """Let a floor above tell of something on the timeline."""
    _sources[source.name] = source


def money(customer: Customer, *, on: date) -> Money:
    """Return a customer's bills and payments on a company date."""
    return _money[0](customer, on) if _money else Money([], [])


def lines(customer: Customer) -> list[Line]:
    """Return a customer's lines."""
    return _lines[0](customer) if _lines else []


def sources() -> Sequence[Source]:
    """Return what the floors above tell of."""
    return list(_sources.values())
