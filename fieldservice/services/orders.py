"""Jobs as the office plans them: made, given to somebody, taken back, given up."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from customers.models import Customer, Fee, Subscription
from fieldservice.models import Visit, WorkOrder
from fieldservice.queries import absences, board
from fieldservice.rules import checklists, lifecycle, planning
from fieldservice.services import announcing, links, locking
from ispbill.accounts.models import User
from ispbill.audit.services import trail
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError, Stale
from ispbill.core.services import numbering
from network.models import Router

Degrees = Decimal | float | None
MANAGERS_VISIT = 3  # from this visit on a branch manager decides whether it is tried again


class WindowRefused(DomainError):
    """The window is no time at which somebody can be expected."""


class NeedsConfirming(DomainError):
    """The plan does not fit the technician's day; whoever plans may want it all the same."""


class AlreadyOpen(DomainError):
    """The service has an open job of this kind."""


@dataclass(frozen=True)
class NewOrder:
    """What is asked for; the customer's address and point hold where none is given."""

    customer: Customer
    kind: str
    subscription: Subscription | None = None
    priority: int = WorkOrder.Priority.NORMAL
    address: str = ""
    point: tuple[Degrees, Degrees] | None = None
    instructions: str = ""
    reference: str = ""
    planned_minutes: int | None = None
    with_fee: bool = True
    left_because: str = ""
    router: Router | None = None  # of the new address
    fee: Fee | None = None  # of moving house, at its present price


@dataclass(frozen=True)
class Slot:
    """Who goes, and between which moments (UTC) the customer may expect them."""

    technician: User
    start: datetime
    end: datetime


@transaction.atomic
def create(*, asked: NewOrder, act: Act[User | None]) -> WorkOrder:
    """Make a job that nobody has been given yet. Raises AlreadyOpen, DomainError."""
    trail.begin(act=act)
    customer, service = asked.customer, asked.subscription
    if service is not None and service.customer_id != customer.pk:
        raise DomainError(_("This service belongs to another customer."))
    _refuse_incomplete(asked)
    seed = uuid.uuid4()
    is_move = asked.kind == WorkOrder.Kind.RELOCATION
    known = (None, None) if is_move else _known_point(customer, service)
    latitude, longitude = asked.point or known
    order = WorkOrder(
        kind=asked.kind,
        customer=customer,
        subscription=service,
        branch_id=customer.branch_id,
        reference=asked.reference,
        address=asked.address or (service.address if service else "") or customer.address,
        latitude=latitude,
        longitude=longitude,
        instructions=asked.instructions,
        priority=asked.priority,
        planned_minutes=asked.planned_minutes or planning.MINUTES[asked.kind],
        checklist=checklists.copied(asked.kind),
        with_fee=asked.with_fee,
        left_because=asked.left_because,
        router=asked.router if is_move else None,
        fee=asked.fee if is_move else None,
        fee_amount=asked.fee.net_amount if is_move and asked.fee else 0,
        link_seed=seed,
        link_digest=links.digest(links.word(seed)),
        created_by=act.actor,
        created_at=act.at,
    )
    number = numbering.take(series="WO", year=act.on.year)
    order.number = numbering.written(series="WO", year=act.on.year, number=number)
    try:
        with transaction.atomic():
            order.save(force_insert=True)
    except IntegrityError as error:
        if "work_order_one_open" not in str(error):
            raise
        raise AlreadyOpen(_("This service already has an open job of this kind.")) from error
    locking.record(order, "work_order.created", act=act, after={"kind": order.kind})
    return order


@transaction.atomic
def assign(
    *, order: WorkOrder, slot: Slot, version: int, act: Act[User], is_confirmed: bool = False
) -> WorkOrder:
    """Give a job to a technician for a window, or move it; the customer is told of the window.

    Also books a failed job anew; from the third visit on a manager does. Raises Stale,
    WindowRefused, NeedsConfirming, ReasonMissing (the customer knew of another window),
    DomainError.
    """
    trail.begin(act=act)
    order = locking.lock(order)
    locking.refuse_move(order, "assign")
    if order.version != version:
        raise Stale(_("Somebody has changed this job meanwhile. Look at it again."))
    _refuse_slot(order, slot)
    _refuse_third_visit(order, act.actor)
    if order.told_at is not None and order.state == lifecycle.ASSIGNED:
        trail.required_reason(act.reason)
    faults = board.faults(order, slot.technician, slot.start, slot.end)
    if faults and not is_confirmed:
        raise NeedsConfirming(" ".join(faults))
    before = locking.snapshot(order)
    order.technician, order.window_start, order.window_end = slot.technician, slot.start, slot.end
    order.state, order.assigned_at = WorkOrder.State.ASSIGNED, act.at
    if slot.technician.pk not in order.technician_ids:
        order.technician_ids = [*order.technician_ids, slot.technician.pk]
    order.told_at = act.at
    plan = ("technician", "window_start", "window_end", "state", "assigned_at")
    locking.save(order, *plan, "technician_ids", "told_at")
    locking.record(
        order, "work_order.assigned", act=act, before=before, after=locking.snapshot(order)
    )
    announcing.planned(order, at=act.at)
    return order


