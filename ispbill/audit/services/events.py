"""Write audit events beside the change they tell of, in the same transaction.

Each also lets the pages that show it know, once it is committed (`ispbill.core.live`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, models

from ispbill import logs
from ispbill.audit.models import AuditEvent
from ispbill.core import live, statements
from ispbill.core.acts import Act

OWN = -1
"""An event's customer and branch, where nothing else is said: those its target has, if any."""


@dataclass(frozen=True)
class Target:
    """What an event is about, and whose it is."""

    type: str
    id: str
    label: str
    customer_id: int | None = None
    branch_id: int | None = None


def record(
    *,
    act: Act,
    action: str,
    target: models.Model,
    label: str = "",
    customer_id: int | None = OWN,
    branch_id: int | None = OWN,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> AuditEvent:
    """Append one event. `action` is a dotted fact (`payment.reversed`); snapshots are plain JSON.

    Raises RuntimeError outside a transaction: an event without its change would be a lie.
    """
    about = Target(
        type=target._meta.model_name or "",
        id=str(target.pk),
        label=label or str(target),
        customer_id=getattr(target, "customer_id", None) if customer_id == OWN else customer_id,
        branch_id=getattr(target, "branch_id", None) if branch_id == OWN else branch_id,
    )
    return note(about, act=act, action=action, before=before, after=after)


def note(
    target: Target,
    *,
    act: Act,
    action: str,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> AuditEvent:
    """Append one event about something that has no row of its own (a login nobody owns)."""
    event = said(target, act=act, action=action, before=before, after=after)
    write([event])
    return event


def said(
    target: Target,
    *,
    act: Act,
    action: str,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> AuditEvent:
    """Return an event that is not written yet: `write` appends many at once."""
    return AuditEvent(
        at=act.at,
        actor_id=act.actor.pk if act.actor is not None else None,
        actor_name=act.actor.name if act.actor is not None else "system",
        action=action,
        target_type=target.type,
        target_id=target.id[:40],
        target_label=target.label[:160],
        customer_id=target.customer_id,
        branch_id=target.branch_id,
        reason=act.reason,
        before=_plain(before),
        after=_plain(after),
        request_id=logs.request_id.get(),
        ip=logs.client_ip.get() or None,
    )


def write(events: Sequence[AuditEvent]) -> None:
    """Append events, in one statement."""
    if not connection.in_atomic_block:
        raise RuntimeError("an audit event belongs to the transaction of its change")
    statements.insert(events)
    live.changed(
        *(event.action.partition(".")[0] for event in events),
        accounts=(event.customer_id for event in events),
    )


def changes(before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return only what differs between two snapshots, as (before, after)."""
    keys = [key for key in after if before.get(key) != after[key]]
    return {key: before.get(key) for key in keys}, {key: after[key] for key in keys}


def _plain(snapshot: dict[str, Any] | None) -> dict[str, Any] | None:
    if snapshot is None:
        return None
    return {
        key: value if value is None or isinstance(value, bool | int | list | dict) else str(value)
        for key, value in snapshot.items()
    }
