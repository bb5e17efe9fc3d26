"""What holds for every ladder and every customer, drawn at random."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.dunning.models import DunningEvent
from billing.dunning.services import dunning, late_fees, steps
from customers.models import AccountState, Customer, Subscription
from ispbill.core.acts import Act
from ispbill.core.models import Company
from ispbill.notifications.models import Message
from tests import database
from tests.factories.customers import CustomerFactory, SubscriptionFactory
from tests.factories.dunning import DunningPolicyFactory, HolidayFactory, ladder
from tests.factories.payments import open_invoice

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

DUE = date(2026, 1, 5)
NEAR = st.dates(min_value=date(2025, 12, 30), max_value=date(2026, 1, 30))
RANDOM = settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def moment(day):
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


def anew():
    database.empty()
    Company.forget_cached()


@RANDOM
@given(
    on=NEAR,
    balance=st.decimals(min_value=-500, max_value=1150, places=2),
    minimum=st.decimals(min_value=0, max_value=1200, places=2),
    grace=st.integers(0, 8),
    promised=st.none() | NEAR,
    excluded=st.none() | NEAR,
    calendar=st.tuples(st.sets(st.integers(0, 6), min_size=1), st.sets(NEAR, max_size=4)),
    is_never=st.booleans(),
)
def test_nobody_is_cut_who_must_not_be(
    on, balance, minimum, grace, promised, excluded, calendar, is_never
):
    weekdays, holidays = calendar
    anew()
    ladder(
        DunningPolicyFactory(
            grace_days=grace, minimum_amount=minimum, cutoff_weekdays=sorted(weekdays)
        ),
        ("SUSPEND", None),
    )
    for day in holidays:
        HolidayFactory(day=day)
    customer = CustomerFactory(kind="BUSINESS", is_never_suspended=is_never)
    SubscriptionFactory(customer=customer)
    open_invoice(customer, due=DUE)
    AccountState.objects.update(
        balance_amount=balance, promised_until=promised, excluded_until=excluded
    )

    cut = dunning.suspend_overdue(on=on, act=Act(None, moment(on))).suspended

    must_not = (
        balance <= 0
        or balance < minimum
        or on <= DUE + timedelta(days=grace)
        or (promised is not None and on <= promised)
        or (excluded is not None and on <= excluded)
        or on.weekday() not in weekdays
        or on in holidays
        or is_never
    )
    assert cut == (0 if must_not else 1)
    assert Customer.objects.get().status == ("ACTIVE" if must_not else "SUSPENDED")
    assert dunning.suspend_overdue(on=on, act=Act(None, moment(on))).suspended == 0


OFFSETS = st.lists(st.integers(-5, 6), min_size=1, max_size=5, unique=True).map(sorted)


def climb(days, offsets, *, fee):
    """Run the whole ladder on these days; return what was done and what was said."""
    anew()
    rungs = [("REMIND", offset) for offset in offsets]
    policy = DunningPolicyFactory(
        grace_days=3,
        late_fee_amount=Decimal("50.00") if fee else None,
        late_fee_since=date(2026, 1, 1) if fee else None,
    )
    ladder(policy, *rungs, *([("LATE_FEE", 2)] if fee else []), ("SUSPEND", None))
    customer = CustomerFactory(kind="BUSINESS", wants_email=False)
    SubscriptionFactory(customer=customer)
    invoice = open_invoice(customer, due=DUE)
    for day in days:
        for _twice in range(2):
            late_fees.charge(on=day, at=moment(day))
            steps.send(on=day, at=moment(day))
            dunning.suspend_overdue(on=day, act=Act(None, moment(day)))
    own = DunningEvent.objects.filter(invoice=invoice)
    rows = list(own.order_by("pk").values_list("action", "offset_days", "outcome"))
    told = Message.objects.filter(
        event__startswith="payment_", dedup_key__contains=f"{invoice.number}:"
    )
    return set(rows), told.count(), Subscription.objects.get().status, len(rows)


@RANDOM
@given(offsets=OFFSETS, fee=st.booleans(), late=st.integers(1, 6), start=st.integers(-4, 3))
def test_late_is_as_day_by_day_but_for_the_reminders_left_out(offsets, fee, late, start):
    """The machine stands still for some days: the rest of the ladder is the same."""
    first, last = DUE + timedelta(days=-4), DUE + timedelta(days=9)
    every = [first + timedelta(days=step) for step in range((last - first).days + 1)]
    gap = {DUE + timedelta(days=start + step) for step in range(late)}

    whole, told, status, count = climb(every, offsets, fee=fee)
    rest, told_late, status_late, count_late = climb(
        [day for day in every if day not in gap], offsets, fee=fee
    )

    skipped = {(action, offset) for action, offset, outcome in rest if outcome == "SKIPPED"}
    assert {(action, offset) for action, offset, _outcome in rest} == {
        (action, offset) for action, offset, _outcome in whole
    }
    assert not any(outcome == "SKIPPED" for _action, _offset, outcome in whole)
    assert {action for action, _offset in skipped} <= {"REMIND"}
    assert told_late == told - len(skipped)
    assert (status_late, status) == ("SUSPENDED", "SUSPENDED")
    assert (count, count_late) == (len(whole), len(rest))
