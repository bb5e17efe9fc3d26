"""A technician's way: on the way, back again, arrived, could not be done.

`moment` is when it happened at the customer's (UTC); `act.at` when the office came to know.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from fieldservice.models import Visit, WorkOrder
from fieldservice.rules import distances, lifecycle, moments
from fieldservice.rules.distances import Point
from fieldservice.services import announcing, locking
from ispbill.accounts.models import User
from ispbill.audit.services import trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError, ReasonMissing


@dataclass(frozen=True)
class Place:
    """Where a technician was: a point, or why the phone gave none."""

    point: Point | None = None
    no_point_reason: str = ""


@transaction.atomic
def start(*, order: WorkOrder, moment: datetime, act: Act[User]) -> WorkOrder:
    """Set out; the customer is told while that is still true. Raises WrongState."""
    trail.begin(act=act)
    order = locking.lock(order)
    locking.refuse_move(order, "start")
    visit = _new_visit(order, act.actor, moment)
    _move(order, lifecycle.EN_ROUTE, "work_order.on_the_way", act=act)
    if moments.is_fresh(moment, received_at=act.at):
        announcing.on_the_way(order, visit, at=act.at)
    return order


@transaction.atomic
def turn_back(*, order: WorkOrder, moment: datetime, act: Act[User]) -> WorkOrder:
    """Give the way up for now; the job stays with the technician. Raises ReasonMissing."""
    act = trail.begin_with_reason(act=act)
    order = locking.lock(order)
    locking.refuse_move(order, "turn_back")
    visit = locking.visit_under_way(order)
    visit.result, visit.ended_at = Visit.Result.TURNED_BACK, moment
    visit.save(update_fields=["result", "ended_at"])
    _move(order, lifecycle.ASSIGNED, "work_order.turned_back", act=act)
    return order


@transaction.atomic
def arrive(*, order: WorkOrder, place: Place, moment: datetime, act: Act[User]) -> WorkOrder:
    """Begin the work, with the point or the reason for none. Raises ReasonMissing, WrongState."""
    trail.begin(act=act)
    order = locking.lock(order)
    locking.refuse_move(order, "arrive")
    if place.point is None and len(place.no_point_reason.strip()) < trail.MIN_REASON_CHARACTERS:
        raise ReasonMissing(_("Say why there is no location, in ten characters at least."))
    if order.state == lifecycle.ASSIGNED:
        visit = _new_visit(order, act.actor, moment)
    else:
        visit = locking.visit_under_way(order)
    visit.arrived_at, visit.no_point_reason = moment, place.no_point_reason.strip()[:200]
    if place.point is not None:
        _note_point(visit, order, place.point)
    visit.save()
    _move(order, lifecycle.IN_PROGRESS, "work_order.arrived", act=act)
    return order


@transaction.atomic
def fail(
    *, order: WorkOrder, failure: str, text: str, moment: datetime, act: Act[User]
) -> WorkOrder:
    """Say that the job could not be done this time, and why. Raises ReasonMissing, WrongState."""
    act = act.because(trail.required_reason(text))
    trail.begin(act=act)
    if failure not in Visit.Failure.values:
        raise DomainError(_("Choose why it could not be done."))
    order = locking.lock(order)
    locking.refuse_move(order, "fail")
    if order.state == lifecycle.ASSIGNED:
        visit = _new_visit(order, act.actor, moment)
    else:
        visit = locking.visit_under_way(order)
    visit.result, visit.failure, visit.failure_text = Visit.Result.FAILED, failure, act.reason
    visit.ended_at = moment
    visit.save(update_fields=["result", "failure", "failure_text", "ended_at"])
    _move(order, lifecycle.FAILED, "work_order.failed", act=act)
    return order


def _new_visit(order: WorkOrder, technician: User, moment: datetime) -> Visit:
    return Visit.objects.create(
        order=order,
        customer_id=order.customer_id,
        visit_no=order.visits.count() + 1,
        technician=technician,
        began_at=moment,
    )


def _note_point(visit: Visit, order: WorkOrder, point: Point) -> None:
    visit.latitude, visit.longitude = round(point.latitude, 6), round(point.longitude, 6)
    visit.accuracy_m = round(point.accuracy_m)
    address = distances.point(order.latitude, order.longitude)
    if address is not None:
        visit.distance_m = round(distances.metres(address, point))


def _move(order: WorkOrder, state: str, action: str, *, act: Act[User]) -> None:
    before = {"state": order.state}
    order.state = state
    locking.save(order, "state")
    locking.record(order, action, act=act, before=before, after={"state": state})
