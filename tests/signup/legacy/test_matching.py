"""Orders of the former system find their customers, or say why not."""

import json
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command

from customers.models import Customer
from ispbill.audit.models import JobRun
from ispbill.core import clock
from ispbill.core.acts import Act
from signup.legacy.models import LegacyRecord, ValidationIssue
from signup.legacy.rules import matching
from signup.legacy.services import backfilling, by_hand
from signup.legacy.services.by_hand import AlreadyMatched
from signup.merging.services import merging
from tests.factories.accounts import UserFactory
from tests.factories.customers import AreaFactory, CustomerFactory
from tests.factories.signup import former_order

pytestmark = pytest.mark.django_db


def run():
    return backfilling.run(act=Act.now(None))


def error_of(order):
    issue = ValidationIssue.objects.filter(record=order, resolved_at=None).first()
    return issue.error_type if issue is not None else ""


@pytest.fixture
def amina():
    return CustomerFactory(
        email="Amina@Mail.test", phone="+8801711000001", alternate_phone="+8801811000001"
    )


@pytest.mark.parametrize(
    ("contact", "by"),
    [
        ({"email": "  AMINA@mail.test ", "phone": ""}, "EMAIL"),
        ({"email": "amina@mail.test", "phone": "01999000000"}, "EMAIL"),
        ({"email": "other@mail.test", "phone": "01711-000001"}, "PHONE"),
        ({"email": "", "phone": "01811000001"}, "PHONE"),
    ],
)
def test_an_order_finds_its_customer_by_e_mail_then_by_phone(amina, contact, by):
    order = former_order(**contact)

    assert run().newly == 1

    order.refresh_from_db()
    assert (order.customer, order.matched_by) == (amina, by)
    assert error_of(order) == ""


def test_where_two_have_the_e_mail_the_phone_singles_one_out(amina):
    other = CustomerFactory(email="amina@mail.test")
    named = former_order(email="amina@mail.test", phone=other.phone)
    open_one = former_order(email="amina@mail.test", phone="")

    run()

    named.refresh_from_db()
    assert named.customer == other
    assert error_of(open_one) == "ambiguous_email"


def test_what_cannot_be_matched_says_why(amina):
    CustomerFactory(phone="+8801711000002")
    CustomerFactory(phone="+8801711000003")
    CustomerFactory(phone="+8801711000004", alternate_phone="+8801711000003")
    CustomerFactory(phone="+8801711000005", archived_at=clock.now())
    orders = {
        "email_phone_conflict": former_order(email="amina@mail.test", phone="01711000002"),
        "ambiguous_phone": former_order(phone="01711000003"),
        "orphaned_order": former_order(email="nobody@mail.test", phone="01711000009"),
        "no_contact": former_order(),
        "archived_customer": former_order(phone="01711000005"),
    }

    done = run()

    assert {error: error_of(order) for error, order in orders.items()} == {
        error: error for error in orders
    }
    assert (done.newly, done.counts.success_rate) == (0, Decimal("0.00"))
    fixes = ValidationIssue.objects.values_list("error_type", "suggested_fix")
    assert all(matching.FIXES[error] == fix for error, fix in fixes)


def test_the_order_of_an_account_that_was_merged_is_the_survivors(amina, at):
    absorbed = CustomerFactory(phone="+8801711000007")
    act = Act(UserFactory(role="OWNER"), at, reason="the same person twice")
    merging.merge(survivor=amina, absorbed=absorbed, act=act)
    order = former_order(phone="01711000007")

    run()

    order.refresh_from_db()
    assert order.customer == amina


def test_run_twice_it_changes_nothing_and_later_customers_are_found(amina):
    former_order(email="amina@mail.test")
    late = former_order(phone="01711000008")
    run()
    before = list(ValidationIssue.objects.values_list("pk", "error_type", "found_at"))

    assert run().newly == 0
    assert list(ValidationIssue.objects.values_list("pk", "error_type", "found_at")) == before

    CustomerFactory(phone="+8801711000008")
    assert run().newly == 1
    assert error_of(late) == ""
    assert ValidationIssue.objects.get(record=late).resolved_at is not None


@pytest.mark.parametrize(
    ("matched", "total", "rate"),
    [(0, 0, None), (2, 3, Decimal("66.67")), (19, 20, Decimal("95.00")), (1, 1, Decimal("100.00"))],
)
def test_the_success_rate_has_two_decimals(matched, total, rate):
    assert matching.success_rate(matched, total) == rate


def test_matched_by_hand_counts_too():
    order, owner = former_order(), UserFactory(role="OWNER")
    run()

    by_hand.match(record=order, customer=CustomerFactory(), act=Act.now(owner))

    done = run()
    assert done.counts.success_rate == Decimal("100.00")
    issue = ValidationIssue.objects.get()
    assert (issue.resolved_by, issue.resolved_at is not None) == (owner, True)
    with pytest.raises(AlreadyMatched):
        by_hand.match(record=order, customer=CustomerFactory(), act=Act.now(owner))


def test_a_customer_is_made_of_an_order_once():
    owner, area = UserFactory(role="OWNER"), AreaFactory()
    first = former_order(name="Eva Das", phone="01711000001", email="Eva@Mail.test")
    second = former_order(name="Eva D", phone="+880 1711-000001")

    _order, is_made = by_hand.create_customer(record=first, area=area, act=Act.now(owner))
    _order, again = by_hand.create_customer(record=second, area=area, act=Act.now(owner))

    customer = Customer.objects.get()
    assert (is_made, again) == (True, False)
    assert (customer.name, customer.phone, customer.email) == (
        "Eva Das",
        "+8801711000001",
        "eva@mail.test",
    )
    assert set(LegacyRecord.objects.values_list("customer", "matched_by")) == {
        (customer.pk, "CREATED"),
        (customer.pk, "HAND"),
    }


def test_the_command_tells_and_leaves_a_line_in_the_job_log(amina):
    former_order(email="amina@mail.test")
    former_order(phone="01711000009")
    out = StringIO()

    call_command("backfill_orders", "--json", stdout=out)

    assert json.loads(out.getvalue()) == {
        "orders": 2,
        "newly_matched": 1,
        "matched": 1,
        "success_rate": "50.00",
        "validation_errors": {"orphaned_order": 1},
    }
    assert JobRun.objects.get(job="backfill_orders").status == "COMPLETED"


def test_without_orders_there_is_no_rate():
    out = StringIO()
    call_command("backfill_orders", "--json", stdout=out)
    assert json.loads(out.getvalue())["success_rate"] is None
