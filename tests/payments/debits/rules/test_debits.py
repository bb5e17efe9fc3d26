"""Days, batches and what follows a failed debit, without a database."""

from datetime import date
from decimal import Decimal

import pytest

from payments.debits.rules import debits
from payments.debits.rules.debits import Due, Then

D = Decimal


@pytest.mark.parametrize(
    ("day", "third"),
    [
        (date(2026, 3, 2), date(2026, 3, 5)),  # Monday → Thursday
        (date(2026, 3, 4), date(2026, 3, 9)),  # Wednesday → Monday
        (date(2026, 3, 6), date(2026, 3, 11)),  # Friday → Wednesday
        (date(2026, 3, 7), date(2026, 3, 11)),  # Saturday
        (date(2026, 3, 8), date(2026, 3, 11)),  # Sunday
    ],
)
def test_weekends_are_no_business_days(day, third):
    assert debits.business_days_after(day, debits.TWO_DAY_AHEAD) == third


def test_invoices_fill_a_collection_up_to_its_limit_and_are_never_cut_up():
    due = [Due(1, D("600.00"), 1), Due(2, D("500.00"), 1), Due(3, D("400.00"), 1)]

    assert [one.invoice_id for one in debits.within(due, limit=D("1000.00"))] == [1, 3]
    assert [one.invoice_id for one in debits.within(due, limit=None)] == [1, 2, 3]
    assert debits.within(due, limit=D("399.99")) == []


def fail(code, then, *, before=(), most=5):
    verdict = debits.after_failure(code=code, then=then, failed_before=before, most_failures=most)
    return verdict.is_retried, verdict.need, verdict.failures


def test_the_first_empty_account_is_tried_again_the_second_in_a_row_is_not():
    assert fail("02", Then.RETRY) == (True, "", 1)
    assert fail("02", Then.RETRY, before=["02"]) == (False, "NEW_MANDATE", 2)


def test_another_reason_between_two_empty_accounts_pauses_the_row():
    assert fail("02", Then.RETRY, before=["22", "02"]) == (True, "", 3)


def test_the_fifth_failure_in_a_row_ends_it():
    assert fail("22", Then.RETRY, before=["22"] * 3) == (True, "", 4)
    assert fail("22", Then.RETRY, before=["22"] * 4) == (False, "NEW_MANDATE", 5)


@pytest.mark.parametrize(
    ("then", "need"),
    [
        (Then.NEW_MANDATE, "NEW_MANDATE"),
        (Then.NEW_BANK_DETAILS, "NEW_BANK_DETAILS"),
        (Then.STOP, "STAFF"),
    ],
)
def test_other_reasons_end_it_at_once(then, need):
    assert fail("30", then) == (False, need, 1)
