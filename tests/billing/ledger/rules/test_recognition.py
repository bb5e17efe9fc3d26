"""What a line has earned: never more than it billed, all of it in the end, whatever the order."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from billing.ledger.rules.recognition import Days, GivenBack, earned

START = date(2026, 1, 1)

nets = st.integers(1, 9_999_999).map(lambda cents: Decimal(cents) / 100)
spans = st.builds(
    lambda offset, length: Days(
        START + timedelta(days=offset), START + timedelta(days=offset + length)
    ),
    st.integers(0, 400),
    st.integers(1, 366),
)


def test_a_year_is_earned_by_the_day():
    year = Days(date(2026, 1, 1), date(2027, 1, 1))

    assert [
        earned(net=Decimal("1200.00"), days=year, as_of=on)
        for on in (date(2025, 12, 31), date(2026, 1, 1), date(2026, 1, 31), date(2026, 12, 31))
    ] == [Decimal("0.00"), Decimal("3.29"), Decimal("101.92"), Decimal("1200.00")]


@given(net=nets, days=spans)
def test_the_days_of_a_line_add_up_to_the_line(net, days):
    daily = [
        earned(net=net, days=days, as_of=days.start + timedelta(days=place))
        - earned(net=net, days=days, as_of=days.start + timedelta(days=place - 1))
        for place in range(days.length)
    ]

    assert sum(daily) == net
    assert min(daily) >= 0


@given(net=nets, days=spans, data=st.data())
def test_what_is_given_back_is_never_earned(net, days, data):
    """A termination gives back the days left: what is earned stops there, to the cent."""
    used = data.draw(st.integers(0, days.length - 1))
    ended = days.start + timedelta(days=used)
    kept = earned(net=net, days=days, as_of=ended - timedelta(days=1))
    credit = GivenBack(net - kept, ended, Days(ended, days.end))
    later = data.draw(st.integers(0, 800))

    found = earned(net=net, days=days, as_of=ended + timedelta(days=later), credits=[credit])

    # Two roundings of a part of the same days may differ by a cent on the way, never at the end.
    assert abs(found - kept) <= Decimal("0.01")
    assert earned(net=net, days=days, as_of=days.end, credits=[credit]) == kept


@given(net=nets, days=spans, part=st.integers(0, 100))
def test_a_credit_without_days_is_spread_over_all_of_them(net, days, part):
    credit = GivenBack((net * part / 100).quantize(Decimal("0.01")), days.start)

    assert earned(net=net, days=days, as_of=days.end, credits=[credit]) == net - credit.net
    assert earned(net=net, days=days, as_of=days.start - timedelta(days=1), credits=[credit]) == 0


@given(net=nets, days=spans, given_on=st.integers(0, 366))
def test_a_credit_changes_nothing_before_its_day(net, days, given_on):
    on = days.start + timedelta(days=given_on)
    credit = GivenBack(net, on)
    before = on - timedelta(days=1)

    assert earned(net=net, days=days, as_of=before, credits=[credit]) == earned(
        net=net, days=days, as_of=before
    )
