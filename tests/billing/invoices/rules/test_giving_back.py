"""Laws of giving days back: whatever is given back in pieces is the whole, and never more."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.changes.rules.package_change import charges_from
from billing.invoices.rules.charging import Reduction, Terms
from billing.invoices.rules.explanations import comes_to, recompute
from billing.invoices.rules.giving_back import (
    Back,
    Charged,
    common,
    give_back,
    give_back_from,
    without,
)
from billing.invoices.rules.periods import Cycle, Period, period_containing
from billing.invoices.rules.proration import Policy, part_of
from ispbill.core.money import Taxed
from tests.markdown import table

MONEY = st.decimals(Decimal("0.01"), Decimal("99999.99"), places=2)
RATES = st.sampled_from([Decimal("0"), Decimal("0.05"), Decimal("0.15"), Decimal("0.075")])
POLICIES = st.sampled_from(list(Policy))


@st.composite
def spans(draw):
    """A period, and days of it that a line was billed for: all of it or the end of it."""
    day = draw(st.integers(1, 31))
    on = draw(st.dates(date(2023, 12, 1), date(2028, 4, 1)))
    cycle = draw(st.sampled_from(list(Cycle)))
    anchor = period_containing(on, day).start
    period = period_containing(on, day, cycle, anchor)
    start = draw(st.sampled_from([period.start, on]))
    return Period(start, period.end), period


@st.composite
def lines(draw):
    span, period = draw(spans())
    rate = draw(RATES)
    is_inclusive = draw(st.booleans())
    make = Taxed.from_gross if is_inclusive else Taxed.from_net
    return Charged(
        key=1,
        span=span,
        period=period,
        amount=make(draw(MONEY), rate),
        rate=rate,
        credited=Taxed.nothing(),
        includes_tax=is_inclusive,
    )


def billed(span, period, price, policy):
    """A line as the run bills it: its days' share of the period's price."""
    amount = part_of(
        days=span, period=period, price=price, cycle=Cycle.of(period), policy=policy
    ).amount
    return Charged(
        key=1,
        span=span,
        period=period,
        amount=Taxed(amount, Decimal("0.00")),
        rate=Decimal(0),
        credited=Taxed.nothing(),
        price=price,
        policy=policy,
    )


def back(line, days, policy):
    return give_back(line, days, policy)


def noted(line, given_back):
    """The line after credit notes gave these days back."""
    return Charged(
        **{
            **line.__dict__,
            "credited": sum((one.amount for one in given_back), start=Taxed.nothing()),
            "given_back": tuple(one.days for one in given_back),
        }
    )


@given(lines(), POLICIES, st.data())
def test_all_days_in_pieces_are_the_whole_line(line, policy, data):
    cuts = data.draw(
        st.lists(st.integers(1, max(line.span.days - 1, 1)), max_size=4, unique=True).map(sorted)
    )
    bounds = [0, *[cut for cut in cuts if cut < line.span.days], line.span.days]
    order = data.draw(st.permutations(list(zip(bounds, bounds[1:], strict=False))))
    given_back = []
    for first, last in order:
        start = line.span.start
        days = Period(start + timedelta(days=first), start + timedelta(days=last))
        one = back(noted(line, given_back), days, policy)
        if one is None:  # too few days for a cent: they are gone all the same
            given_back.append(Back(1, days, Taxed.nothing(), line.rate, {}))
        else:
            assert min(one.amount.net, one.amount.tax) >= 0
            assert recompute(one.explanation) == Decimal(one.explanation["amount"])
            given_back.append(one)

    total = sum((one.amount for one in given_back), start=Taxed.nothing())

    assert total.net <= line.amount.net
    assert total.tax <= line.amount.tax
    if not line.includes_tax:
        assert total.net == line.amount.net


@given(lines(), POLICIES, st.data())
def test_days_given_back_once_are_worth_nothing_again(line, policy, data):
    on = line.span.start + timedelta(days=data.draw(st.integers(0, line.span.days - 1)))
    first = back(line, Period(on, line.span.end), policy)

    if first is not None:
        assert back(noted(line, [first]), first.days, policy) is None
        everything = back(noted(line, [first]), line.span, policy)
        rest = everything.amount if everything else Taxed.nothing()
        assert (rest + first.amount).net <= line.amount.net


@given(spans(), MONEY, RATES, POLICIES, st.data())
def test_a_change_to_the_same_price_is_free(found, price, rate, policy, data):
    span, period = found
    on = span.start + timedelta(days=data.draw(st.integers(0, span.days - 1)))
    terms = Terms(tax_rate=rate)
    known = data.draw(st.sampled_from([[], [Reduction("tenth", rate=Decimal("0.1"))]]))
    old = charges_from(
        span=span,
        period=period,
        on=span.start,
        price=price,
        terms=terms,
        reductions=known,
        policy=policy,
    )
    given_back, asked = Taxed.nothing(), Taxed.nothing()
    for one in old:
        own = Period(
            date.fromisoformat(one.explanation["start"]), date.fromisoformat(one.explanation["end"])
        )
        if own.end <= on:
            continue
        line = Charged(
            1,
            own,
            period,
            one.amount,
            one.tax_rate,
            Taxed.nothing(),
            price=price,
            policy=policy,
            reductions=tuple(known),
        )
        days = Period(max(on, own.start), own.end)
        taken = back(line, days, policy)
        given_back += taken.amount if taken else Taxed.nothing()
        asked += sum(
            (
                new.amount
                for new in charges_from(
                    span=own,
                    period=period,
                    on=days.start,
                    price=price,
                    terms=terms,
                    reductions=known,
                    policy=policy,
                )
            ),
            start=Taxed.nothing(),
        )

    if policy is not Policy.CALENDAR or (span == period and not known):
        assert asked.net == given_back.net
    else:  # its parts, and the discounts of each, may add up to more than a price: a cent a part
        assert abs(asked.net - given_back.net) <= Decimal("0.01") * (Cycle.of(period).months + 1)


@given(spans(), MONEY, MONEY, POLICIES, st.data())
def test_a_change_costs_what_prorate_says_of_its_days(found, was, becomes, policy, data):
    span, period = found
    on = span.start + timedelta(days=data.draw(st.integers(0, span.days - 1)))
    days, cycle = Period(on, span.end), Cycle.of(period)
    line = billed(span, period, was, policy)

    taken = give_back(line, days, policy)
    asked = charges_from(
        span=span,
        period=period,
        on=on,
        price=becomes,
        terms=Terms(tax_rate=Decimal(0)),
        reductions=[],
        policy=policy,
    )

    said = part_of(days=days, period=period, price=was, cycle=cycle, policy=policy).amount
    if days == span:
        said = line.amount.net
    assert (taken.amount.net if taken else Decimal(0)) == min(said, line.amount.net)
    said = part_of(days=days, period=period, price=becomes, cycle=cycle, policy=policy).amount
    assert sum(one.amount.net for one in asked) == said


@given(spans(), MONEY, POLICIES, st.data())
def test_an_end_leaves_what_prorate_says_of_the_days_in_use(found, price, policy, data):
    span, period = found
    on = span.start + timedelta(days=data.draw(st.integers(0, span.days - 1)))
    line = billed(span, period, price, policy)

    taken = give_back_from(line, on, policy)

    used = Decimal(0)
    if on > span.start:
        before = Period(span.start, on)
        used = part_of(
            days=before, period=period, price=price, cycle=Cycle.of(period), policy=policy
        ).amount
    kept = line.amount.net - (taken.amount.net if taken else Decimal(0))
    assert kept == min(used, line.amount.net)
    if taken is not None:
        assert comes_to({**taken.explanation, "amount": str(recompute(taken.explanation))}) == (
            taken.amount.net
        )


@given(spans(), MONEY, POLICIES, st.data())
def test_a_pause_gives_back_what_prorate_says_of_its_days(found, price, policy, data):
    span, period = found
    first = data.draw(st.integers(0, span.days - 1))
    last = data.draw(st.integers(first + 1, span.days))
    days = Period(span.start + timedelta(days=first), span.start + timedelta(days=last))
    line = billed(span, period, price, policy)

    taken = give_back(line, days, policy)

    said = part_of(
        days=days, period=period, price=price, cycle=Cycle.of(period), policy=policy
    ).amount
    if days == span:
        said = line.amount.net
    assert (taken.amount.net if taken else Decimal(0)) == min(said, line.amount.net)


@pytest.mark.parametrize("row", table("algorithms/giving-back.md", "Days"), ids=str)
def test_the_page_on_giving_back_tells_the_truth(row):
    span, period = (
        Period(*map(date.fromisoformat, row[name].strip("[)").split(", ")))
        for name in ("Line", "Period")
    )
    line = billed(span, period, Decimal(row["Price"]), Policy.ANCHOR)
    what, *days = row["Event"].replace("from", "").replace("to", "").replace("on", "").split()
    first = date.fromisoformat(days[0])

    if what == "end":
        taken = give_back_from(line, first, Policy.ANCHOR)
    else:
        last = date.fromisoformat(days[-1]) if what == "pause" else span.end
        taken = give_back(line, Period(first, last), Policy.ANCHOR)

    remains = line.amount.net - taken.amount.net
    assert (str(line.amount.net), str(taken.amount.net), str(remains)) == (
        row["Charged"],
        row["Credit"],
        row["Remains"],
    )


def test_the_days_in_use_of_a_stub_cost_what_support_reads_out():
    # 10.00 a month from 15 December, ended after six days: 6 of 31 days are 1.94.
    stub = Period(date(2025, 12, 15), date(2026, 1, 1))
    line = billed(
        stub, Period(date(2025, 12, 1), date(2026, 1, 1)), Decimal("10.00"), Policy.ANCHOR
    )

    taken = give_back_from(line, date(2025, 12, 21), Policy.ANCHOR)

    assert (line.amount.net, taken.amount.net) == (Decimal("5.48"), Decimal("3.54"))


def test_days_off_in_a_month_of_thirty_days_are_a_third_of_its_price():
    july = Period(date(2026, 7, 1), date(2026, 8, 1))
    line = billed(july, july, Decimal("249.95"), Policy.FIXED30)

    taken = give_back(line, Period(date(2026, 7, 10), date(2026, 7, 20)), Policy.FIXED30)

    assert taken.amount.net == Decimal("83.32")


@given(spans(), MONEY, POLICIES)
def test_a_stub_is_never_less_than_nothing_nor_more_than_its_price(found, price, policy):
    span, period = found

    amount = part_of(
        days=span, period=period, price=price, cycle=Cycle.of(period), policy=policy
    ).amount

    assert 0 <= amount <= price


def test_days_without_others_are_what_is_left():
    days = Period(date(2026, 1, 5), date(2026, 2, 5))

    left = without(
        days,
        [Period(date(2026, 1, 10), date(2026, 1, 15)), Period(date(2026, 2, 1), date(2026, 2, 9))],
    )

    assert left == [
        Period(date(2026, 1, 5), date(2026, 1, 10)),
        Period(date(2026, 1, 15), date(2026, 2, 1)),
    ]


JANUARY = Period(date(2026, 1, 1), date(2026, 2, 1))


def whole_month(gross_or_net, *, includes_tax=True):
    make = Taxed.from_gross if includes_tax else Taxed.from_net
    rate = Decimal("0.15")
    return Charged(
        key=1,
        span=JANUARY,
        period=JANUARY,
        amount=make(Decimal(gross_or_net), rate),
        rate=rate,
        credited=Taxed.nothing(),
        includes_tax=includes_tax,
    )


@pytest.mark.parametrize(
    ("first", "end"),
    [(date(2025, 12, 31), date(2026, 1, 10)), (date(2026, 1, 10), date(2026, 2, 2))],
)
def test_days_outside_the_line_are_refused_on_either_side(first, end):
    with pytest.raises(ValueError, match="days of the line"):
        give_back(whole_month("310.00"), Period(first, end), Policy.ANCHOR)


def test_what_is_given_back_of_a_price_with_tax_is_split_as_it_was_charged():
    taken = give_back(
        whole_month("310.00"), Period(date(2026, 1, 22), date(2026, 2, 1)), Policy.ANCHOR
    )

    assert taken is not None
    assert (str(taken.amount.net), str(taken.amount.tax)) == ("86.96", "13.04")


def test_the_rest_of_a_line_is_all_that_is_left_of_it_to_the_cent():
    # Reckoned anew, 66.67 with 15 % would be 57.97 and 8.70; of this line 57.98 and 8.69 are left.
    line = replace(whole_month("100.00"), credited=Taxed(Decimal("28.98"), Decimal("4.35")))

    taken = give_back(line, JANUARY, Policy.ANCHOR)

    assert taken is not None
    assert taken.amount == line.left == Taxed(Decimal("57.98"), Decimal("8.69"))


def test_days_that_round_to_nothing_give_nothing_back():
    assert (
        give_back(whole_month("0.01"), Period(JANUARY.start, date(2026, 1, 2)), Policy.ANCHOR)
        is None
    )


def test_one_stretch_of_days_is_explained_by_itself_and_held_to_no_limit_it_does_not_reach():
    taken = give_back(whole_month("310.00", includes_tax=False), JANUARY, Policy.ANCHOR)

    assert taken is not None
    assert "parts" not in taken.explanation
    assert taken.explanation["cap"] is None


def test_two_periods_have_in_common_the_days_of_both():
    assert common(
        Period(date(2026, 1, 5), date(2026, 2, 5)), Period(date(2026, 1, 20), date(2026, 3, 1))
    ) == Period(date(2026, 1, 20), date(2026, 2, 5))
    assert common(JANUARY, Period(date(2026, 1, 10), date(2026, 1, 12))) == Period(
        date(2026, 1, 10), date(2026, 1, 12)
    )
    assert common(JANUARY, Period(date(2026, 2, 1), date(2026, 2, 2))) is None
