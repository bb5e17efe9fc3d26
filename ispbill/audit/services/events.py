"""Write audit events beside the change they tell of, in the same transaction."""

from datetime import datetime
from typing import Any

from django.db import connection, models

from ispbill import logs
from ispbill.audit.models import AuditEvent
from ispbill.core.actors import Actor


def record(
    *,
    at: datetime,
    actor: Actor | None,
    action: str,
    target: models.Model,
    label: str = "",
    customer_id: int | None = None,
    branch_id: int | None = None,
    reason: str = "",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> AuditEvent:
    """Append one event. `action` is a dotted fact (`payment.reversed`); snapshots are plain JSON.

    Raises RuntimeError outside a transaction: an event without its change would be a lie.
    """
    return note(
        at=at,
        actor=actor,
        action=action,
        target_type=target._meta.model_name or "",
        target_id=str(target.pk),
        label=label or str(target),
        customer_id=customer_id,
        branch_id=branch_id,
        reason=reason,
        before=before,
        after=after,
    )


def note(
    *,
    at: datetime,
    actor: Actor | None,
    action: str,
    target_type: str,
    target_id: str,
    label: str,
    customer_id: int | None = None,
    branch_id: int | None = None,
    reason: str = "",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> AuditEvent:
    """Append one event about something that has no row of its own (a login nobody owns)."""
    if not connection.in_atomic_block:
        raise RuntimeError("an audit event belongs to the transaction of its change")
    return AuditEvent.objects.create(
        at=at,
        actor_id=actor.pk if actor is not None else None,
        actor_name=actor.name if actor is not None else "system",
        action=action,
        target_type=target_type,
        target_id=target_id[:40],
        target_label=label[:160],
        customer_id=customer_id,
        branch_id=branch_id,
        reason=reason,
        before=_plain(before),
        after=_plain(after),
        request_id=logs.request_id.get(),
        ip=logs.client_ip.get() or None,
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
