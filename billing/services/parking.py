"""Leave out services that would get more periods in one run than is believable, and show them.

A wrong date or a loop must not become a hundred bills. What is parked is not billed until somebody
has looked: they let it be billed, or skip the days that shall never be billed.
"""

from datetime import date, datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from billing.models import DayException, Schedule
from billing.queries.plan import Scope, parameters
from billing.queries.plan_statement import PARK
from billing.services import day_exceptions, standings
from customers.models import Subscription
from ispbill.audit.services import events, trail
from ispbill.core.actors import Actor
from ispbill.core.errors import DomainError
from ispbill.core.models import Company


class NotParked(DomainError):
    """The service is not parked (any more)."""


class ImpossibleSkip(DomainError):
    """Days can only be skipped forward, and not past the end of what is due."""


def park_runaways(scope: Scope, *, after: int, upto: int, at: datetime) -> int:
    """Park what would get too many periods among the customers in (after, upto]; return how many.

    Belongs to the transaction that bills them.
    """
    values = {
        **parameters(scope), "after": after, "upto": upto, "at": at,
        "limit": Company.current().max_periods_a_run,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(PARK, values)
        return int(cursor.rowcount)


@transaction.atomic
def release(
    *, subscription_id: int, periods: int, reason: str, at: datetime, actor: Actor | None
) -> None:
    """Let a parked service be billed by the next run, up to `periods` periods at once.

    Raises NotParked, ReasonMissing.
    """
    schedule = _parked(subscription_id, reason=reason, at=at, actor=actor)
    schedule.allowed_periods = periods
    _unpark(schedule, action="schedule.released", reason=reason, at=at, actor=actor)


@transaction.atomic
def skip(
    *, subscription_id: int, until: date, reason: str, at: datetime, actor: Actor | None
) -> None:
    """Never bill the days of a parked service before `until`, and let it be billed from there.

    Raises NotParked, ImpossibleSkip, ReasonMissing.
    """
    schedule = _parked(subscription_id, reason=reason, at=at, actor=actor)
    if schedule.billed_until is None or until <= schedule.billed_until:
        raise ImpossibleSkip(_("Choose a day after the last one that is billed."))
    service = Subscription.objects.get(pk=subscription_id)
    day_exceptions.note(
        subscription=service, kind=DayException.Kind.SKIPPED, days=[(schedule.billed_until, until)],
        at=at, actor=actor, reason=reason,
    )  # fmt: skip
    schedule.billed_until = until
    _unpark(schedule, action="schedule.days_skipped", reason=reason, at=at, actor=actor)
    standings.refresh([schedule.customer_id])


def _parked(subscription_id: int, *, reason: str, at: datetime, actor: Actor | None) -> Schedule:
    reason = trail.required_reason(reason)
    trail.begin(actor=actor, at=at, reason=reason)
    customer = Schedule.objects.values_list("customer_id", flat=True).get(pk=subscription_id)
    standings.lock([customer])
    schedule = Schedule.objects.select_for_update().get(pk=subscription_id)
    if schedule.parked_at is None:
        raise NotParked(_("This service is not parked any more."))
    return schedule


def _unpark(
    schedule: Schedule, *, action: str, reason: str, at: datetime, actor: Actor | None
) -> None:
    schedule.parked_at, schedule.parked_periods = None, None
    schedule.save(update_fields=["parked_at", "parked_periods", "allowed_periods", "billed_until"])
    events.record(
        at=at, actor=actor, action=action, target=schedule, customer_id=schedule.customer_id,
        reason=reason, after={"billed_until": str(schedule.billed_until),
                              "allowed_periods": schedule.allowed_periods},
    )  # fmt: skip
