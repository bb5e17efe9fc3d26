"""What a soak asks at its end: it says nothing of money that is right, and names what is not."""

from datetime import timedelta
from decimal import Decimal

import pytest

from billing.allocation.models import Payment
from ispbill.audit.models import JobRun
from ispbill.core import clock
from ispbill.devtools.soak import ending
from ispbill.devtools.soak.people import Diary
from tests.factories.customers import CustomerFactory
from tests.factories.payments import paid

pytestmark = pytest.mark.django_db


@pytest.fixture
def diary(at):
    payment = paid(CustomerFactory(), "500.00", at=at)
    return Diary(asked={"one"}, taken={"one": (payment.receipt_number, payment.amount)})


def of_payments(diary):
    return [said for said in ending.findings(diary) if "payment" in said]


def test_a_payment_that_is_in_the_books_once_is_no_finding(diary):
    assert of_payments(diary) == []


def test_a_payment_of_another_amount_is_named(diary):
    receipt, _amount = diary.taken["one"]
    diary.taken["one"] = (receipt, Decimal("400.00"))

    assert of_payments(diary) == [f"payment one: receipt {receipt} of 400.00 is 500.00"]


def test_a_payment_that_was_answered_and_is_not_there_is_named(diary):
    diary.asked.add("two")
    diary.taken["two"] = ("R-0", Decimal("100.00"))

    assert of_payments(diary) == [
        "payment two: receipt R-0 of 100.00 is None",
        "2 payments were asked for, 1 are in the books",
    ]


def test_a_payment_that_was_made_twice_is_named(diary, at):
    paid(CustomerFactory(), "500.00", at=at)

    assert of_payments(diary) == ["1 payments were asked for, 2 are in the books"]


def test_what_was_paid_before_is_nobody_s_finding(diary, at):
    diary.after = Payment.objects.get().pk
    diary.asked, diary.taken = set(), {}

    assert of_payments(diary) == []


def test_a_job_that_is_at_it_for_long_is_named():
    begun = clock.now() - timedelta(minutes=20)
    JobRun.objects.create(job="run_billing", started_at=begun, heartbeat_at=begun)

    assert any(said.startswith("job run_billing runs since") for said in ending.findings(Diary()))
