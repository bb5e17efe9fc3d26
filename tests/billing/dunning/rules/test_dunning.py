"""Who is overdue, who is cut off, and why."""

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.dunning.rules import dunning
from billing.dunning.rules.dunning import Action, Facts, Reason

DUE = date(2026, 1, 5)
CHITRA = Facts(
    on=date(2026, 1, 9),
    balance=Decimal("1725.00"),
    unpaid_amount=Decimal("1725.00"),
    due_date=DUE,
    grace_days=3,
)
AMOUNTS = st.decimals(min_value=Decimal("-5000"), max_value=Decimal("5000"), places=2)
NEARBY = st.dates(min_value=date(2025, 12, 20), max_value=date(2026, 2, 20))


@st.composite
def facts(draw):
    return Facts(
        on=draw(NEARBY),
        balance=draw(AMOUNTS),
        unpaid_amount=abs(draw(AMOUNTS)),
        due_date=draw(st.none() | NEARBY),
        grace_days=draw(st.integers(0, 10)),
        minimum_amount=abs(draw(AMOUNTS)),
        promised_until=draw(st.none() | NEARBY),
        excluded_until=draw(st.none() | NEARBY),
        payment_pending=draw(st.booleans()),
        cutoff_weekdays=draw(st.frozensets(st.integers(0, 6))),
        holidays=draw(st.frozensets(NEARBY, max_size=5)),
    )


@pytest.mark.parametrize(
    ("on", "action", "reason"),
    [
        (date(2026, 1, 5), Action.NONE, Reason.NOT_YET_DUE),
        (date(2026, 1, 6), Action.OVERDUE, Reason.IN_GRACE),
        (date(2026, 1, 8), Action.OVERDUE, Reason.IN_GRACE),
        (date(2026, 1, 9), Action.SUSPEND, Reason.GRACE_OVER),
        (date(2026, 3, 1), Action.SUSPEND, Reason.GRACE_OVER),
    ],
)
def test_overdue_the_day_after_and_suspended_by_the_first_run_after_grace(on, action, reason):
    decision = dunning.decide(replace(CHITRA, on=on))

    assert (decision.action, decision.reason) == (action, reason)


def test_a_day_ahead_the_day_of_suspension_is_known():
    decision = dunning.decide(replace(CHITRA, on=date(2026, 1, 6)))

    assert decision.grace_until == date(2026, 1, 8)
    assert decision.suspends_on == date(2026, 1, 9)


def test_who_should_long_be_suspended_is_foretold_for_today_not_for_the_past():
    today = date(2026, 3, 1)

    assert dunning.decide(replace(CHITRA, on=today)).suspends_on == today


@pytest.mark.parametrize(
    ("change", "action", "reason"),
    [
        ({"balance": Decimal(0)}, Action.NONE, Reason.NOTHING_OWED),
        ({"balance": Decimal(-1)}, Action.NONE, Reason.NOTHING_OWED),
        ({"unpaid_amount": Decimal(0)}, Action.NONE, Reason.NOTHING_OWED),
        ({"due_date": None}, Action.NONE, Reason.NOTHING_OWED),
        ({"minimum_amount": Decimal("1725.01")}, Action.OVERDUE, Reason.BELOW_MINIMUM),
        ({"minimum_amount": Decimal("1725.00")}, Action.SUSPEND, Reason.GRACE_OVER),
        ({"promised_until": date(2026, 1, 9)}, Action.OVERDUE, Reason.PROMISED),
        ({"promised_until": date(2026, 1, 8)}, Action.SUSPEND, Reason.GRACE_OVER),
        ({"excluded_until": date(2026, 1, 9)}, Action.OVERDUE, Reason.EXCLUDED),
        ({"payment_pending": True}, Action.OVERDUE, Reason.PAYMENT_PENDING),
        ({"holidays": frozenset({date(2026, 1, 9)})}, Action.OVERDUE, Reason.NO_CUTOFF_DAY),
        ({"cutoff_weekdays": frozenset({0, 1, 2})}, Action.OVERDUE, Reason.NO_CUTOFF_DAY),
    ],
)
def test_each_fact_that_can_hold_a_suspension_back_does(change, action, reason):
    decision = dunning.decide(replace(CHITRA, **change))

    assert (decision.action, decision.reason) == (action, reason)


