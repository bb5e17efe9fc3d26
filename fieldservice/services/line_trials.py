"""A pending service's line is opened for an hour, so that an installation can be tried out.

Online only, three times a job, and nothing is billed: the service stays pending. Completing the
job activates it, and its line then stays open; otherwise the line is closed when the hour is over.
"""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Subscription
from fieldservice.models import LineTrial, WorkOrder
from fieldservice.rules import lifecycle
from fieldservice.services import locking
from ispbill.accounts.models import User
from ispbill.audit.services import trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from network.models import Access
from network.services import desired_states

OPEN_FOR = timedelta(minutes=60)
MOST = 3


class NoTrial(DomainError):
    """The line of this job cannot be opened for a trial; the message says why."""


@transaction.atomic
def begin(*, order: WorkOrder, act: Act[User]) -> LineTrial:
    """Open the line of a job's pending service for an hour; one that is open stays as it is.

    Raises WrongState for a job that is not under way, NoTrial for another kind of job, a service
    that is in use already or has no line, and after the third time.
    """
    order = locking.lock(order)
    if order.state != lifecycle.IN_PROGRESS or order.technician_id != act.actor.pk:
        raise locking.WrongState(_("Arrive first: the line is tried out at the customer's."))
    trials = LineTrial.objects.filter(order=order)
    running = trials.filter(closed_at=None).first()
    if running is not None:
        return running
    service = _pending(order)
    number = trials.count() + 1
    if number > MOST:
        raise NoTrial(_("The line was opened three times already. Ask the office."))
    act = act.because(_("Tried out at the installation, %(number)s") % {"number": order.number})
    trail.begin(act=act)
    made = LineTrial.objects.create(
        order=order, number=number, opened_by=act.actor, opened_at=act.at, until=act.at + OPEN_FOR
    )
    desired_states.switch(subscription_ids=[service.pk], state=Access.State.OPEN, act=act)
    locking.record(order, "work_order.line_trial", act=act, after={"number": number})
    return made


def end_due(*, act: Act) -> int:
    """Close the lines whose hour is over; return how many trials ended. May be repeated."""
    due = LineTrial.objects.filter(closed_at=None, until__lte=act.at).order_by("pk")
    return sum(_end(pk, act=act) for pk in due.values_list("pk", flat=True))


@transaction.atomic
def _end(pk: int, *, act: Act) -> bool:
    order = locking.lock(WorkOrder.objects.get(line_trials=pk))
    trial = LineTrial.objects.filter(pk=pk, closed_at=None).first()
    if trial is None:
        return False
    act = act.because(_("The hour of trying out is over, %(number)s") % {"number": order.number})
    trail.begin(act=act)
    trial.closed_at = act.at
    trial.save(update_fields=["closed_at"])
    service = Subscription.objects.select_for_update(no_key=True).get(work_orders=order)
    if service.status == Subscription.Status.PENDING:  # else the line is the service's own
        desired_states.switch(subscription_ids=[service.pk], state=Access.State.WALLED, act=act)
    return True


def _pending(order: WorkOrder) -> Subscription:
    if order.kind != WorkOrder.Kind.INSTALLATION or order.subscription_id is None:
        raise NoTrial(_("Only an installation is tried out before it is active."))
    service = Subscription.objects.select_for_update(no_key=True).get(pk=order.subscription_id)
    if service.status != Subscription.Status.PENDING:
        raise NoTrial(_("The service is in use already; its line is not opened for a trial."))
    lines = Access.objects.filter(subscription=service)
    if not lines.exclude(desired_state=Access.State.REMOVED).exists():
        raise NoTrial(_("The service has no line yet. Ask the office to give it one."))
    return service
