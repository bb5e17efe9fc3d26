"""What happened to a customer, newest first, from every table that tells of it: one statement."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import merge
from operator import attrgetter
from typing import Any

from django.db.models import BooleanField, CharField, F, QuerySet, TextField, Value
from django.db.models.functions import Cast, JSONObject

from customers.models import Customer, CustomerNote
from customers.queries.page_sources import Row
from ispbill.audit.models import AuditEvent
from ispbill.notifications.models import Message

SIZE = 30
NOTE, PINNED, AUDIT, MESSAGE = "notes", "pinned", "audit", "message"

# Beginnings of audited acts: under which filter they stand, and who may read of them.
FAMILIES: dict[str, tuple[str, str]] = {
    **dict.fromkeys(("payment", "deposit", "voucher", "receipt"), ("money", "payments.view")),
    **dict.fromkeys(
        ("invoice", "credit", "ledger", "refund", "promise", "exclusion", "approval", "discount"),
        ("money", "billing.view"),
    ),
    **dict.fromkeys(("debit_order", "mandate", "payment_method"), ("money", "payments.view")),
    **dict.fromkeys(("attempt", "gateway_refund"), ("money", "payments.view")),
    **dict.fromkeys(("statement_line", "payout_line", "debit_line"), ("money", "bank.view")),
    **dict.fromkeys(("access", "line", "network", "router"), ("line", "network.view")),
    **dict.fromkeys(("subscription", "service", "addon", "pause", "prepaid"), ("line", "")),
    **dict.fromkeys(("package_change", "planned_move", "schedule"), ("line", "")),
    **dict.fromkeys(("customer", "portal_access", "lead", "user"), ("account", "")),
    "message": ("messages", "messages.view"),
    **dict.fromkeys(("ticket", "survey", "opinion"), ("tickets", "tickets.view")),
}
# Told from their own tables, with all of them: the audit trail has those that a person made.
ELSEWHERE = ("invoice.issued", "payment.recorded", "line.provisioned", "ticket.opened")
_CURSOR = re.compile(r"([a-z]{1,12})(\d{1,18})")


@dataclass(frozen=True)
class Asked:
    """A table to ask: its name, a customer's rows, the column of the moment, and the facts."""

    name: str
    rows: QuerySet[Any]
    at: str
    facts: dict[str, Any]


@dataclass(frozen=True)
class Stretch:
    """A stretch of what happened; `before` leads to the older ones, "" when there are none."""

    rows: list[Row]
    pinned: list[Row]
    before: str = ""


def stretch(
    asked: Iterable[Asked], *, before: str = "", size: int = SIZE, pinned: Asked | None = None
) -> Stretch:
    """Return the newest rows of these tables, beyond `before` when it is given."""
    places = {name: int(pk) for name, pk in _CURSOR.findall(before)}
    branches = [_branch(one, places.get(one.name), size + 1) for one in asked]
    if pinned is not None and not before:
        branches.append(_branch(pinned, None, size))
    if not branches:
        return Stretch([], [])
    first, *rest = branches
    streams: dict[str, list[Row]] = {}
    for row in first.union(*rest, all=True) if rest else first:
        one = Row(*row)
        streams.setdefault(one.source, []).append(one)
    for stream in streams.values():
        stream.sort(key=attrgetter("pk"), reverse=True)
    kept = streams.pop(PINNED, [])
    merged = list(_merged(streams.values()))
    if len(merged) <= size:
        return Stretch(sorted(merged, key=attrgetter("at"), reverse=True), kept)
    shown = merged[:size]
    places |= {row.source: row.pk for row in shown}
    shown.sort(key=attrgetter("at"), reverse=True)
    return Stretch(shown, kept, "".join(f"{name}{pk}" for name, pk in sorted(places.items())))


def _merged(streams: Collection[Sequence[Row]]) -> Iterator[Row]:
    """Merge what each table gives in the order of its keys: what is left is always the rest."""
    return merge(*streams, key=attrgetter("at"), reverse=True)


def _branch(asked: Asked, before: int | None, size: int) -> QuerySet[Any, Any]:
    rows = asked.rows if before is None else asked.rows.filter(pk__lt=before)
    found: QuerySet[Any, Any] = (
        rows.annotate(
            row_source=Value(asked.name, CharField()),
            row_at=F(asked.at),
            row_facts=JSONObject(**asked.facts),
        )
        .order_by("-pk")
        .values_list("row_source", "pk", "row_at", "row_facts")[:size]
    )
    return found


def audited(customer: Customer, *, topic: str, may: Callable[[str], bool]) -> Asked:
    """Return what the audit trail tells to who may this and that, under a filter or all of it."""
    rows = AuditEvent.objects.filter(customer_id=customer.pk).exclude(action__in=ELSEWHERE)
    hidden = [name for name, (_topic, needs) in FAMILIES.items() if needs and not may(needs)]
    rows = rows.exclude(action__regex=_pattern(["note", *hidden]))
    if topic:
        wanted = [name for name, (own, _needs) in FAMILIES.items() if own == topic]
        rows = rows.filter(action__regex=_pattern(wanted))
    facts = {name: F(name) for name in ("action", "actor_name", "target_label", "reason", "before")}
    return Asked(AUDIT, rows, "at", {**facts, "after": F("after")})


def noted(customer: Customer) -> Asked:
    """Return the notes of staff."""
    return Asked(NOTE, CustomerNote.objects.filter(customer=customer), "at", _NOTE)


def pinned(customer: Customer) -> Asked:
    """Return the notes kept on top."""
    rows = CustomerNote.objects.filter(customer=customer, is_pinned=True)
    return Asked(PINNED, rows, "at", _NOTE)


def messages(customer: Customer) -> Asked:
    """Return what was sent to the customer, without what only the customer may read."""
    rows = Message.objects.filter(customer_id=customer.pk)
    facts = {name: F(name) for name in ("event", "channel", "state", "error")}
    return Asked(MESSAGE, rows, "created_at", facts)


_NOTE = {
    "text": Cast("text", TextField()),
    "who": F("author__name"),
    "is_pinned": Cast("is_pinned", BooleanField()),
}


def _pattern(families: Iterable[str]) -> str:
    return rf"^({'|'.join(families)})\."
