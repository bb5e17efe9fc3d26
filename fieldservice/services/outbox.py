"""What technicians' phones send: each act once, in the order it was done, and nothing ever lost.

The phone makes an act's id at the tap. What is known already gets its answer again; what came
before its predecessor waits; what the office has overtaken is kept whole beside its version.
"""

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction

from fieldservice.models import FieldAction, FieldDevice, WorkOrder
from fieldservice.rules import lifecycle, moments
from fieldservice.services import field_acts, field_files, locking
from ispbill.accounts.models import User
from ispbill.audit.services import trail
from ispbill.core import made_files
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError

Outcome = FieldAction.Outcome
ENDED = "phone ended"
STATUS: dict[str, int] = {
    Outcome.APPLIED: 200,
    Outcome.TAKEN: 200,
    Outcome.DROPPED: 200,
    Outcome.WAITING: 202,
    Outcome.CONFLICT: 409,
    Outcome.REFUSED: 422,
}


@dataclass(frozen=True)
class Sent:
    """An act as it came; `content` is a photo's bytes."""

    id: uuid.UUID
    kind: str
    after: uuid.UUID | None
    base_version: int
    payload: Mapping[str, Any]
    client_at: datetime
    sent_at: datetime
    content: bytes = b""

    @property
    def digest(self) -> str:
        """Tell one content from another sent under the same id."""
        said = [self.kind, dict(self.payload), self.client_at.isoformat()]
        text = json.dumps(said, sort_keys=True, default=str).encode()
        return hashlib.sha256(text + hashlib.sha256(self.content).digest()).hexdigest()


@transaction.atomic
def receive(*, order: WorkOrder, sent: Sent, act: Act[User]) -> FieldAction:
    """Take in one act about a job its sender was once given; return it with its outcome.

    Applied in this transaction, or kept with the reason. Twice is once.
    """
    trail.begin(act=act)
    order = field_acts.locked(order)
    known = FieldAction.objects.filter(action_id=sent.id).first()
    if known is not None and known.digest == sent.digest and known.technician_id == act.actor.pk:
        return known
    row = _row(order, sent, act=act)
    if known is not None:
        row.action_id, row.outcome = uuid.uuid4(), Outcome.CONFLICT
        row.answer = _answer(order, "another act has the same id")
    elif sent.after is not None and not _is_known(sent.after):
        row.outcome = Outcome.WAITING
    if row.outcome:
        _keep_file(row, sent.content)
        _save(row)
        return row
    _apply(order, row, sent.content, act=act)
    _save(row)
    _apply_waiting(row.action_id, act=act)
    return row


@transaction.atomic
def set_aside(*, order: WorkOrder, sent: Sent, device: FieldDevice, at: datetime) -> FieldAction:
    """Keep what an ended phone still had, for the office to apply or to leave; twice is once."""
    act = Act(device.person, at)
    trail.begin(act=act)
    order = field_acts.locked(order)
    known = FieldAction.objects.filter(action_id=sent.id).first()
    if known is not None:
        return known
    row = _row(order, sent, act=act)
    row.device, row.outcome = device, Outcome.CONFLICT
    row.answer = _answer(order, ENDED)
    row.save(force_insert=True)
    return row


@transaction.atomic
def take_over(*, action: FieldAction, act: Act[User]) -> FieldAction:
    """Apply an act in conflict after all, as its technician's. Raises DomainError."""
    act = trail.begin_with_reason(act=act)
    order = field_acts.locked(action.order)
    action = FieldAction.objects.select_for_update().get(pk=action.pk)
    if action.outcome != Outcome.CONFLICT:
        return action
    done_by = Act(action.technician, act.at, reason=act.reason)
    field_acts.apply(order, action, _kept_file(action), act=done_by)
    return _decide(action, Outcome.TAKEN, act=act)


@transaction.atomic
def leave_aside(*, action: FieldAction, act: Act[User]) -> FieldAction:
    """Let the office's version stand; what the phone sent stays readable. Raises ReasonMissing."""
    act = trail.begin_with_reason(act=act)
    action = FieldAction.objects.select_for_update().select_related("order").get(pk=action.pk)
    if action.outcome != Outcome.CONFLICT:
        return action
    return _decide(action, Outcome.DROPPED, act=act)