@transaction.atomic
def unassign(*, order: WorkOrder, act: Act[User]) -> WorkOrder:
    """Take a job back into the pile. Raises ReasonMissing, WrongState."""
    act = trail.begin_with_reason(act=act)
    order = locking.lock(order)
    locking.refuse_move(order, "unassign")
    before = locking.snapshot(order)
    order.technician, order.window_start, order.window_end = None, None, None
    order.state, order.told_at = WorkOrder.State.PENDING, None
    locking.save(order, "technician", "window_start", "window_end", "state", "told_at")
    locking.record(
        order, "work_order.unassigned", act=act, before=before, after=locking.snapshot(order)
    )
    return order


@transaction.atomic
def cancel(*, order: WorkOrder, act: Act[User]) -> WorkOrder:
    """Give a job up for good. Raises ReasonMissing, WrongState."""
    act = trail.begin_with_reason(act=act)
    order = locking.lock(order)
    locking.refuse_move(order, "cancel")
    before = locking.snapshot(order)
    Visit.objects.filter(order=order, result=Visit.Result.UNDER_WAY).update(
        result=Visit.Result.TURNED_BACK, ended_at=act.at
    )
    order.state, order.ended_at = WorkOrder.State.CANCELLED, act.at
    order.ended_reason = act.reason
    locking.save(order, "state", "ended_at", "ended_reason")
    locking.record(
        order, "work_order.cancelled", act=act, before=before, after=locking.snapshot(order)
    )
    return order


def _refuse_incomplete(asked: NewOrder) -> None:
    """Raise DomainError for a job that does not say what it is for."""
    if asked.kind in {"INSTALLATION", "DISCONNECTION", "RELOCATION"} and asked.subscription is None:
        raise DomainError(_("Say which service is installed, moved or ended."))
    if asked.kind == WorkOrder.Kind.RELOCATION and not asked.address.strip():
        raise DomainError(_("Say where the customer moves to."))
    if asked.fee is not None and asked.fee.net_amount <= 0:
        raise DomainError(_("This fee has no price."))


def _known_point(customer: Customer, service: Subscription | None) -> tuple[Degrees, Degrees]:
    if service is not None and service.latitude is not None:
        return service.latitude, service.longitude
    return customer.latitude, customer.longitude


def _refuse_slot(order: WorkOrder, slot: Slot) -> None:
    """Raise for a technician who cannot go, or a window that is none."""
    who = slot.technician
    if who.role != User.Role.TECHNICIAN or not who.is_active:
        raise DomainError(_("%(name)s is not at work as a technician.") % {"name": who.name})
    if absences.is_away(who, clock.local_date(slot.start)):
        raise DomainError(_("%(name)s is not at work on that day.") % {"name": who.name})
    if who.branch_id is not None and who.branch_id != order.branch_id:
        raise DomainError(_("%(name)s works for another branch.") % {"name": who.name})
    zone = clock.zone()
    fault = planning.window_fault(slot.start.astimezone(zone), slot.end.astimezone(zone))
    if fault:
        raise WindowRefused(
            {
                "day": _("A window begins and ends on the same day."),
                "short": _("A window is half an hour at least."),
                "long": _("A window is eight hours at most."),
            }[fault]
        )


def _refuse_third_visit(order: WorkOrder, actor: User) -> None:
    managers = {User.Role.OWNER, User.Role.BRANCH_MANAGER}
    if order.state != lifecycle.FAILED or actor.role in managers:
        return
    if order.visits.exclude(result=Visit.Result.TURNED_BACK).count() + 1 >= MANAGERS_VISIT:
        raise DomainError(_("A third visit is for the branch manager to decide."))
