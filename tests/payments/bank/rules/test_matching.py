"""What match hints are worth together: the worked table of docs/algorithms/matching.md, and its
laws."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.bank.rules import matching
from payments.bank.rules.matching import (
    Found,
    MatchHint,
    Recorded,
    combined,
    is_safe,
    likeness,
    weigh,
)

DAY = date(2026, 1, 9)
worths = st.lists(st.integers(0, 100), max_size=6)
match_hints = st.lists(
    st.builds(
        Found,
        match_hint=st.sampled_from(list(MatchHint)),
        worth=st.integers(0, 100),
        customer_id=st.integers(1, 4),
    ),
    max_size=8,
)


def found(match_hint, customer_id=1, worth=None):
    return Found(
        match_hint, matching.WORTH[match_hint] if worth is None else worth, "", customer_id
    )


def weighed(*given, recorded=(), tokens=()):
    return weigh(booked_on=DAY, tokens=frozenset(tokens), match_hints=given, recorded=recorded)


def payment(customer_id=1, days=0, reference="", payment_id=7):
    references = frozenset([reference]) if reference else frozenset()
    return Recorded(payment_id, customer_id, DAY - timedelta(days=days), references)


@pytest.mark.parametrize(
    ("given", "together"),
    [
        ([], 0),
        ([MatchHint.NUMBER], 95),
        ([MatchHint.INVOICE, MatchHint.AMOUNT], 97),
        ([MatchHint.PHONE], 90),
        ([MatchHint.PHONE, MatchHint.AMOUNT], 95),
        ([MatchHint.PAYER, MatchHint.AMOUNT], 95),
        ([MatchHint.CLAIMED, MatchHint.NAME, MatchHint.AMOUNT], 94),
        ([MatchHint.ACCOUNT], 95),
        ([MatchHint.NAME, MatchHint.AMOUNT], 80),
        ([MatchHint.NAME], 60),
        ([MatchHint.AMOUNT], 50),
        ([MatchHint.NUMBER, MatchHint.INVOICE, MatchHint.AMOUNT], 99),
    ],
)
def test_the_worked_table(given, together):
    assert combined(matching.WORTH[match_hint] for match_hint in given) == together


@given(worths)
def test_confidence_is_a_percentage_whatever_the_match_hints_and_their_order(worths):
    assert 0 <= combined(worths) <= 100
    assert combined(worths) == combined(reversed(worths))


@given(worths, st.integers(0, 100))
def test_another_match_hint_never_makes_it_less_likely(worths, more):
    assert combined([*worths, more]) >= combined(worths)


@given(match_hints)
def test_the_likeliest_comes_first_and_each_customer_once(match_hints):
    candidates = weighed(*match_hints)

    order = [one.confidence for one in candidates]
    assert order == sorted(order, reverse=True)
    assert len({one.customer_id for one in candidates}) == len(candidates)
    assert weighed(*reversed(match_hints)) == candidates


@given(match_hints)
def test_two_who_are_equally_likely_are_never_accepted_unseen(match_hints):
    twice = [Found(c.match_hint, c.worth, c.detail, c.customer_id + 10) for c in match_hints]

    assert not is_safe(weighed(*match_hints, *twice))


def test_two_strong_match_hints_to_different_customers_are_doubtful():
    assert is_safe(
        weighed(found(MatchHint.NUMBER, 1), found(MatchHint.NAME, 2), found(MatchHint.AMOUNT, 2))
    )
    assert not is_safe(weighed(found(MatchHint.NUMBER, 1), found(MatchHint.PHONE, 2)))


def test_a_payment_in_the_books_is_linked_by_its_reference():
    (one,) = weighed(recorded=[payment(reference="FT26010912")], tokens=["FT26010912"])

    assert (one.payment_id, one.confidence) == (7, 99)  # 98 by reference, 60 by day


def test_the_same_amount_on_nearly_the_same_day_is_only_likely():
    confidences = [
        [one.confidence for one in weighed(recorded=[payment(days=days)])] for days in (0, 2, 5, 6)
    ]

    assert confidences == [[60], [40], [20], []]


def test_a_customer_with_an_unclaimed_payment_is_never_proposed_for_a_new_one():
    candidates = weighed(
        found(MatchHint.NUMBER), found(MatchHint.AMOUNT), recorded=[payment(days=1)]
    )

    assert [(one.customer_id, one.payment_id) for one in candidates] == [(1, 7)]
    assert is_safe(candidates)


@given(match_hints, st.integers(0, 9))
def test_no_payment_is_counted_twice_whatever_else_points_there(match_hints, days):
    candidates = weighed(*match_hints, recorded=[payment(customer_id=2, days=days)])

    links = [one for one in candidates if one.payment_id]
    assert [one.customer_id for one in links] == ([2] if days <= 5 else [])
    assert not (links and any(c.customer_id == 2 and not c.payment_id for c in candidates))


def test_the_text_names_customers_invoices_phones_and_references():
    said = matching.named(
        "TRF CT-2026-12 inv 2026/00042 RAHIM 01711-000001 TrxID 9K7L2M4N ct2026 00017"
    )

    assert said.customers == {"CT-2026-00017"}
    assert said.invoices == {"INV-2026-00042"}
    assert said.digits == {"01711000001"}
    assert "9K7L2M4N" in said.tokens


@pytest.mark.parametrize(
    ("payer", "name", "alike"),
    [
        ("RAHIM UDDIN", "Rahim Uddin", "1"),
        ("MD RAHIM UDDEN", "Rahim Uddin", "1"),
        ("MR RAHIM UDDIN AHMED", "Rahim Uddin", "1"),
        ("RAHIM UDDIN", "Rahim Uddin Ahmed", "0.8"),
        ("RAHIM MIA", "Rahim Uddin", "0"),
        ("UDDIN", "Rahim Uddin", "0"),
        ("FERDOUSI", "Ferdousi", "1"),
        ("", "Rahim Uddin", "0"),
    ],
)
def test_names_are_alike_by_the_words_they_share(payer, name, alike):
    assert likeness(payer, name) == Decimal(alike)


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_text_pauses_it(first, second):
    matching.named(first + second)

    assert 0 <= likeness(first, second) <= 1