def _row(order: WorkOrder, sent: Sent, *, act: Act[User]) -> FieldAction:
    mine = FieldAction.objects.filter(order=order, technician=act.actor)
    previous = mine.order_by("-moment").values_list("moment", flat=True).first()
    corrected = moments.corrected(
        client_at=sent.client_at, sent_at=sent.sent_at, received_at=act.at, previous=previous
    )
    return FieldAction(
        action_id=sent.id,
        order=order,
        customer_id=order.customer_id,
        technician=act.actor,
        kind=sent.kind,
        after=sent.after,
        base_version=sent.base_version,
        payload=dict(sent.payload),
        digest=sent.digest,
        client_at=sent.client_at,
        moment=corrected.moment,
        received_at=act.at,
        has_clock_skew=corrected.is_flagged,
    )


def _apply(order: WorkOrder, row: FieldAction, content: bytes, *, act: Act[User]) -> None:
    """Apply an act, or say in its row why not."""
    why = _conflict(order, row, act.actor)
    if why:
        row.outcome, row.answer = Outcome.CONFLICT, _answer(order, why)
        _keep_file(row, content)
        return
    try:
        with transaction.atomic():
            field_acts.apply(order, row, content, act=act)
    except locking.WrongState as refusal:
        row.outcome, row.answer = Outcome.CONFLICT, _answer(order, str(refusal))
        _keep_file(row, content)
    except (DomainError, ObjectDoesNotExist, ValueError, KeyError, TypeError) as refusal:
        said = str(refusal) if isinstance(refusal, DomainError) else "unreadable"
        row.outcome, row.answer = Outcome.REFUSED, _answer(order, said)
        _keep_file(row, content)
    else:
        row.outcome = Outcome.APPLIED
        row.answer = {"is_own": order.technician_id == act.actor.pk}


def _conflict(order: WorkOrder, row: FieldAction, who: User) -> str:
    """Return why a move of somebody who no longer has the job is not applied; "" when it is."""
    if row.kind not in field_acts.MOVES:
        return ""
    if order.state == lifecycle.CANCELLED:
        return "cancelled"
    if order.technician_id == who.pk:
        return ""
    nobody_started = order.state in {lifecycle.PENDING, lifecycle.ASSIGNED}
    came_first = order.assigned_at is not None and row.moment < order.assigned_at
    if order.state == lifecycle.ASSIGNED and nobody_started and came_first:
        field_acts.give_back(order, who)
        return ""
    return "reassigned"


def _apply_waiting(done: uuid.UUID, *, act: Act[User]) -> None:
    """Apply what waited for this act, and what waited for that."""
    waiting = FieldAction.objects.filter(after=done, outcome=Outcome.WAITING)
    for row in waiting.select_related("order", "technician").order_by("received_at"):
        order = locking.lock(row.order)
        _apply(order, row, _kept_file(row), act=Act(row.technician, act.at))
        row.save(update_fields=["outcome", "answer", "file_path"])
        _apply_waiting(row.action_id, act=act)


def _decide(action: FieldAction, outcome: str, *, act: Act[User]) -> FieldAction:
    action.outcome, action.decision = outcome, act.reason
    action.decided_by, action.decided_at = act.actor, act.at
    action.save(update_fields=["outcome", "decision", "decided_by", "decided_at"])
    trail.begin(act=act)
    locking.record(
        action.order,
        "work_order.conflict_decided",
        act=act,
        after={"action": str(action.action_id), "kind": action.kind, "outcome": outcome},
    )
    return action


def _answer(order: WorkOrder, why: str) -> dict[str, Any]:
    """Return why, and the office's version at this moment."""
    return {"why": why, "version": order.version, **locking.snapshot(order)}


def _is_known(action_id: uuid.UUID) -> bool:
    return FieldAction.objects.filter(action_id=action_id).exclude(outcome=Outcome.WAITING).exists()


def _save(row: FieldAction) -> None:
    """Keep an act, and that its picture will come; of a refused one nothing is asked for."""
    row.save(force_insert=True)
    if not row.file_path and row.outcome != Outcome.REFUSED:
        field_files.expect(row)


def _keep_file(row: FieldAction, content: bytes) -> None:
    if content and not row.file_path:
        row.file_path = f"jobs/kept/{row.action_id}.bin"
        made_files.write(Path(settings.MEDIA_ROOT) / row.file_path, content)


def _kept_file(row: FieldAction) -> bytes:
    place = made_files.place(row.file_path)
    return place.read_bytes() if place else b""