def test_a_small_rest_of_a_rounded_payment_does_not_cut_anybody_off():
    decision = dunning.decide(
        replace(CHITRA, balance=Decimal("0.01"), minimum_amount=Decimal("10.00"))
    )

    assert decision.action is Action.OVERDUE
    assert decision.suspends_on is None


def test_a_cut_off_that_falls_on_a_holiday_waits_for_the_next_day_allowed():
    friday_and_saturday_off = frozenset({0, 1, 2, 3, 6})

    decision = dunning.decide(
        replace(
            CHITRA,
            on=date(2026, 1, 6),
            cutoff_weekdays=friday_and_saturday_off,
            holidays=frozenset({date(2026, 1, 11)}),
        )
    )

    assert decision.suspends_on == date(2026, 1, 12)


@given(facts())
def test_who_owes_nothing_or_too_little_is_never_suspended(known):
    decision = dunning.decide(known)

    if known.balance <= 0 or known.balance < known.minimum_amount:
        assert decision.action is not Action.SUSPEND
        assert decision.suspends_on is None
    if known.balance <= 0:
        assert not decision.is_overdue


@given(facts())
def test_nobody_is_suspended_within_grace_promise_or_exclusion(known):
    decision = dunning.decide(known)

    if decision.action is Action.SUSPEND:
        assert known.due_date is not None
        assert known.on > known.due_date + timedelta(days=known.grace_days)
        assert not known.payment_pending
        assert known.on.weekday() in known.cutoff_weekdays
        assert known.on not in known.holidays
        assert known.promised_until is None or known.on > known.promised_until
        assert known.excluded_until is None or known.on > known.excluded_until


@given(facts())
def test_the_day_foretold_is_the_day_a_run_suspends_and_no_day_before(known):
    foretold = dunning.decide(known).suspends_on
    if foretold is None:
        assert dunning.decide(known).action is not Action.SUSPEND
        return

    assert foretold >= known.on
    assert dunning.decide(replace(known, on=foretold)).action is Action.SUSPEND
    day = known.on
    while day < foretold:
        assert dunning.decide(replace(known, on=day)).action is not Action.SUSPEND
        day += timedelta(days=1)


@given(facts())
def test_the_record_holds_every_fact_and_survives_json(known):
    record = dunning.decide(known).as_dict()

    assert json.loads(json.dumps(record)) == record
    assert set(record["facts"]) == set(Facts.__dataclass_fields__)


@pytest.mark.parametrize(
    "wrong",
    [{"grace_days": -1}, {"minimum_amount": Decimal("-0.01")}, {"cutoff_weekdays": frozenset({7})}],
)
def test_settings_that_make_no_sense_are_refused(wrong):
    with pytest.raises(ValueError, match="0"):
        replace(CHITRA, **wrong)


def test_the_record_names_the_holidays_that_made_somebody_wait():
    """After the last day of grace, and up to the day itself; no other."""
    grace_ends, on = date(2026, 1, 8), date(2026, 1, 11)
    holidays = frozenset(grace_ends + timedelta(days=step) for step in range(5))
    facts = replace(CHITRA, on=on, holidays=holidays)

    decision = dunning.decide(facts)

    assert decision.grace_until == grace_ends
    assert decision.as_dict()["facts"]["holidays"] == ["2026-01-09", "2026-01-10", "2026-01-11"]


def test_the_latest_of_what_is_waited_for_decides_the_day_foretold():
    promised = replace(CHITRA, promised_until=date(2026, 1, 20))
    excluded = replace(promised, excluded_until=date(2026, 1, 14))

    assert dunning.decide(promised).suspends_on == date(2026, 1, 21)
    assert dunning.decide(excluded).suspends_on == date(2026, 1, 21)


def test_the_very_next_day_is_taken_when_lines_may_be_cut_on_it():
    friday = replace(CHITRA, on=date(2026, 1, 9), cutoff_weekdays=frozenset(range(7)) - {4})

    assert dunning.decide(friday).suspends_on == date(2026, 1, 10)
