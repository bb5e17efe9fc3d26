"""Ask the worker for a billing run: once for each confirmation, however often it is sent."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from billing import tasks
from billing.queries import runs
from billing.services.cycle import RunUnderWay
from ispbill.audit.models import AuditEvent
from ispbill.audit.services import events, trail
from ispbill.core import jobs, locks
from ispbill.core.actors import Actor

TARGET = "billing_run_request"


@dataclass(frozen=True)
class Wanted:
    """The scope of a run as staff confirmed it."""

    on: date
    bill_day: int | None = None
    branch_id: int | None = None
    customers: tuple[int, ...] | None = None  # ids of those chosen; none: everybody


@transaction.atomic
def request(*, key: str, wanted: Wanted, at: datetime, actor: Actor) -> bool:
    """Order a run and return True; the same key again orders nothing and returns False.

    Raises RunUnderWay while another run is at work.
    """
    trail.begin(actor=actor, at=at)
    locks.hold("billing.run_requests")
    if find(key) is not None:
        return False
    if runs.under_way(at=at) is not None:
        raise RunUnderWay(_("A billing run is already under way. Wait until it has finished."))
    scope = {
        "on": wanted.on.isoformat(),
        "bill_day": wanted.bill_day,
        "branch_id": wanted.branch_id,
        "customers": None if wanted.customers is None else list(wanted.customers),
    }
    events.note(
        at=at, actor=actor, action="billing_run.requested", target_type=TARGET, target_id=key,
        label=str(wanted.on), branch_id=wanted.branch_id, after=scope,
    )  # fmt: skip
    jobs.after_commit(tasks.run_billing, actor_id=actor.pk, request=key, **scope)
    return True


def find(key: str) -> AuditEvent | None:
    """Return the order with this key."""
    return AuditEvent.objects.filter(target_type=TARGET, target_id=key).order_by("pk").first()
