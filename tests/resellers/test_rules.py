"""The worked examples of the partners' rules, to the cent."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest

from resellers.rules import dues, held, prices, share, states, tiers, wallet

VAT = D("0.15")
TIERS = [
    tiers.Tier(D(0), D("0.05")),
    tiers.Tier(D(50_000), D("0.07")),
    tiers.Tier(D(100_000), D("0.10")),
]


def test_a_percentage_is_of_what_is_no_tax():
    part = share.of_part(D(500), share.Settles(None, D("0.10"), VAT))

    assert (part.base, part.share) == (D("434.78"), D("43.48"))


def test_each_package_earns_its_own_rate_of_its_part():
    parts = share.of_bill(
        D(2000), [share.Settles(D(1150), D("0.10"), VAT), share.Settles(D(2875), D("0.06"), VAT)]
    )

    assert [(part.amount, part.base, part.share) for part in parts] == [
        (D("571.43"), D("496.90"), D("49.69")),
        (D("1428.57"), D("1242.23"), D("74.53")),
    ]
    assert sum(part.share for part in parts) == D("124.22")


def test_the_parts_of_a_margin_add_up_to_it():
    bill = {"net": D(1000), "gross": D(1150), "buy": D(800)}

    first = share.of_margin(**bill, paid_before=D(0), paid=D(500))
    second = share.of_margin(**bill, paid_before=D(500), paid=D(650))

    assert (first, second) == (D("86.96"), D("113.04"))
    assert share.of_margin(**{**bill, "buy": D(1100)}, paid_before=D(0), paid=D(1150)) == 0


def test_an_activation_amount_goes_back_until_the_eighty_ninth_day():
    began = date(2026, 1, 10)
    ends = {"activated_on": began, "clawback_days": 90}

    assert share.goes_back_whole(**ends, ended_on=began + timedelta(days=89))
    assert not share.goes_back_whole(**ends, ended_on=began + timedelta(days=90))


def test_a_cap_and_what_stays_of_a_smaller_payment():
    assert share.capped(D("124.22"), D(100)) == D(100)
    assert share.capped(D("124.22"), None) == D("124.22")
    assert share.kept(D("43.48"), left=D(250), payment=D(500)) == D("21.74")


@pytest.mark.parametrize(
    ("manner", "whole", "bonus", "correction"),
    [("MARGINAL", D(8000), D(2000), D(-1200)), ("RETROACTIVE", D(12000), D(6000), D(-4200))],
)
def test_a_months_volume_and_what_was_reversed_later(manner, whole, bonus, correction):
    closed = tiers.bonus(D(120_000), D(6000), TIERS, manner=manner)
    later = tiers.bonus(D(90_000), D(4500), TIERS, manner=manner)

    assert tiers.earned(D(120_000), TIERS, manner=manner) == whole
    assert (closed, later - closed) == (bonus, correction)


def test_a_tier_begins_at_its_figure_and_the_last_is_open():
    retroactive = {"manner": "RETROACTIVE"}

    assert tiers.earned(D("49999.99"), TIERS, **retroactive) == D("2500.00")
    assert tiers.earned(D(50_000), TIERS, **retroactive) == D("3500.00")
    assert tiers.earned(D(900_000), TIERS, **retroactive) == D("90000.00")
    assert tiers.is_in_order(TIERS)
    assert not tiers.is_in_order(TIERS[1:])


def test_a_month_is_closed_on_the_third_of_the_next():
    assert tiers.month_to_close(date(2026, 1, 2), close_day=3) is None
    assert tiers.month_to_close(date(2026, 1, 3), close_day=3) == date(2025, 12, 1)


def test_a_payout_is_less_its_claims_and_the_tax_withheld():
    due = dues.Due(D(3200), D(450), D("0.10"))

    assert (due.amount, due.withheld, due.payable) == (D(2750), D("275.00"), D("2475.00"))
    assert dues.is_enough(D(500), minimum=D(500), is_closing=False)
    assert not dues.is_enough(D("499.99"), minimum=D(500), is_closing=False)
    assert dues.is_enough(D("0.01"), minimum=D(500), is_closing=True)


def test_money_held_has_a_limit_and_an_age():
    began = date(2026, 1, 1)
    age = {"oldest_on": began, "remit_days": 7}

    assert held.to_remit(held=D(18_900), taking=D(1150), limit=D(20_000)) == D("50.00")
    assert held.to_remit(held=D(18_850), taking=D(1150), limit=D(20_000)) == 0
    assert held.stage(**age, on=date(2026, 1, 7)) == "IN_TIME"
    assert held.stage(**age, on=date(2026, 1, 8)) == "REMIND"
    assert held.stage(**age, on=date(2026, 1, 15)) == "STOPPED"


def test_a_wallet_of_700_lacks_250_of_950():
    missing = wallet.gap(balance=D(700), credit_limit=D(0), net=D(950))

    assert missing == D("250.00")
    assert wallet.top_up(missing, minimum=D(500)) == D(500)
    assert wallet.gap(balance=D(700), credit_limit=D(250), net=D(950)) == 0


def test_a_price_lies_between_floor_and_ceiling():
    listed = prices.bounds(listed=D(1000))

    assert [listed.admit(D(p)) for p in ("999.99", "1000", "1250", "1250.01")] == [
        False,
        True,
        True,
        False,
    ]
    assert prices.bounds(listed=D(1000), buy=D(800)).admit(D(800))


def test_states_and_rights():
    assert states.may_move("APPLIED", "ACTIVE")
    assert states.may_move("SUSPENDED", "ACTIVE")
    assert not states.may_move("CLOSED", "ACTIVE")
    assert not states.may_move("APPLIED", "SUSPENDED")
    assert [
        who
        for who in ("PARTNER", "CASHIER", "COLLECTOR", "VIEWER")
        if states.may(who, states.COLLECT)
    ] == ["PARTNER", "CASHIER", "COLLECTOR"]
