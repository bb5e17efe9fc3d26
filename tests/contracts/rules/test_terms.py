"""The worked examples of the rules, sections 6 to 8."""

from datetime import date
from decimal import Decimal

import pytest

from billing.changes.rules import exit_fee
from billing.changes.rules.exit_fee import FeeKind
from contracts.rules import chain, cleaning, merging, strokes, terms
from contracts.rules.terms import Notice, Renewal, Rests, Unit


def test_months_are_counted_from_the_first_start_and_clamped():
    start = date(2026, 8, 31)
    assert terms.after_months(start, 6) == date(2027, 2, 28)
    assert terms.after_months(start, 12) == date(2027, 8, 31)


@pytest.mark.parametrize(
    ("received", "notice", "free"),
    [
        (date(2027, 1, 31), Notice(30, Unit.DAYS), date(2027, 3, 2)),
        (date(2027, 1, 31), Notice(1, Unit.MONTHS), date(2027, 2, 28)),
        (date(2027, 1, 29), Notice(20, Unit.BUSINESS_DAYS), date(2027, 2, 27)),
    ],
)
def test_first_day_without_service(received, notice, free):
    assert terms.first_day_without(received, notice) == free


@pytest.mark.parametrize(
    ("rests", "free"),
    [
        (Rests(frozenset({4, 5})), date(2027, 2, 26)),  # Friday and Saturday: 20th is 25 Feb
        (Rests(holidays=frozenset({date(2027, 2, 1), date(2027, 2, 26)})), date(2027, 3, 3)),
        (Rests(frozenset()), date(2027, 2, 19)),
    ],
)
def test_business_days_leave_out_the_companys_days_of_rest_and_holidays(rests, free):
    notice = Notice(20, Unit.BUSINESS_DAYS)
    assert terms.first_day_without(date(2027, 1, 29), notice, rests) == free


def test_notice_against_renewal_counts_until_its_last_day():
    notice = Notice(30, Unit.DAYS)
    assert terms.last_day_to_object(date(2027, 1, 1), notice) == date(2026, 12, 2)


@pytest.mark.parametrize(
    ("renewal", "is_told", "found"),
    [
        (Renewal.NONE, True, None),
        (Renewal.MONTHLY, True, (date(2027, 9, 30), True)),
        (Renewal.TERM, True, (date(2028, 8, 31), False)),
        (Renewal.TERM, False, (date(2027, 9, 30), True)),
    ],
)
def test_renewal(renewal, is_told, found):
    went = terms.renewed(
        first_start=date(2026, 8, 31),
        ends_on=date(2027, 8, 31),
        term_months=12,
        renewal=renewal,
        is_told=is_told,
    )
    assert (went and (went.ends_on, went.is_monthly)) == found
    assert went is None or went.minimum_until is None


def test_cooling_off():
    assert terms.cooling_off_until(date(2027, 1, 10), 7) == date(2027, 1, 18)


def signed(kind, **values):
    return exit_fee.Terms(
        kind=kind,
        minimum_from=date(2026, 1, 10),
        minimum_until=date(2027, 1, 10),
        monthly_price=Decimal(1000),
        **values,
    )


def test_declining_fee_falls_by_the_day():
    found = exit_fee.reckon(
        signed(FeeKind.DECLINING, amount=Decimal(6000)),
        on=date(2026, 9, 24),
        remaining=Decimal(0),
        staying=Decimal(3500),
    )
    assert found.net == Decimal("1775.34")


def test_remaining_fee_is_a_share():
    found = exit_fee.reckon(
        signed(FeeKind.REMAINING, rate=Decimal("0.5"), cap_months=3),
        on=date(2026, 7, 20),
        remaining=Decimal("3516.13"),
        staying=Decimal("3516.13"),
    )
    assert found.net == Decimal("1758.07")


@pytest.mark.parametrize(
    ("values", "staying", "net", "bound"),
    [
        ({"cap_months": 3}, 9000, 3000, "CAP_MONTHS"),
        ({"cap_months": 3, "cap_amount": Decimal(2500)}, 9000, 2500, "CAP_AMOUNT"),
        ({"cap_months": 3}, 400, 400, "STAY"),
    ],
)
def test_nobody_pays_more_than_the_least_bound(values, staying, net, bound):
    terms_of = signed(FeeKind.FIXED, amount=Decimal(5000), **values)
    found = exit_fee.reckon(
        terms_of, on=date(2026, 12, 1), remaining=Decimal(0), staying=Decimal(staying)
    )
    assert (found.net, found.bound) == (net, bound)
    over = exit_fee.reckon(
        terms_of, on=date(2027, 1, 10), remaining=Decimal(0), staying=Decimal(staying)
    )
    assert over.net == 0


def test_fields_are_put_in_once_escaped_and_never_expanded_again():
    body = "{{customer.name}} {{customer.email|-}} {{customer.local_name}} {{signature.block}}"
    values = {"customer.name": "<b>{{company.name}}</b>", "company.name": "X"}
    shown = merging.merge(body, values, {"signature.block": "<p>sign</p>"})
    assert "&lt;b&gt;{{company.name}}&lt;/b&gt; —" in shown.html
    assert shown.unresolved == ("customer.local_name",)
    assert merging.faults("{{customer.nam}}") == [
        ("UNKNOWN", "customer.nam"),
        ("MISSING", "signature.block"),
    ]


def test_markup_that_acts_or_loads_is_left_out():
    dirty = (
        '<h2 style="x" onclick="y">A</h2><script>alert(1)</script><link href="http://x">'
        '<img src="http://x/y.png"><a href="javascript:1">b</a><td colspan="2">c'
    )
    assert cleaning.clean(dirty) == '<h2>A</h2>b<td colspan="2">c</td>'


def test_a_signature_is_neither_too_little_nor_too_much():
    line = [[[step * 10, 500, step, 0.5] for step in range(30)]]
    assert strokes.read(str(line).replace("'", '"')) == [
        [[float(x), float(y), float(t), p] for x, y, t, p in line[0]]
    ]
    for bad in ("[]", "[[[1,1],[2,2]]]", "{", '[[["a",1]]]', "[[[2000,1]]]", "[" * 300_000):
        with pytest.raises(strokes.BadStrokes):
            strokes.read(bad)


def test_a_changed_step_breaks_the_chain():
    first = chain.link("", at="a", kind="sent", facts={})
    second = chain.link(first, at="b", kind="signed", facts={"n": 1})
    steps = [("a", "sent", {}, "", first), ("b", "signed", {"n": 1}, first, second)]
    assert chain.is_whole(steps)
    assert not chain.is_whole([steps[0], ("b", "signed", {"n": 2}, first, second)])
    assert not chain.is_whole(steps[1:])
