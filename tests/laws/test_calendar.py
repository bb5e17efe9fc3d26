"""Every day is billed exactly once, for decades, on every billing day, in every zone (goal M20)."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from billing.invoices.rules.giving_back import Charged, give_back_from
from billing.invoices.rules.periods import Cycle, Period, is_billing_date, periods
from billing.invoices.rules.proration import Policy, part_of, prorate
from ispbill.core.money import Taxed
from ispbill.schedule import TIMETABLE
from tests.laws.scale import tried

YEARS = tried(floor=6, full=50)  # a leap day in each
START = date(2027, 1, 1)
DAYS = (1, 5, 25, 30)
ZONES = (
    "UTC", "Asia/Dhaka", "Asia/Kolkata", "Africa/Johannesburg", "Europe/Berlin",
    "America/New_York", "Australia/Lord_Howe", "Pacific/Apia",
)  # fmt: skip
PRICES = (Decimal("0.01"), Decimal("333.33"), Decimal("1000.00"), Decimal("99999.99"))


@pytest.mark.parametrize("cycle", list(Cycle))
@pytest.mark.parametrize("day", [*DAYS, 28, 29, 31])
def test_periods_follow_one_another_without_hole_overlap_or_drift(day, cycle):
    found = periods(START, day, 12 * YEARS // cycle.months, cycle)

    assert all(one.end == following.start for one, following in pairwise(found))
    assert all(is_billing_date(one.end, day) for one in found)
    # No drift: the days of a period are never pushed on by a short month before it.
    assert {one.end.day for one in found if one.end.month in {1, 7, 8, 12}} <= {day}
    covered = sum((one.days for one in found), start=0)
    assert covered == (found[-1].end - START).days


@pytest.mark.parametrize("policy", list(Policy))
@pytest.mark.parametrize("day", DAYS)
def test_whole_periods_cost_the_price_and_what_is_used_and_given_back_add_up_to_it(day, policy):
    for period in periods(START, day, 12 * YEARS)[1:]:
        for price in PRICES:
            whole = prorate(
                start=period.start, end=period.end, billing_day=day, price=price, policy=policy
            )
            assert whole.amount == price
            for on in (period.start, period.start + timedelta(days=1), period.end - timedelta(1)):
                back = give_back_from(_line(period, price, policy), on, policy)
                given = back.amount.net if back else Decimal(0)
                assert 0 <= given <= price
                if on > period.start:
                    used = part_of(
                        days=Period(period.start, on), period=period, price=price, policy=policy
                    )
                    assert used.amount + given == price
                else:
                    assert given == price


def _line(period, price, policy):
    return Charged(
        key=1,
        span=period,
        period=period,
        amount=Taxed(price, Decimal("0.00")),
        rate=Decimal(0),
        credited=Taxed.nothing(),
        price=price,
        policy=policy,
    )


@pytest.mark.parametrize("zone", ZONES)
def test_the_nightly_run_has_one_slot_for_every_company_day(zone):
    """Beat looks every half hour of real time; each local day must come up exactly once."""
    nightly = next(job for job in TIMETABLE if job.job == "run_billing")
    local = ZoneInfo(zone)
    moment = datetime(2027, 1, 1, tzinfo=UTC)
    end = moment + timedelta(days=366 * tried(floor=2, full=50))
    seen: list[date] = []
    instants: set[datetime] = set()
    while moment < end:
        slot = nightly.latest_slot(moment.astimezone(local))
        instants.add(slot.astimezone(UTC))
        if not seen or seen[-1] != slot.date():
            seen.append(slot.date())
        moment += timedelta(minutes=30)

    assert len(seen) == len(set(seen)) == len(instants)
    steps = {(after - before).days for before, after in pairwise(seen)}
    assert steps == {1}
