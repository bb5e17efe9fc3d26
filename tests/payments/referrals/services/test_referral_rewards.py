"""Rewards for referrals: once the friend has paid, and back with that payment."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from billing.allocation.models import Payment
from billing.ledger.models import Posting
from billing.receivables.services import reversal, spending
from customers.models import AccountState, Customer, Referral
from customers.services import profile, referrals, registration
from customers.services.profile import Details
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.models import Company
from payments.desk.services import reversing
from payments.online.queries import refundable
from payments.online.services import refunds
from payments.referrals.models import ReferralReward
from payments.referrals.queries import referrals as queries
from payments.referrals.services import referral_rewards
from tests.factories.accounts import UserFactory
from tests.factories.customers import AreaFactory, CustomerFactory, ReferralFactory
from tests.factories.payments import open_invoice, paid, rewarded
from tests.laws import at_once

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)
WHY = "the cheque behind it bounced"


@pytest.fixture
def programme():
    def on(**values):
        Company.current()
        Company.objects.update(**{"rewards_referrals": True, **values})
        Company.forget_cached()

    on()
    return on


def register(phone, referrer, **values):
    given = {"name": "Friend", "phone": phone, "area": AreaFactory(), "address": "12 Lake Road"}
    return registration.register(
        details=Details(**{**given, "referred_by": referrer, **values}),
        act=Act(None, AT, on=AT.date()),
    )


def balance(customer):
    return AccountState.objects.get(customer=customer).balance_amount


def state(referral):
    referral.refresh_from_db()
    return referral.status


def test_the_referrer_gets_the_credit_with_the_first_payment_and_it_pays_a_bill(programme):
    referrer = CustomerFactory()
    bill = open_invoice(referrer, "150.00")
    friend = register("01711000077", referrer)
    referral = Referral.objects.get(referred=friend)
    assert (referral.status, referral.referrer_amount) == ("PENDING", Decimal("200.00"))
    assert referral_rewards.settle_all(at=AT) == 0

    payment = paid(friend, "1150.00", at=AT)
    assert referral_rewards.settle_all(at=AT) == 1

    reward = ReferralReward.objects.get()
    assert (reward.customer, reward.earned_by, reward.payment.amount) == (
        referrer,
        payment,
        Decimal("200.00"),
    )
    bill.refresh_from_db()
    assert (bill.amount_due, balance(referrer), state(referral)) == (
        Decimal(0),
        Decimal("-50.00"),
        "CREDITED",
    )
    assert [p.amount for p in Posting.objects.filter(account=5400)] == [Decimal("200.00")]
    assert at_once.broken() == []


def test_later_payments_and_later_sweeps_give_nothing_more(programme):
    reward = rewarded(at=AT)
    paid(reward.referral.referred, "1150.00", at=AT + timedelta(days=30))

    assert referral_rewards.settle_all(at=AT + timedelta(days=30)) == 0
    assert ReferralReward.objects.count() == 1


def test_the_friend_gets_a_reward_too_where_that_is_agreed(programme):
    referral = ReferralFactory(friend_amount=Decimal("100.00"))

    rewarded(referral, at=AT)

    assert (balance(referral.referrer), balance(referral.referred)) == (
        Decimal("-200.00"),
        Decimal("-1250.00"),
    )
    assert at_once.broken() == []


def test_it_goes_back_with_the_payment_once_and_a_payment_that_stands_earns_it_anew(programme):
    reward = rewarded(at=AT)
    reversing.reverse(payment=reward.earned_by, act=Act(None, AT, reason=WHY))

    assert [referral_rewards.settle_all(at=AT) for _again in range(2)] == [1, 0]
    assert (balance(reward.customer), state(reward.referral)) == (0, "PENDING")
    assert at_once.broken() == []

    paid(reward.referral.referred, "1150.00", at=AT)
    referral_rewards.settle_all(at=AT)
    assert (balance(reward.customer), state(reward.referral)) == (Decimal("-200.00"), "CREDITED")
    assert at_once.broken() == []


def test_paying_the_friends_money_out_again_takes_the_reward_back(programme):
    referral = ReferralFactory(minimum_amount=Decimal("500.00"))
    rewarded(referral, at=AT, amount="1000.00")
    owner = UserFactory(role="OWNER")

    for amount, expected in (("500.00", "CREDITED"), ("1.00", "PENDING")):
        refunds.refund(
            customer=referral.referred,
            amount=Decimal(amount),
            method="EFT",
            reference="",
            act=Act(owner, AT, on=AT.date(), reason="moved away, credit paid out"),
        )
        referral_rewards.settle_of(customer_id=referral.referred_id, at=AT)
        assert state(referral) == expected
    assert at_once.broken() == []


def test_a_reward_is_neither_paid_out_nor_reversed_by_itself(programme):
    reward = rewarded(at=AT)

    assert refundable.available(reward.customer_id) == 0
    with pytest.raises(reversal.NotReversible):
        reversing.reverse(payment=reward.payment, act=Act(None, AT, reason=WHY))


@pytest.mark.parametrize(
    ("minimum", "days", "expected"),
    [("1000.00", 0, "CREDITED"), ("1000.01", 0, "PENDING"), ("0", 400, "EXPIRED")],
)
def test_only_a_payment_large_and_early_enough_counts(programme, minimum, days, expected):
    referral = ReferralFactory(minimum_amount=Decimal(minimum), expires_on=date(2026, 12, 31))
    at = AT + timedelta(days=days)
    paid(referral.referred, "1000.00", at=at)

    referral_rewards.settle_all(at=at)

    assert state(referral) == expected


def test_a_referral_nobody_paid_for_expires(programme):
    referral = ReferralFactory(expires_on=AT.date())

    assert referral_rewards.settle_all(at=AT) == 0
    assert referral_rewards.settle_all(at=AT + timedelta(days=1)) == 1
    assert state(referral) == "EXPIRED"


def test_a_household_waits_for_staff(programme):
    referrer = CustomerFactory(alternate_phone="+8801711000078")
    friend = register("01711000078", referrer)
    referral = Referral.objects.get(referred=friend)
    paid(friend, "1150.00", at=AT)
    staff = UserFactory(role="OWNER")

    assert (referral.suspicion, referral_rewards.settle_all(at=AT)) == ("PHONE", 0)
    referrals.clear(referral=referral, act=Act(staff, AT, reason="two brothers, two flats"))
    assert referral_rewards.settle_all(at=AT) == 1
    assert state(referral) == "CREDITED"


def test_staff_refuse_and_the_reward_goes_back(programme):
    reward = rewarded(at=AT)
    staff = UserFactory(role="OWNER")

    referral_rewards.refuse(
        referral=reward.referral, act=Act(staff, AT, reason="the same person twice")
    )

    assert (state(reward.referral), balance(reward.customer)) == ("REFUSED", 0)
    assert referral_rewards.settle_all(at=AT) == 0
    assert at_once.broken() == []


def test_who_has_paid_before_or_comes_while_the_programme_is_off_begins_no_referral(programme):
    referrer, old = CustomerFactory(), CustomerFactory()
    paid(old, "100.00", at=AT)
    edit(old, referred_by=referrer)
    programme(rewards_referrals=False)
    register("01711000079", referrer)

    assert not Referral.objects.exists()


def edit(customer, **values):
    return profile.edit(
        customer=customer,
        details=Details(
            name=customer.name,
            phone=customer.phone,
            area=customer.area,
            address=customer.address,
            **values,
        ),
        act=Act(None, AT),
    )


def test_a_wrong_referrer_is_put_right_until_the_reward_is_given(programme):
    wrong, right = CustomerFactory(), CustomerFactory()
    friend = register("01711000080", wrong)

    edit(Customer.objects.get(pk=friend.pk), referred_by=right)
    referral = Referral.objects.get(referred=friend)
    assert referral.referrer == right
    paid(friend, "1150.00", at=AT)
    referral_rewards.settle_all(at=AT)
    with pytest.raises(referrals.AlreadyRewarded):
        edit(Customer.objects.get(pk=friend.pk), referred_by=wrong)


def test_nobody_brings_himself_over_others(programme):
    first = CustomerFactory()
    second = register("01711000081", first)
    third = register("01711000082", second)

    with pytest.raises(DomainError):
        edit(first, referred_by=third)


def test_a_code_is_made_once_and_found_as_people_type_it(programme):
    customer = CustomerFactory()
    code = referrals.code_of(customer, at=AT)

    assert referrals.code_of(customer, at=AT) == code
    assert referrals.referrer_of(f" {code[:4].lower()}-{code[4:].lower()} ") == customer
    assert referrals.referrer_of("ZZZZZZZZ") is None
    assert Payment.objects.count() == 0


def test_the_worked_example_of_the_rules(programme):
    """200/100, minimum 500: 400 waits; 1,150 pays both; 700 refunded; 600 in time: again."""
    programme(friend_reward_amount=Decimal("100.00"), referral_minimum_amount=Decimal("500.00"))
    referrer = CustomerFactory()
    friend = register("01711000077", referrer)
    referral = Referral.objects.get(referred=friend)

    def given():
        standing = ReferralReward.objects.filter(undone_at__isnull=True).order_by("side")
        return [(one.side, one.payment.amount) for one in standing]

    paid(friend, "400.00", at=AT)
    assert (referral_rewards.settle_all(at=AT), state(referral)) == (0, "PENDING")

    paid(friend, "1150.00", at=AT)
    referral_rewards.settle_all(at=AT)
    both = [("FRIEND", Decimal("100.00")), ("REFERRER", Decimal("200.00"))]
    assert (given(), state(referral)) == (both, "CREDITED")

    open_invoice(friend, "400.00")  # the first 400 are used
    spending.spend(customer_id=friend.pk, act=Act(None, AT))
    refunds.refund(
        customer=friend,
        amount=Decimal("700.00"),
        method="EFT",
        reference="",
        act=Act(UserFactory(role="OWNER"), AT, on=AT.date(), reason="paid too much, paid back"),
    )
    referral_rewards.settle_all(at=AT)
    assert (given(), state(referral)) == ([], "PENDING")

    paid(friend, "600.00", at=AT)
    referral_rewards.settle_all(at=AT)
    assert (given(), state(referral)) == (both, "CREDITED")
    assert queries.cost(Referral.objects.all()).each == Decimal("300.00")


def test_joined_on_10_january_the_10_april_counts_and_the_11_does_not(programme):
    referral = Referral.objects.get(referred=register("01711000077", CustomerFactory()))

    assert referral.expires_on == date(2026, 4, 10)


def test_beyond_the_years_cap_only_the_friend_is_credited_and_an_undone_one_frees_its_place(
    programme,
):
    programme(referral_yearly_cap=1, friend_reward_amount=Decimal("100.00"))
    referrer = CustomerFactory()
    first, second, third = [register(f"0171100007{n}", referrer) for n in (1, 2, 3)]

    def credited(friend):
        paid(friend, "1150.00", at=AT)
        referral_rewards.settle_of(customer_id=friend.pk, at=AT)
        return list(
            ReferralReward.objects.filter(referral__referred=friend, undone_at__isnull=True)
            .order_by("side")
            .values_list("side", flat=True)
        )

    assert credited(first) == ["FRIEND", "REFERRER"]
    assert credited(second) == ["FRIEND"]
    assert Referral.objects.get(referred=second).is_beyond_cap

    earned = ReferralReward.objects.filter(referral__referred=first)[0].earned_by
    reversing.reverse(payment=earned, act=Act(None, AT, reason=WHY))
    referral_rewards.settle_all(at=AT)
    assert credited(third) == ["FRIEND", "REFERRER"]
    assert balance(referrer) == Decimal("-200.00")


def test_a_household_is_looked_for_again_when_it_would_be_credited(programme):
    referrer = CustomerFactory()
    friend = register("01711000077", referrer)
    Customer.objects.filter(pk=referrer.pk).update(alternate_phone=friend.phone)
    paid(friend, "1150.00", at=AT)

    assert referral_rewards.settle_all(at=AT) == 0
    referral = Referral.objects.get()
    assert (referral.status, referral.suspicion) == ("PENDING", "PHONE")


def test_no_line_is_cut_for_a_week_because_a_reward_was_taken_back(programme):
    referral = ReferralFactory()
    open_invoice(referral.referrer, "150.00")
    reward = rewarded(referral, at=AT)

    reversing.reverse(payment=reward.earned_by, act=Act(None, AT, reason=WHY))
    referral_rewards.settle_all(at=AT)

    owing = AccountState.objects.get(customer=referral.referrer)
    assert (owing.balance_amount, owing.excluded_until) == (Decimal("150.00"), date(2026, 1, 17))
