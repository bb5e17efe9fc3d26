"""A technician asks that somebody else takes a job over; a dispatcher decides."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from fieldservice.models import SwapRequest, WorkOrder
from fieldservice.rules import lifecycle
from fieldservice.services import locking, orders
from fieldservice.services.orders import Slot
from ispbill.accounts.models import User
from ispbill.audit.services import trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError

State = SwapRequest.State


@transaction.atomic
def ask(*, order: WorkOrder, moment: datetime, act: Act[User]) -> SwapRequest:
    """Ask that a job given to the actor be taken over; asking twice is once.

    Raises ReasonMissing, WrongState for a job that has begun or is another's.
    """
    act = trail.begin_with_reason(act=act)
    order = locking.lock(order)
    if order.state != lifecycle.ASSIGNED or order.technician_id != act.actor.pk:
        raise locking.WrongState(_("Only a job that waits for you can be taken over."))
    known = SwapRequest.objects.filter(order=order, technician=act.actor, state=State.OPEN).first()
    if known is not None:
        return known
    made = SwapRequest.objects.create(
        order=order, technician=act.actor, reason=act.reason, asked_at=moment
    )
    locking.record(order, "work_order.swap_asked", act=act, after={"by": act.actor.name})
    return made


@transaction.atomic
def grant(*, swap: SwapRequest, to: User, act: Act[User]) -> SwapRequest:
    """Give the job to somebody else for the same window; decided twice is once.

    Raises ReasonMissing, and whatever giving a job out refuses.
    """
    act = act.because(trail.required_reason(act.reason))
    order, swap = _locked(swap)
    if swap.state != State.OPEN:
        return swap
    if to == swap.technician:
        raise DomainError(_("Choose somebody else."))
    if not is_live(swap, order) or order.window_start is None or order.window_end is None:
        raise locking.WrongState(_("The job is not this technician's any more, or has begun."))
    orders.assign(
        order=order,
        slot=Slot(to, order.window_start, order.window_end),
        version=order.version,
        is_confirmed=True,
        act=act,
    )
    return _decide(swap, State.GRANTED, act=act)


@transaction.atomic
def refuse(*, swap: SwapRequest, act: Act[User]) -> SwapRequest:
    """Leave the job with who asked. Raises ReasonMissing."""
    act = trail.begin_with_reason(act=act)
    order, swap = _locked(swap)
    if swap.state != State.OPEN:
        return swap
    swap = _decide(swap, State.REFUSED, act=act)
    locking.record(order, "work_order.swap_refused", act=act, after={"by": swap.technician.name})
    return swap


def is_live(swap: SwapRequest, order: WorkOrder) -> bool:
    """Tell whether what was asked still concerns somebody."""
    return order.state == lifecycle.ASSIGNED and order.technician_id == swap.technician_id


def _locked(swap: SwapRequest) -> tuple[WorkOrder, SwapRequest]:
    order = locking.lock(swap.order)
    found = SwapRequest.objects.select_for_update(of=("self",)).select_related("technician")
    return order, found.get(pk=swap.pk)


def _decide(swap: SwapRequest, state: str, *, act: Act[User]) -> SwapRequest:
    swap.state, swap.decision = state, act.reason
    swap.decided_by, swap.decided_at = act.actor, act.at
    swap.save(update_fields=["state", "decision", "decided_by", "decided_at"])
    return swap
