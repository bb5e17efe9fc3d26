"""The customer chooses another window on the job's own page, without anybody's help."""

from datetime import date, datetime, time

from django.db import transaction
from django.utils.translation import gettext as _

from fieldservice.models import WorkOrder
from fieldservice.queries import board, slots
from fieldservice.rules import lifecycle
from fieldservice.rules import slots as rules
from fieldservice.services import announcing, locking
from ispbill.accounts.models import Branch
from ispbill.audit.services import trail
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError, Stale


class MoveRefused(DomainError):
    """The job is no longer the customer's to move, or the slot is taken."""


@transaction.atomic
def choose(*, order: WorkOrder, on: date, start: time, version: int, act: Act) -> WorkOrder:
    """Move a job to a slot its customer chose: with the own technician where they are free then.

    Otherwise the job waits, with the wish, to be given out. The branch is locked, so two customers
    cannot take the last place. Raises Stale for a job that has changed since, MoveRefused.
    """
    act = act.because(_("Chosen by the customer on the page of the job"))
    trail.begin(act=act)
    Branch.objects.select_for_update(no_key=True).get(pk=order.branch_id)
    order = locking.lock(order)
    if order.version != version:
        raise Stale(_("This visit has changed meanwhile. Look at it again."))
    refuse(order, at=act.at)
    end = _free_until(order, on, start, at=act.at)
    zone = clock.zone()
    before = locking.snapshot(order)
    order.window_start = datetime.combine(on, start, tzinfo=zone)
    order.window_end = datetime.combine(on, end, tzinfo=zone)
    order.customer_moves += 1
    fields = ["window_start", "window_end", "customer_moves", "technician", "state", "told_at"]
    if _keeps_technician(order, on, start, end):
        order.told_at = act.at
    else:
        order.technician, order.state, order.told_at = None, lifecycle.PENDING, None
    locking.save(order, *fields)
    locking.record(
        order, "work_order.moved_by_customer", act=act, before=before, after=locking.snapshot(order)
    )
    announcing.planned(order, at=act.at)
    return order


def refuse(order: WorkOrder, *, at: datetime) -> None:
    """Raise MoveRefused where the customer may not move this job now."""
    why = rules.refusal(
        state=order.state, moves=order.customer_moves, window_start=order.window_start, at=at
    )
    if why:
        raise MoveRefused(
            {
                "state": _("This visit cannot be moved here any more. Please call us."),
                "often": _("You have moved this visit twice already. Please call us."),
                "late": _("It is less than four hours until the visit. Please call us."),
            }[why]
        )


def _free_until(order: WorkOrder, on: date, start: time, *, at: datetime) -> time:
    """Return when the chosen slot ends. Raises MoveRefused for one that is not free."""
    for one in slots.free(order, at=at):
        if (one.on, one.start) == (on, start):
            return one.end
    raise MoveRefused(_("This time has just been taken. Choose another one."))


def _keeps_technician(order: WorkOrder, on: date, start: time, end: time) -> bool:
    """Tell whether the technician who has the job works then and has nothing else in the way."""
    who = order.technician
    if who is None or order.window_start is None or order.window_end is None:
        return False
    if not who.is_active or not slots.crew(order.branch_id, on, on).is_at_work(
        who.pk, on, start, end
    ):
        return False
    return not board.faults(order, who, order.window_start, order.window_end)
