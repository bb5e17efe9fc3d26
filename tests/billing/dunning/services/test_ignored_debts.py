"""Debts too small to count: nobody is reminded of them, cut off or kept cut off for them.

The company's setting is 1.00 in all of these: 0.99 is ignored, 1.00 is not.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.dunning.queries import due_steps, policies
from billing.dunning.rules import dunning as rules
from billing.dunning.services import dunning, steps
from billing.invoices.models import Invoice
from billing.receivables.services import crediting
from customers.models import Subscription
from ispbill.core.acts import Act
from ispbill.core.models import Company
from ispbill.notifications.models import Message
from tests import database
from tests.factories.customers import CustomerFactory, SubscriptionFactory
from tests.factories.dunning import DunningPolicyFactory, ladder
from tests.factories.payments import open_invoice, paid

pytestmark = pytest.mark.django_db(transaction=True)

DUE = date(2026, 1, 5)
CUT = date(2026, 1, 9)
BOUNDARY = [("1149.00", "1.00", False), ("1149.01", "0.99", True)]


def moment(day):
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


def ignore(amount):
    company = Company.current()
    company.minimum_suspend_amount = Decimal(amount)
    company.save()
    Company.forget_cached()


def debtor(amount="1150.00", *, due=DUE, **values):
    subscription = SubscriptionFactory(customer=CustomerFactory(wants_email=False, **values))
    open_invoice(subscription.customer, amount, due=due)
    return subscription


def cut_off(**values):
    subscription = debtor(**values)
    dunning.suspend_overdue(on=CUT, act=Act(None, moment(CUT)))
    subscription.refresh_from_db()
    assert subscription.status == "SUSPENDED"
    return subscription


def pay(subscription, amount):
    return paid(subscription.customer, amount, method="BKASH", at=moment(CUT))


@pytest.mark.parametrize(("amount", "_left", "is_on"), BOUNDARY)
def test_a_payment_that_leaves_less_than_that_switches_on_again(amount, _left, is_on):
    ignore("1.00")
    subscription = cut_off()

    pay(subscription, amount)

    subscription.refresh_from_db()
    assert subscription.status == ("ACTIVE" if is_on else "SUSPENDED")


@pytest.mark.parametrize(("_amount", "left", "is_on"), BOUNDARY)
def test_who_owes_less_than_that_is_not_cut_off(_amount, left, is_on):
    ignore("1.00")
    debtor(left)

    dunning.suspend_overdue(on=CUT, act=Act(None, moment(CUT)))

    assert Subscription.objects.get().status == ("ACTIVE" if is_on else "SUSPENDED")


@pytest.mark.parametrize(("_amount", "left", "is_ignored"), BOUNDARY)
def test_who_owes_less_than_that_is_not_reminded(_amount, left, is_ignored):
    ignore("1.00")
    debtor(left)

    steps.send(on=DUE, at=moment(DUE))

    assert Message.objects.filter(event="payment_due_today").count() == (0 if is_ignored else 1)


def test_by_default_every_cent_counts():
    subscription = cut_off()

    pay(subscription, "1149.99")

    subscription.refresh_from_db()
    assert subscription.status == "SUSPENDED"


def test_a_rest_of_an_old_bill_is_not_asked_for_while_the_new_one_is():
    ignore("1.00")
    subscription = debtor("0.50")
    new = open_invoice(subscription.customer, "1150.00", due=DUE + timedelta(days=1))

    steps.send(on=DUE, at=moment(DUE))

    assert [one.context["invoice"] for one in Message.objects.filter(channel="SMS")] == [new.number]


def test_small_debts_add_up_to_one_that_counts():
    ignore("1.00")
    subscription = debtor("0.50")
    open_invoice(subscription.customer, "0.50", due=DUE)

    dunning.suspend_overdue(on=CUT, act=Act(None, moment(CUT)))

    subscription.refresh_from_db()
    assert subscription.status == "SUSPENDED"


def test_raising_the_setting_opens_who_is_below_it_with_the_next_sweep():
    subscription = cut_off()
    pay(subscription, "1149.50")
    ignore("1.00")

    assert [dunning.reopen_cleared(at=moment(CUT)) for _again in range(2)] == [1, 0]


@pytest.mark.parametrize(("amount", "_left", "is_on"), BOUNDARY)
def test_a_credit_note_that_leaves_less_than_that_opens_too(amount, _left, is_on):
    ignore("1.00")
    subscription = cut_off()
    invoice = Invoice.objects.get()
    line = invoice.lines.get()

    with transaction.atomic():
        crediting.credit(
            invoice=invoice,
            given=[crediting.Given(line, Decimal(amount))],
            on=CUT,
            act=Act(None, moment(CUT), reason="the line was down"),
        )

    subscription.refresh_from_db()
    assert subscription.status == ("ACTIVE" if is_on else "SUSPENDED")


def test_a_policy_of_its_own_says_for_its_customers_what_is_small():
    ladder(DunningPolicyFactory(minimum_amount=Decimal("100.00"), grace_days=3), ("SUSPEND", None))
    subscription = cut_off(kind="BUSINESS")

    pay(subscription, "1050.01")

    subscription.refresh_from_db()
    assert subscription.status == "ACTIVE"


def test_where_staff_switch_on_by_hand_a_small_rest_changes_nothing():
    ignore("1.00")
    company = Company.current()
    company.reactivation = Company.Reactivation.NEVER
    company.save()
    Company.forget_cached()
    subscription = cut_off()

    pay(subscription, "1149.50")

    subscription.refresh_from_db()
    assert subscription.status == "SUSPENDED"
    assert dunning.reopen_cleared(at=moment(CUT)) == 0


AMOUNTS = st.integers(1, 300).map(lambda cents: Decimal(cents) / 100)


@pytest.mark.slow
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(bills=st.lists(AMOUNTS, min_size=1, max_size=3), minimum=AMOUNTS, credit=AMOUNTS)
def test_the_reminders_statement_says_what_the_rule_says(bills, minimum, credit):
    """The set-based statement is a translation of `rules.dunning`: the rule is the law."""
    database.empty()
    Company.forget_cached()
    ignore(minimum)
    customer = CustomerFactory(wants_email=False)
    days = [DUE + timedelta(days=place) for place in range(len(bills))]
    for amount, day in zip(bills, days, strict=True):
        open_invoice(customer, amount, due=day)
    customer.account_state.__class__.objects.update(balance_amount=sum(bills) - credit)

    in_force = policies.in_force(on=DUE)
    planned = {one.due_date for one in due_steps.plan(on=DUE, in_force=in_force).first}

    expected = {
        day
        for place, day in enumerate(days)
        if not rules.is_ignored(
            rules.debt(balance=sum(bills) - credit, unpaid=sum(bills[: place + 1])), minimum
        )
    }
    # On 5 January each of these bills has a reminder due: on the day, a day before, the 3-day one.
    assert planned == expected
