"""Ask the worker for a billing run: once for each confirmation, however often it is sent."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from billing.run.queries import runs
from billing.run.services.cycle import RunUnderWay
from ispbill.audit.models import AuditEvent
from ispbill.audit.services import events, trail
from ispbill.core import jobs, locks
from ispbill.core.actors import Actor
from ispbill.core.acts import Act

TARGET = "billing_run_request"


@dataclass(frozen=True)
class Wanted:
    """The scope of a run as staff confirmed it."""

    on: date
    bill_day: int | None = None
    branch_id: int | None = None
    customers: tuple[int, ...] | None = None  # ids of those chosen; none: everybody


@transaction.atomic
def request(*, key: str, wanted: Wanted, act: Act[Actor]) -> bool:
    """Order a run and return True; the same key again orders nothing and returns False.

    Raises RunUnderWay while another run is at work.
    """
    trail.begin(act=act.because(""))
    locks.hold("billing.run_requests")
    if find(key) is not None:
        return False
    if runs.under_way(at=act.at) is not None:
        raise RunUnderWay(_("A billing run is already under way. Wait until it has finished."))
    scope = {
        "on": wanted.on.isoformat(),
        "bill_day": wanted.bill_day,
        "branch_id": wanted.branch_id,
        "customers": None if wanted.customers is None else list(wanted.customers),
    }
    events.note(
        events.Target(type=TARGET, id=key, label=str(wanted.on), branch_id=wanted.branch_id),
        act=act,
        action="billing_run.requested",
        after=scope,
    )
    jobs.after_commit("billing.run_billing", actor_id=act.actor.pk, request=key, **scope)
    return True


def find(key: str) -> AuditEvent | None:
    """Return the order with this key."""
    return AuditEvent.objects.filter(target_type=TARGET, target_id=key).order_by("pk").first()
