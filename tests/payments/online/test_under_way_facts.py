"""What is under way online is written down for dunning as it comes and goes."""

from datetime import date

import pytest

from billing.dunning.models import PaymentUnderWay
from billing.dunning.queries import under_way
from payments.online.models import PaymentAttempt

pytestmark = pytest.mark.django_db(transaction=True)
State = PaymentAttempt.State


@pytest.fixture
def attempt(shop):
    """A payment page somebody has opened."""
    return shop.start()


def facts():
    return list(PaymentUnderWay.objects.values_list("source", "source_id", "until"))


def claimed(attempt, at):
    PaymentAttempt.objects.filter(pk=attempt.pk).update(claimed_at=at)


def test_an_open_page_alone_protects_nobody(attempt):
    assert facts() == []


def test_a_claim_counts_for_three_company_days(attempt, at):
    claimed(attempt, at)  # 10 January, in Dhaka as well

    assert facts() == [("ATTEMPT", attempt.pk, date(2026, 1, 12))]
    who = [attempt.customer_id]
    paying = [under_way.who_is_paying(who, on=date(2026, 1, day)) for day in (10, 12, 13)]
    assert paying == [set(who), set(who), set()]


def test_a_claim_late_in_the_day_is_of_the_company_s_day(attempt, at):
    claimed(attempt, at.replace(hour=20))  # 02:00 of the eleventh in Dhaka

    assert facts() == [("ATTEMPT", attempt.pk, date(2026, 1, 13))]


def test_what_waits_for_a_person_counts_until_it_is_decided(attempt, at):
    PaymentAttempt.objects.filter(pk=attempt.pk).update(
        state=State.HELD, gateway_reference="BT1", paid_amount=attempt.amount, paid_at=at
    )

    assert facts() == [("ATTEMPT", attempt.pk, None)]


def test_a_claim_that_is_denied_protects_nobody_any_more(attempt, at):
    claimed(attempt, at)

    claimed(attempt, None)

    assert facts() == []
