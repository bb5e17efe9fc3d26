"""An order from a proven phone to the first bill, and the ways it ends before."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from billing.invoices.models import Invoice
from customers.models import Customer, Lead, Referral, Subscription
from customers.services import referrals
from fieldservice.models import WorkOrder
from fieldservice.services import completion, evidence, orders
from ispbill.core.acts import Act
from ispbill.core.models import Company
from ispbill.notifications.models import Message
from signup.models import Order
from signup.services import acceptance, closing, following, submitting, waiting
from tests.factories import fieldservice as field
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.billing import chart
from tests.factories.customers import CustomerFactory, PackagePriceFactory
from tests.factories.payments import paid
from tests.factories.signup import NINE, PHONE, draft, offered, placed_area, submitted

pytestmark = pytest.mark.django_db
WHY = "the house has no way in for a cable"


@pytest.fixture
def owner():
    return UserFactory()


def accepted(owner, *, at=NINE, **values):
    order = submitted(**values)
    return acceptance.accept(order=order, act=Act(owner, at))


def state(order):
    return Order.objects.get(pk=order.pk).state


def test_a_proven_phone_makes_an_order_with_its_number_its_price_and_a_lead():
    order = submitted()

    assert (order.number, order.state) == ("ORD-2026-00001", "SUBMITTED")
    assert (order.gross_amount, order.price_until) == (Decimal("1150.00"), date(2026, 2, 9))
    assert (order.lead.phone, order.lead.source, order.lead.stage) == (PHONE, "Website", "NEW")
    assert Message.objects.get(event="order_received", channel="SMS").recipient == PHONE


def test_accepting_makes_customer_pending_service_and_job_together(owner):
    order = accepted(owner)

    assert order.customer.phone == PHONE
    assert (order.subscription.status, order.subscription.billing_day) == ("PENDING", 5)
    assert (order.work_order.kind, order.work_order.reference) == ("INSTALLATION", order.number)
    assert "national id" in order.work_order.instructions
    order.lead.refresh_from_db()
    assert (order.lead.stage, order.lead.customer) == ("WON", order.customer)


def test_when_one_part_is_refused_none_of_the_three_is_there(owner):
    order = submitted()
    CustomerFactory(phone=PHONE)

    with pytest.raises(Exception, match="already uses"):
        acceptance.accept(order=order, act=Act(owner, NINE))

    assert state(order) == "SUBMITTED"
    assert (Subscription.objects.count(), WorkOrder.objects.count()) == (0, 0)
    assert Customer.objects.count() == 1


@pytest.mark.parametrize(("days", "net"), [(30, "1000.00"), (31, "1200.00")])
def test_the_price_holds_for_thirty_days(owner, days, net):
    package = offered()
    order = submitted(package=package)
    PackagePriceFactory(
        package=package,
        effective_from=date(2026, 1, 15),
        net_amount=Decimal("1200.00"),
        gross_amount=Decimal("1380.00"),
    )

    done = acceptance.accept(order=order, act=Act(owner, NINE + timedelta(days=days)))

    assert done.subscription.price_amount == Decimal(net)


def test_an_order_follows_its_job_to_the_first_bill_and_the_friend_is_credited(owner):
    chart()
    Company.current()
    Company.objects.update(rewards_referrals=True)
    Company.forget_cached()
    code = referrals.code_of(CustomerFactory(number="CT-2025-90000"), at=NINE)
    order = accepted(owner, code=code)
    assert Referral.objects.get().referred == order.customer
    technician = field.technician()
    job = field.given(order.work_order, technician)
    assert following.follow_job(work_order_id=job.pk, act=Act(None, NINE))
    assert state(order) == "SCHEDULED"

    visit = field.at_work(job, technician)
    field.answered(visit, technician)
    signed = evidence.Signed([], "Shirin Akter")
    evidence.sign(visit=visit, signed=signed, moment=NINE, act=Act(technician, NINE))
    job.refresh_from_db()
    completion.complete(order=job, moment=NINE, act=Act(technician, NINE))
    assert following.follow_all(act=Act(None, NINE)) == 1
    assert following.follow_all(act=Act(None, NINE)) == 0

    assert state(order) == "ACTIVE"
    assert Invoice.objects.filter(customer=order.customer).count() == 1


def test_a_job_taken_back_leaves_the_order_accepted(owner):
    order = accepted(owner)
    job = field.given(order.work_order, field.technician())
    following.follow_job(work_order_id=job.pk, act=Act(None, NINE))

    orders.unassign(order=job, act=Act(owner, NINE, reason="the technician is ill today"))
    following.follow_all(act=Act(None, NINE))

    assert state(order) == "ACCEPTED"


def test_a_rejected_order_loses_its_lead_and_says_why(owner):
    order = closing.reject(order=submitted(), act=Act(owner, NINE, reason=WHY))

    assert (order.state, order.ended_reason, order.lead.stage) == ("REJECTED", WHY, "NEW")
    assert Lead.objects.get().stage == "LOST"
    assert Message.objects.get(event="order_closed", channel="SMS").context["reason"] == WHY


def test_a_cancelled_order_takes_service_and_job_along_and_archives_the_customer(owner):
    order = accepted(owner)

    order = closing.cancel(order=order, act=Act(owner, NINE, reason=WHY))

    assert order.state == "CANCELLED"
    assert Subscription.objects.get().status == "CANCELLED"
    assert WorkOrder.objects.get().state == "CANCELLED"
    assert Customer.objects.get().is_archived


def test_a_customer_with_money_on_the_account_is_not_archived(owner):
    chart()
    order = accepted(owner)
    paid(order.customer, "500.00", at=NINE)

    closing.cancel(order=order, act=Act(owner, NINE, reason=WHY))

    assert not Customer.objects.get().is_archived


def test_without_coverage_it_waits_is_invited_once_and_taken_up(owner):
    area = placed_area(coverage="PLANNED")
    order = submitted(area=area)
    assert order.state == "WAITING"
    assert waiting.invite_all(act=Act(None, NINE)) == 0

    area.coverage = "COVERED"
    area.save()

    assert [waiting.invite_all(act=Act(None, NINE)) for _again in range(2)] == [1, 0]
    assert Message.objects.filter(event="order_invited", channel="SMS").count() == 1
    later = NINE + timedelta(days=60)
    order = waiting.take_up(order=order, act=Act(None, later, reason="wants it after all"))
    assert (order.state, order.price_until) == ("SUBMITTED", date(2026, 4, 10))


def test_a_pin_near_no_area_waits_for_staff_to_say_which(owner):
    BranchFactory()
    order = submitted(pin=(Decimal("23.8"), Decimal("90.4")))
    assert (order.state, order.area) == ("SUBMITTED", None)

    with pytest.raises(acceptance.NoArea):
        acceptance.accept(order=order, act=Act(owner, NINE))
    done = acceptance.accept(order=order, area=placed_area(), act=Act(owner, NINE))
    assert done.state == "ACCEPTED"


def test_a_pin_near_a_centre_is_in_that_area():
    area = placed_area(latitude=Decimal("23.8069"), longitude=Decimal("90.3687"))

    assert submitted(pin=(Decimal("23.81"), Decimal("90.37"))).area == area


def test_one_open_order_a_phone_and_a_customer_needs_none():
    first = submitted()
    again = submitting._submit(draft(), act=Act(None, NINE))
    assert (again.order, Order.objects.count()) == (first, 1)

    CustomerFactory(phone="+8801711000066")
    known = submitting._submit(draft(phone="+8801711000066"), act=Act(None, NINE))
    assert (known.order, known.customer.phone) == (None, "+8801711000066")
    assert Order.objects.count() == 1


def test_asking_again_notes_it_on_the_open_lead(owner):
    closing_order = submitted()
    Order.objects.filter(pk=closing_order.pk).update(
        state="CANCELLED", ended_at=NINE, ended_reason="changed their mind"
    )
    submitted()

    assert "Asked again on 2026-01-10" in Lead.objects.get().notes


@pytest.mark.parametrize("becomes", ["ACTIVE", "INSTALLED", "DRAFT"])
def test_the_database_refuses_a_move_the_lifecycle_does_not_know(becomes):
    order = submitted()

    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(state=becomes)
    with pytest.raises(IntegrityError), transaction.atomic():
        order.delete()
