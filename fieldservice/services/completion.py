"""The end of a job: the order is complete, and what it was for happens in the same transaction."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from billing.changes.services import service_states, termination
from billing.ledger.services import account_states
from customers.models import Subscription, Suspension
from customers.services import equipment
from fieldservice.models import Visit, WorkOrder
from fieldservice.rules import checklists
from fieldservice.services import evidence, locking, relocating
from ispbill.accounts.models import User
from ispbill.audit.services import trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError


class NotFinished(DomainError):
    """Something required is neither answered nor said to be impossible."""


@transaction.atomic
def complete(*, order: WorkOrder, moment: datetime, act: Act[User]) -> WorkOrder:
    """Complete a job and carry out what it was for; twice is once.

    The effect's day is the business day it is applied on here, never the phone's. Where a rule
    refuses the effect the job is complete all the same, and the effect waits for the office.
    Raises NotFinished, WrongState; whatever else goes wrong undoes all of it.
    """
    trail.begin(act=act)
    account_states.lock([order.customer_id])
    order = locking.lock(order)
    if order.state == WorkOrder.State.COMPLETED:
        return order
    locking.refuse_move(order, "complete")
    visit = locking.visit_under_way(order)
    _refuse_unfinished(order, visit)
    visit.result, visit.ended_at = Visit.Result.COMPLETED, moment
    visit.save(update_fields=["result", "ended_at"])
    order.state, order.ended_at = WorkOrder.State.COMPLETED, act.at
    _apply_effect(order, visit, act=act)
    locking.save(order, "state", "ended_at", "effect_state", "effect_note")
    trail.begin(act=act)
    locking.record(
        order,
        "work_order.completed",
        act=act,
        after={"state": order.state, "effect": order.effect_state},
    )
    return order


@transaction.atomic
def carry_out(*, order: WorkOrder, act: Act[User]) -> WorkOrder:
    """Carry out what a completed job was for, after a rule had refused it. Raises DomainError."""
    account_states.lock([order.customer_id])
    order = locking.lock(order)
    if order.effect_state != WorkOrder.Effect.WAITING:
        return order
    visit = order.visits.order_by("-visit_no")[0]
    _EFFECTS[order.kind](order, visit, act)
    trail.begin(act=act)
    order.effect_state, order.effect_note = WorkOrder.Effect.DONE, ""
    locking.save(order, "effect_state", "effect_note")
    locking.record(order, "work_order.carried_out", act=act, after={"effect": order.effect_state})
    return order


def _refuse_unfinished(order: WorkOrder, visit: Visit) -> None:
    """Raise NotFinished. Photos may follow: they are announced before, and come when they can."""
    photos = {item: 1 for item in visit.photos.values_list("item", flat=True)}
    missing = checklists.missing(
        order.checklist, visit.answers, photos=photos, is_signed=evidence.is_signed(visit)
    )
    if missing:
        labels = {item["key"]: _(item["label"]) for item in order.checklist}
        said = ", ".join(labels[key] for key in missing)
        raise NotFinished(_("Still missing: %(items)s.") % {"items": said})


def _apply_effect(order: WorkOrder, visit: Visit, *, act: Act[User]) -> None:
    effect = _EFFECTS.get(order.kind)
    if effect is None or order.subscription_id is None:
        return
    try:
        with transaction.atomic():
            effect(order, visit, act)
    except DomainError as refusal:
        order.effect_state, order.effect_note = WorkOrder.Effect.WAITING, str(refusal)
    else:
        order.effect_state = WorkOrder.Effect.DONE


def _installed(order: WorkOrder, visit: Visit, act: Act[User]) -> None:
    service = _service(order)
    if service.status != Subscription.Status.PENDING:
        return
    why = _("Installed by %(name)s, %(number)s") % {
        "name": visit.technician.name,
        "number": order.number,
    }
    service_states.activate(subscription=service, on=act.on, act=act.because(why))
    serial = checklists.plain_serial(str((visit.answers.get("serial") or {}).get("value") or ""))
    if serial:
        equipment.note_serial(subscription=service, serial=serial, act=act.because(why))


def _disconnected(order: WorkOrder, visit: Visit, act: Act[User]) -> None:
    why = _("Disconnected by %(name)s, %(number)s") % {
        "name": visit.technician.name,
        "number": order.number,
    }
    termination.terminate(
        subscription=_service(order),
        on=act.on,
        act=act.because(why),
        with_fee=order.with_fee,
        left_because=order.left_because,
    )


def _repaired(order: WorkOrder, visit: Visit, act: Act[User]) -> None:
    service = _service(order)
    technical = service.suspensions.filter(
        kind=Suspension.Kind.TECHNICAL, ended_at__isnull=True
    ).exists()
    if not technical or service.status != Subscription.Status.SUSPENDED:
        return
    why = _("Repaired by %(name)s, %(number)s") % {
        "name": visit.technician.name,
        "number": order.number,
    }
    service_states.reactivate(subscription=service, on=act.on, act=act.because(why))


def _service(order: WorkOrder) -> Subscription:
    found = Subscription.objects.select_related("customer", "package")
    return found.get(work_orders=order)


_EFFECTS: dict[str, Callable[[WorkOrder, Visit, Act[User]], None]] = {
    WorkOrder.Kind.INSTALLATION.value: _installed,
    WorkOrder.Kind.DISCONNECTION.value: _disconnected,
    WorkOrder.Kind.RELOCATION.value: relocating.relocate,
    WorkOrder.Kind.REPAIR.value: _repaired,
}
