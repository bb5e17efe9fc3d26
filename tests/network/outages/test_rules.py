"""The figures of outages and uptime, as the rules' worked examples have them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from billing.compensation.rules import outage_credit
from network.outages.rules import moves, spans, uptime

T0 = datetime(2026, 1, 10, tzinfo=UTC)
MONTH = 44_640  # minutes of January


def at(minutes):
    return T0 + timedelta(minutes=minutes)


def test_134_minutes_of_january_show_99_70_and_are_a_breach_of_99_70():
    assert uptime.shown(total=MONTH, down=134) == Decimal("99.70")
    assert uptime.is_breach(total=MONTH, down=134, target=Decimal("99.70"))
    assert uptime.shown(total=MONTH, down=134, target=Decimal("99.70")) == Decimal("99.6998")


def test_ten_of_forty_lines_down_134_minutes_make_99_92_of_the_area():
    assert uptime.shown(total=40 * MONTH, down=10 * 134) == Decimal("99.92")


def test_it_is_never_a_hundred_while_something_was_down_and_nothing_where_nobody_looked():
    assert uptime.shown(total=10**9, down=1) == Decimal("99.99")
    assert uptime.shown(total=MONTH, down=0) == Decimal("100.00")
    assert uptime.shown(total=0, down=0) is None
    assert uptime.mean([]) is None


def test_six_hours_and_ten_minutes_of_a_thousand_a_month_give_8_29():
    assert outage_credit.by_minutes(net=Decimal("1000.00"), minutes=370, of=MONTH) == Decimal(
        "8.29"
    )
    assert outage_credit.by_minutes(net=Decimal("5.00"), minutes=2 * MONTH, of=MONTH) == 5


@pytest.mark.parametrize(
    ("minutes", "net"), [(1_439, "0"), (1_440, "500"), (2_880, "750"), (4_320, "1000")]
)
def test_the_directive_of_2021_gives_half_three_quarters_or_all_of_the_month(minutes, net):
    assert outage_credit.btrc_2021(net=Decimal("1000.00"), minutes=minutes) == Decimal(net)


def test_spans_unite_are_cut_and_measured():
    joined = spans.union([(at(5), at(9)), (at(0), at(5)), (at(20), at(30)), (at(21), at(22))])

    assert joined == [(at(0), at(9)), (at(20), at(30))]
    assert spans.without(joined, [(at(8), at(25))]) == [(at(0), at(8)), (at(25), at(30))]
    assert spans.seconds(joined) == 19 * 60
    assert spans.minutes((at(0), at(1) + timedelta(seconds=59))) == 1


def test_what_is_over_or_cancelled_goes_nowhere_but_back():
    assert moves.may_follow("RESOLVED", "INVESTIGATING")
    assert not moves.may_follow("CANCELLED", "INVESTIGATING")
    assert not moves.may_follow("SCHEDULED", "RESOLVED")
    assert moves.phases_after("IDENTIFIED") == ["IDENTIFIED", "INVESTIGATING", "MONITORING"]
