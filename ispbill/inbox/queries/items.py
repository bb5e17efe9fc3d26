"""The open items of one person: counted in one statement, listed with one for each source."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import QuerySet

from ispbill.accounts.access import may
from ispbill.accounts.models import User
from ispbill.core import counting
from ispbill.inbox.models import Postponement
from ispbill.inbox.queries import sources
from ispbill.inbox.queries.sources import Group, Line, Source

MOST = 100  # of all kinds together; the most urgent, the others follow when these are done

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Item:
    """An open item with its source."""

    source: Source
    key: int
    line: Line

    @property
    def name(self) -> str:
        """Its kind and key, as its address has them."""
        return f"{self.source.kind}/{self.key}"


@dataclass(frozen=True)
class Found:
    """What the inbox lists, and which sources could not be asked."""

    items: Sequence[Item]
    failed: Sequence[Source]


@dataclass(frozen=True)
class Counts:
    """How many items wait for a person, by kind, and how many of them were put off."""

    by_kind: dict[str, int]
    later: int

    @property
    def total(self) -> int:
        return sum(self.by_kind.values())

    def of(self, group: Group) -> int:
        """Return how many of one tab wait."""
        return sum(
            count
            for kind, count in self.by_kind.items()
            if (source := sources.find(kind)) is not None and source.group is group
        )


def mine(user: User) -> list[Source]:
    """Return the sources a person may decide about."""
    return [source for source in sources.every() if may(user, source.capability)]


def count(user: User, *, at: datetime) -> int:
    """Return how many items wait for this person, in one statement."""
    return sum(_together([[rows(source, user, at=at)] for source in mine(user)]))


def counts(user: User, *, at: datetime) -> Counts:
    """Return the same by kind; a source that fails counts nothing."""
    found = mine(user)
    asked = [[rows(source, user, at=at)] for source in found]
    asked.append([rows(source, user, at=at, is_later=True) for source in found])
    *numbers, later = _together(asked)
    return Counts(dict(zip([one.kind for one in found], numbers, strict=True)), later)


def load(
    user: User,
    *,
    at: datetime,
    group: Group | None = None,
    is_later: bool = False,
    is_oldest_first: bool = False,
) -> Found:
    """Return the open items, what waiting costs most first, then the longest waiting."""
    items: list[Item] = []
    failed: list[Source] = []
    for source in mine(user):
        if group is not None and source.group is not group:
            continue
        try:
            with transaction.atomic():
                items += _lines(source, rows(source, user, at=at, is_later=is_later), at=at)
        except DatabaseError:
            log.exception("inbox source failed", extra={"source": source.kind})
            failed.append(source)
    items.sort(
        key=lambda one: (0 if is_oldest_first else one.line.urgency, one.line.since, one.name)
    )
    return Found(items[:MOST], failed)


def rows(source: Source, user: User, *, at: datetime, is_later: bool = False) -> QuerySet[Any]:
    """Return what of a source waits for a person now, or what the person has put off."""
    put_off = Postponement.objects.filter(user=user, kind=source.kind, until__gt=at)
    found = source.waiting(user, at)
    ids = put_off.values("item_id")
    return found.filter(pk__in=ids) if is_later else found.exclude(pk__in=ids)


def find(source: Source, user: User, key: int, *, at: datetime) -> Any:
    """Return one open item's row, one that was put off too; None when it waits no longer."""
    return source.listed(source.waiting(user, at), at).filter(pk=key).first()


def _lines(source: Source, found: QuerySet[Any], *, at: datetime) -> list[Item]:
    return [Item(source, row.pk, source.line(row)) for row in source.listed(found, at)[:MOST]]


def _together(asked: Sequence[Sequence[QuerySet[Any]]]) -> list[int]:
    """Count all in one statement; where one of them fails, each alone: no page falls over it."""
    try:
        return counting.together(asked)
    except DatabaseError:
        log.exception("inbox count failed")
        return [_counted_alone(group) for group in asked]


def _counted_alone(group: Sequence[QuerySet[Any]]) -> int:
    total = 0
    for found in group:
        try:
            with transaction.atomic():
                total += found.order_by().count()
        except DatabaseError:
            continue
    return total
