"""Leave out services that would get more periods in one run than is believable, and show them.

A wrong date or a loop must not become a hundred bills. What is on hold is not billed until somebody
has looked: they let it be billed, or skip the days that shall never be billed.
"""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from billing.invoices.models import Schedule
from billing.ledger.services import account_states
from billing.pricing.models import DayException
from billing.pricing.services import day_exceptions
from billing.run.queries.plan import Scope, parameters
from billing.run.queries.plan_statement import HOLD
from customers.models import Subscription
from ispbill.audit.services import events, trail
from ispbill.core import statements
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.models import Company


class NotOnHold(DomainError):
    """The service is not on hold (any more)."""


class ImpossibleSkip(DomainError):
    """Days can only be skipped forward, and not past the end of what is due."""


def hold_runaways(scope: Scope, *, after: int, upto: int, at: datetime) -> int:
    """Put on hold what would get too many periods among the customers in (after, upto]; return
    how many.

    Belongs to the transaction that bills them.
    """
    values = {
        **parameters(scope),
        "after": after,
        "upto": upto,
        "at": at,
        "limit": Company.current().max_periods_a_run,
    }
    return statements.run(HOLD, values)


@transaction.atomic
def release(*, subscription_id: int, periods: int, act: Act) -> None:
    """Let a service on hold be billed by the next run, up to `periods` periods at once.

    Raises NotOnHold, ReasonMissing.
    """
    schedule = _on_hold(subscription_id, act=act)
    schedule.allowed_periods = periods
    _end_hold(schedule, action="schedule.released", act=act)


@transaction.atomic
def skip(*, subscription_id: int, until: date, act: Act) -> None:
    """Never bill the days of a service on hold before `until`, and let it be billed from there.

    Raises NotOnHold, ImpossibleSkip, ReasonMissing.
    """
    schedule = _on_hold(subscription_id, act=act)
    if schedule.billed_until is None or until <= schedule.billed_until:
        raise ImpossibleSkip(_("Choose a day after the last one that is billed."))
    service = Subscription.objects.get(pk=subscription_id)
    day_exceptions.note(
        subscription=service,
        kind=DayException.Kind.SKIPPED,
        days=[(schedule.billed_until, until)],
        act=act,
    )
    schedule.billed_until = until
    _end_hold(schedule, action="schedule.days_skipped", act=act)
    account_states.refresh([schedule.customer_id])


def _on_hold(subscription_id: int, *, act: Act) -> Schedule:
    act = trail.begin_with_reason(act=act)
    customer = Schedule.objects.values_list("customer_id", flat=True).get(pk=subscription_id)
    account_states.lock([customer])
    schedule = Schedule.objects.select_for_update().get(pk=subscription_id)
    if schedule.held_at is None:
        raise NotOnHold(_("This service is not on hold any more."))
    return schedule


def _end_hold(schedule: Schedule, *, action: str, act: Act) -> None:
    schedule.held_at, schedule.held_periods = None, None
    schedule.save(update_fields=["held_at", "held_periods", "allowed_periods", "billed_until"])
    events.record(
        act=act,
        action=action,
        target=schedule,
        after={
            "billed_until": str(schedule.billed_until),
            "allowed_periods": schedule.allowed_periods,
        },
    )
