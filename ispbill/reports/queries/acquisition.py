"""What winning customers costs: what was entered, credit for who brought them, resellers' bonuses."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import QuerySet, Sum

from ispbill.core import clock
from ispbill.reports.models import AcquisitionCost
from ispbill.reports.queries import stays
from ispbill.reports.queries.scope import Scope
from ispbill.reports.rules.months import first_of, following, last_of
from payments.referrals.models import ReferralReward
from resellers.models import Commission, CommissionBack

_CENT, _NOTHING = Decimal("0.01"), Decimal("0.00")


@dataclass(frozen=True)
class Spent:
    """What was spent on some days on winning customers, in the company's currency.

    `rewards` and `bonuses` are less what was taken back on these days; `joined` are the customers
    whose first service came into use on them.
    """

    entered: Decimal
    rewards: Decimal
    bonuses: Decimal
    joined: int

    @property
    def total(self) -> Decimal:
        return self.entered + self.rewards + self.bonuses

    @property
    def each(self) -> Decimal | None:
        """Return what one customer cost, half-up to the cent.

        None where none joined, or nothing is known to have been spent.
        """
        if not self.joined or not self.total:
            return None
        return (self.total / self.joined).quantize(_CENT, ROUND_HALF_UP)


def of(*, since: date, until: date, branch_id: int | None) -> Spent:
    """Return what was spent on the days `since` to `until`, of the company or a branch."""
    joined = stays.of(since=since, until=until, scope=Scope(branch_id=branch_id)).joined
    return Spent(
        entered=_entered(since, until, branch_id),
        rewards=_rewards(since, until, branch_id),
        bonuses=_bonuses(since, until, branch_id),
        joined=joined,
    )


def by_month(*, since: date, until: date, branch_id: int | None) -> Iterator[tuple[date, Spent]]:
    """Yield each month that the days touch, whole or as far as they go, the latest first."""
    month = first_of(until)
    while month >= first_of(since):
        end = min(last_of(month), until)
        yield month, of(since=month, until=end, branch_id=branch_id)
        month = first_of(date.fromordinal(month.toordinal() - 1))


def _entered(since: date, until: date, branch_id: int | None) -> Decimal:
    """Add up what was entered; of a month that is not whole, the part of its days."""
    found = AcquisitionCost.objects.filter(month__gte=first_of(since), month__lte=until)
    if branch_id is not None:
        found = found.filter(branch=branch_id)
    total = Decimal(0)
    for month, amount in found.values_list("month", "amount"):
        days = (following(month) - month).days
        looked_at = (min(until, last_of(month)) - max(since, month)).days + 1
        total += amount * looked_at / days
    return total.quantize(_CENT, ROUND_HALF_UP)


def _rewards(since: date, until: date, branch_id: int | None) -> Decimal:
    found = ReferralReward.objects.all()
    if branch_id is not None:
        found = found.filter(customer__branch=branch_id)
    begin, end = clock.midnight(since), clock.midnight(following_day(until))
    given = found.filter(given_at__gte=begin, given_at__lt=end)
    undone = found.filter(undone_at__gte=begin, undone_at__lt=end)
    return _sum(given, "payment__amount") - _sum(undone, "payment__amount")


def _bonuses(since: date, until: date, branch_id: int | None) -> Decimal:
    earned = Commission.objects.filter(
        kind=Commission.Kind.START, earned_on__gte=since, earned_on__lte=until
    )
    backs = CommissionBack.objects.filter(
        commission__kind=Commission.Kind.START, taken_on__gte=since, taken_on__lte=until
    )
    if branch_id is not None:
        earned, backs = earned.filter(branch=branch_id), backs.filter(commission__branch=branch_id)
    return _sum(earned, "amount") - _sum(backs, "amount")


def _sum(found: QuerySet, column: str) -> Decimal:  # type: ignore[type-arg]
    amount: Decimal | None = found.aggregate(amount=Sum(column))["amount"]
    return amount or _NOTHING


def following_day(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)
