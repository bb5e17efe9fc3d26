"""What every write of a job begins and ends with: its row's lock, its version, its trail."""

from functools import partial
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from fieldservice import signals
from fieldservice.models import Visit, WorkOrder
from fieldservice.rules import lifecycle
from ispbill.audit.services import events
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError


class WrongState(DomainError):
    """The job is not in a state that takes this; the message says in which it is."""


def lock(order: WorkOrder) -> WorkOrder:
    """Return a job as it is now, nobody else changing it before this transaction ends."""
    found = WorkOrder.objects.select_for_update(of=("self",))
    return found.select_related("customer", "technician").get(pk=order.pk)


def refuse_move(order: WorkOrder, verb: str) -> None:
    """Raise WrongState where a locked job does not take the verb."""
    if not lifecycle.may(verb, order.state):
        raise WrongState(
            _("%(number)s is “%(state)s”; this cannot be done any more.")
            % {"number": order.number, "state": order.get_state_display()}
        )


def save(order: WorkOrder, *fields: str) -> None:
    """Save a locked job under its next version."""
    order.version += 1
    order.save(update_fields=[*fields, "version"])


def snapshot(order: WorkOrder) -> dict[str, Any]:
    """Return what the trail keeps of a job."""
    return {
        "state": order.state,
        "technician": order.technician.name if order.technician else None,
        "window_start": order.window_start.isoformat() if order.window_start else None,
        "window_end": order.window_end.isoformat() if order.window_end else None,
    }


def record(
    order: WorkOrder,
    action: str,
    *,
    act: Act,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Append what happened to a job to the trail; the floors above hear of it after the commit."""
    told = partial(signals.job_moved.send_robust, sender=WorkOrder, order_id=order.pk)
    transaction.on_commit(told)
    events.record(act=act, action=action, target=order, before=before, after=after)


def visit_under_way(order: WorkOrder) -> Visit:
    """Return the present attempt at a locked job. Raises WrongState."""
    found = order.visits.filter(result=Visit.Result.UNDER_WAY).first()
    if found is None:
        raise WrongState(_("Nobody is at %(number)s at the moment.") % {"number": order.number})
    return found
