"""What happened to a customer, newest first: audit events and notes of staff in one list."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from customers.models import Customer, CustomerNote
from ispbill.audit.models import AuditEvent

KINDS: dict[str, tuple[str, ...]] = {
    "money": ("payment.", "invoice.", "credit.", "ledger.", "refund."),
    "service": ("subscription.", "access.", "network."),
    "account": ("customer.", "portal_access.", "lead."),
}
NOTES = "notes"


@dataclass(frozen=True)
class Entry:
    """One thing that happened. `action` is dotted (`payment.received`), `note` for remarks."""

    at: datetime
    action: str
    who: str
    text: str
    reason: str = ""
    label: str = ""
    note_id: int | None = None
    is_pinned: bool = False
    before: dict[str, Any] | None = field(default=None)
    after: dict[str, Any] | None = field(default=None)

    @property
    def is_note(self) -> bool:
        return self.note_id is not None


@dataclass(frozen=True)
class Timeline:
    """A stretch of the timeline; `before` leads to the older ones, "" when there are none."""

    entries: list[Entry]
    before: str = ""


def stretch(customer: Customer, *, kind: str = "", before: str = "", size: int = 20) -> Timeline:
    """Return a stretch of the customer's timeline; `kind` is one of KINDS, `notes`, or all."""
    event_id, note_id = _read(before)
    events: list[tuple[int, Entry]] = []
    notes: list[tuple[int, Entry]] = []
    if kind != NOTES:
        events = [(row.pk, _event(row)) for row in _events(customer, kind, event_id)[: size + 1]]
    if kind in ("", NOTES):
        notes = [(row.pk, _note(row)) for row in _notes(customer, note_id)[: size + 1]]
    merged = sorted(
        [(entry.at, 1, pk, entry) for pk, entry in events]
        + [(entry.at, 0, pk, entry) for pk, entry in notes],
        key=lambda part: part[:3],
        reverse=True,
    )
    shown = merged[:size]
    if len(merged) <= size:
        return Timeline([part[3] for part in shown])
    last_event = min((pk for _at, is_event, pk, _e in shown if is_event), default=event_id)
    last_note = min((pk for _at, is_event, pk, _e in shown if not is_event), default=note_id)
    return Timeline([part[3] for part in shown], before=f"{last_event or ''}-{last_note or ''}")


def pinned(customer: Customer) -> list[Entry]:
    """Return the notes kept on top."""
    return [
        _note(row) for row in _notes(customer, None).filter(is_pinned=True).order_by("-at", "-pk")
    ]


def _events(customer: Customer, kind: str, before: int | None) -> Any:
    events = AuditEvent.objects.filter(customer_id=customer.pk).exclude(action__startswith="note.")
    if before is not None:
        events = events.filter(pk__lt=before)
    if kind in KINDS:
        pattern = "|".join(prefix.replace(".", r"\.") for prefix in KINDS[kind])
        events = events.filter(action__regex=f"^({pattern})")
    return events.order_by("-pk")


def _notes(customer: Customer, before: int | None) -> Any:
    notes = CustomerNote.objects.filter(customer=customer).select_related("author")
    return (notes if before is None else notes.filter(pk__lt=before)).order_by("-pk")


def _event(row: AuditEvent) -> Entry:
    return Entry(
        at=row.at,
        action=row.action,
        who=row.actor_name,
        text="",
        reason=row.reason,
        label=row.target_label,
        before=row.before,
        after=row.after,
    )


def _note(row: CustomerNote) -> Entry:
    return Entry(
        at=row.at,
        action="note",
        who=row.author.name,
        text=row.text,
        note_id=row.pk,
        is_pinned=row.is_pinned,
    )


def _read(before: str) -> tuple[int | None, int | None]:
    event, _, note = before.partition("-")
    return (_number(event), _number(note))


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
