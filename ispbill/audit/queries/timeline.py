"""Reading the audit log: filters, and pages by key (the millionth row is as near as the first)."""

import operator
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from ispbill.audit.models import AuditEvent

# Never shown, whatever a snapshot holds.
_HIDDEN = ("password", "sealed_", "secret", "fingerprint", "code_hash")


@dataclass(frozen=True)
class Filters:
    """What to look for; empty means any. `since` is included, `until` is not (UTC moments).

    `q` is part of a person's or an object's name; `topic` holds beginnings of acts.
    """

    q: str = ""
    topic: tuple[str, ...] = ()
    actor: str = ""
    action: str = ""
    target: str = ""
    customer_id: int | None = None
    branch_id: int | None = None
    request_id: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Page:
    """Rows newest first, with the cursors of the pages beside this one ("" where there is none)."""

    rows: list[AuditEvent]
    newer: str
    older: str


@dataclass(frozen=True)
class Change:
    """One field before and after, in words."""

    label: str
    before: str
    after: str


def events(filters: Filters) -> QuerySet[AuditEvent]:
    """Return the matching events, newest first."""
    equal: dict[str, Any] = {
        "customer_id": filters.customer_id,
        "branch_id": filters.branch_id,
        "request_id": filters.request_id or None,
        "at__gte": filters.since,
        "at__lt": filters.until,
        "actor_name__icontains": filters.actor or None,
        "action__startswith": filters.action or None,
    }
    found = AuditEvent.objects.filter(
        **{name: value for name, value in equal.items() if value is not None}
    )
    if filters.target:
        found = found.filter(
            Q(target_label__icontains=filters.target) | Q(target_type=filters.target.lower())
        )
    if filters.q:
        found = found.filter(
            Q(target_label__icontains=filters.q) | Q(actor_name__icontains=filters.q)
        )
    if filters.topic:
        begins = (Q(action__startswith=act) for act in filters.topic)
        found = found.filter(reduce(operator.or_, begins))
    return found.order_by("-at", "-id")


def page(found: QuerySet[AuditEvent], *, after: str = "", before: str = "", size: int = 50) -> Page:
    """Return one page; `after` leads to older rows, `before` to newer, a bad cursor nowhere."""
    older_than, newer_than = _read(after), _read(before)
    if newer_than:
        at, pk = newer_than
        rows = list(
            found.filter(Q(at__gt=at) | Q(at=at, id__gt=pk)).order_by("at", "id")[: size + 1]
        )
        has_newer, rows = len(rows) > size, rows[:size][::-1]
        has_older = True
    else:
        if older_than:
            at, pk = older_than
            found = found.filter(Q(at__lt=at) | Q(at=at, id__lt=pk))
        rows = list(found[: size + 1])
        has_older, rows = len(rows) > size, rows[:size]
        has_newer = older_than is not None
    return Page(
        rows=rows,
        newer=_written(rows[0]) if rows and has_newer else "",
        older=_written(rows[-1]) if rows and has_older else "",
    )


def actions() -> list[str]:
    """Return every action there is, for the filter's suggestions (a loose index scan)."""
    names: list[str] = []
    last = ""
    while True:
        following = (
            AuditEvent.objects.filter(action__gt=last)
            .order_by("action")
            .values_list("action", flat=True)
            .first()
        )
        if following is None:
            return names
        names.append(following)
        last = following


def changes(event: AuditEvent) -> list[Change]:
    """Return what an event says changed, field by field, without secrets."""
    return differences(event.before or {}, event.after or {})


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    """Return the fields that differ between two snapshots, in the order they are written."""
    keys: Iterable[str] = dict.fromkeys([*before, *after])
    return [
        Change(label=key, before=words(before.get(key)), after=words(after.get(key)))
        for key in keys
        if before.get(key) != after.get(key) and is_shown(key)
    ]


def is_shown(key: str) -> bool:
    """Tell whether a column may be shown (sealed values and hashes may not)."""
    return not any(part in key for part in _HIDDEN)


def words(value: object) -> str:
    """Say what a column holds, as a person reads it."""
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)


def _written(event: AuditEvent) -> str:
    return f"{event.at.isoformat()}_{event.pk}"


def _read(cursor: str) -> tuple[datetime, int] | None:
    moment, _, pk = cursor.rpartition("_")
    try:
        at, key = datetime.fromisoformat(moment.replace(" ", "+")), int(pk)
    except ValueError:
        return None
    return (at, key) if at.tzinfo is not None and abs(key) < 2**63 else None
