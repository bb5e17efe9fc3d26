"""How unpaid bills are treated now: the policies in force, with nothing left open, and holidays."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Q

from billing.dunning.models import DunningPolicy, DunningStep, Holiday
from billing.dunning.rules import ladder
from billing.dunning.rules.dunning import EVERY_WEEKDAY, next_cutoff_day
from billing.dunning.rules.ladder import Action, LateFee, Policy, Step
from ispbill.core.models import Company

_AHEAD = timedelta(days=400)
_BEHIND = timedelta(days=31)


@dataclass(frozen=True)
class InForce:
    """Every policy in force, the company's own always among them, and the days without cuts."""

    policies: Sequence[Policy]
    days: Sequence[tuple[date, int | None]] = ()
    _chosen: dict[tuple[str, int | None], Policy] = field(default_factory=dict)
    _free: dict[int | None, frozenset[date]] = field(default_factory=dict)

    def of(self, customer_kind: str, branch_id: int | None) -> Policy:
        """Return the policy that governs customers of a class in a branch."""
        key = (customer_kind, branch_id)
        if key not in self._chosen:
            self._chosen[key] = ladder.choose(
                self.policies, customer_kind=customer_kind, branch_id=branch_id
            )
        return self._chosen[key]

    def holidays(self, policy: Policy, branch_id: int | None) -> frozenset[date]:
        """Return the days on which customers of a branch are not cut, by a policy."""
        if not policy.observes_holidays:
            return frozenset()
        if branch_id not in self._free:
            self._free[branch_id] = frozenset(
                day for day, branch in self.days if branch in (None, branch_id)
            )
        return self._free[branch_id]

    def cutoff_day(self, policy: Policy, branch_id: int | None, *, first: date) -> date | None:
        """Return the first day from `first` on that a policy lets lines be cut."""
        if not policy.suspends:
            return None
        holidays = self.holidays(policy, branch_id)
        return next_cutoff_day(first, weekdays=policy.cutoff_weekdays, holidays=holidays)

    @property
    def default(self) -> Policy:
        return next(policy for policy in self.policies if policy.is_default)

    @property
    def least_grace(self) -> int:
        """The fewest days of grace anybody has."""
        return min(policy.grace_days for policy in self.policies)


def in_force(*, on: date) -> InForce:
    """Read the policies in force and the holidays around the company date `on`."""
    company = Company.current()
    rows = DunningPolicy.objects.filter(archived_at__isnull=True).prefetch_related("steps")
    found = [resolved(row, list(row.steps.all()), company=company) for row in rows.order_by("pk")]
    if not any(policy.is_default for policy in found):
        found.append(from_settings(company))
    if not any(policy.observes_holidays for policy in found):
        return InForce(found, [])
    days = Holiday.objects.filter(day__gte=on - _BEHIND, day__lte=on + _AHEAD)
    return InForce(found, list(days.values_list("day", "branch_id")))


def company_has_own_ladder() -> bool:
    """Tell whether the company's own policy has steps, which then count."""
    return DunningStep.objects.filter(
        policy__branch__isnull=True, policy__customer_kind="", policy__archived_at__isnull=True
    ).exists()


def from_settings(company: Company) -> Policy:
    """Return the company's own policy as its settings alone say it."""
    return Policy(
        pk=None,
        name="",
        grace_days=company.grace_days,
        minimum_amount=company.minimum_suspend_amount,
        steps=_from_settings(company),
        pauses_on_outage=True,
    )


def resolved(row: DunningPolicy, steps: Sequence[DunningStep], *, company: Company) -> Policy:
    """Return a stored policy with everything it takes from the company's settings filled in."""
    grace = company.grace_days if row.grace_days is None else row.grace_days
    minimum = row.minimum_amount
    fee = None
    if row.late_fee_since is not None:
        fee = LateFee(
            since=row.late_fee_since,
            amount=row.late_fee_amount,
            rate=row.late_fee_rate,
            tax_class_id=row.late_fee_tax_class_id,
        )
    own = tuple(sorted((_step(step, grace) for step in steps), key=_place))
    return Policy(
        pk=row.pk,
        name=row.name,
        branch_id=row.branch_id,
        customer_kind=row.customer_kind,
        grace_days=grace,
        minimum_amount=company.minimum_suspend_amount if minimum is None else minimum,
        steps=own or _from_settings(company),
        cutoff_weekdays=frozenset(row.cutoff_weekdays) or EVERY_WEEKDAY,
        observes_holidays=row.observes_holidays,
        pauses_on_outage=row.pauses_on_outage,
        promise_days=row.promise_days,
        promises_a_year=row.promises_a_year,
        late_fee=fee,
    )


def _from_settings(company: Company) -> tuple[Step, ...]:
    reminders = [Step(Action.REMIND, int(offset)) for offset in set(company.reminder_offsets)]
    steps = [*reminders, Step(Action.SUSPEND, company.grace_days + 1)]
    return tuple(sorted(steps, key=_place))


def _step(row: DunningStep, grace_days: int) -> Step:
    offset = grace_days + 1 if row.offset_days is None else row.offset_days
    return Step(Action(row.action), offset, tuple(row.channels), row.event)


def _place(step: Step) -> tuple[int, str]:
    return step.offset_days, step.action.value


def company_holidays(branch_id: int | None = None) -> frozenset[date]:
    """Return the whole company's holidays, and those of a branch."""
    days = Holiday.objects.filter(Q(branch__isnull=True) | Q(branch=branch_id))
    return frozenset(days.values_list("day", flat=True))
