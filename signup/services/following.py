"""Orders follow what becomes of their job and service; a call makes it fast, the sweep certain."""

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Subscription
from fieldservice.models import WorkOrder
from ispbill.audit.services import trail
from ispbill.core.acts import Act
from signup.models import Order
from signup.rules import lifecycle
from signup.services import locking

_GIVEN_OUT = {WorkOrder.State.ASSIGNED, WorkOrder.State.EN_ROUTE, WorkOrder.State.IN_PROGRESS}


def follow_job(*, work_order_id: int, act: Act) -> bool:
    """Bring the order of a job up to date, where there is one; return whether it moved."""
    service = WorkOrder.objects.filter(pk=work_order_id).values("subscription")
    order = Order.objects.filter(subscription__in=service, state__in=lifecycle.UNDER_WAY).first()
    return follow(order=order, act=act) if order is not None else False


def follow_all(*, act: Act) -> int:
    """Bring every order that is under way up to date; return how many moved."""
    found = Order.objects.filter(state__in=lifecycle.UNDER_WAY).order_by("pk")
    return sum(follow(order=order, act=act) for order in found)


@transaction.atomic
def follow(*, order: Order, act: Act) -> bool:
    """Move an accepted order to where its job and its service are; return whether it moved."""
    act = act.because(_("Follows its job and its service"))
    trail.begin(act=act)
    order = locking.lock(order)
    assert order.subscription_id is not None  # noqa: S101 - the database keeps it
    service = Subscription.objects.get(pk=order.subscription_id)
    job = _job(service)
    if job is not None and job.pk != order.work_order_id:
        order.work_order = job
        order.save(update_fields=["work_order"])
    if service.status == Subscription.Status.CANCELLED:
        return _given_up(order, act=act)
    steps = lifecycle.steps(order.state, _target(service, job))
    for state in steps:
        if state == lifecycle.ACTIVE:
            order.ended_at = act.at
            locking.move(order, state, "ended_at", act=act)
        else:
            locking.move(order, state, act=act)
    return bool(steps)


def _target(service: Subscription, job: WorkOrder | None) -> str:
    if service.status != Subscription.Status.PENDING:
        return lifecycle.ACTIVE
    if job is None:
        return lifecycle.ACCEPTED
    if job.state == WorkOrder.State.COMPLETED:
        return lifecycle.INSTALLED
    return lifecycle.SCHEDULED if job.state in _GIVEN_OUT else lifecycle.ACCEPTED


def _job(service: Subscription) -> WorkOrder | None:
    """Return the installation as it is tried now: the newest job of it."""
    found = WorkOrder.objects.filter(subscription=service, kind=WorkOrder.Kind.INSTALLATION)
    return found.order_by("-pk").first()


def _given_up(order: Order, *, act: Act) -> bool:
    if not lifecycle.may_move(order.state, lifecycle.CANCELLED):
        return False
    order.ended_at, order.ended_reason = act.at, _("The service was ended")
    locking.move(order, lifecycle.CANCELLED, "ended_at", "ended_reason", act=act)
    return True
