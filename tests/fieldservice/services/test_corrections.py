"""A phone number or a point changed at the door and in the office: both are kept."""

import pytest

from customers.services import profile
from fieldservice.models import FieldAction, WorkOrder
from fieldservice.services import outbox
from fieldservice.views import action_words
from ispbill.core.acts import Act
from ispbill.notifications.models import Message
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.fieldservice import HOUSE, NINE, NOON, given, job, technician
from tests.fieldservice.services.test_outbox import receive, sent

pytestmark = pytest.mark.django_db
NEW, OTHER = "+8801711111111", "+8801722222222"
AT = {"lat": HOUSE[0], "lon": HOUSE[1]}


@pytest.fixture
def who():
    return technician()


@pytest.fixture
def order(who):
    return given(job(), who)


def phone(order, number, base):
    return sent("correct", {"phone": number, "base_phone": base})


def office_sets(order, number):
    customer = order.customer
    details = profile.details_of(customer, phone=number)
    profile.edit(customer=customer, details=details, act=Act(UserFactory(), NINE))


def number_of(order):
    return type(order.customer).objects.get(pk=order.customer_id).phone


def test_changed_by_one_side_it_is_that_ones(order, who):
    base = number_of(order)
    assert receive(order, who, phone(order, "01711111111", base)).outcome == "APPLIED"
    assert number_of(order) == NEW
    assert receive(order, who, phone(order, NEW, base)).outcome == "APPLIED"  # both alike


def test_changed_by_both_the_offices_stays_and_the_technicians_is_kept_beside_it(order, who):
    base = number_of(order)
    office_sets(order, OTHER)
    row = receive(order, who, phone(order, NEW, base))
    assert (row.outcome, number_of(order)) == ("CONFLICT", OTHER)
    shown = " ".join(action_words.both(row))
    assert "1722" in shown.replace("-", "").replace(" ", "")
    assert NEW in shown
    act = Act(UserFactory(), NOON, reason="the customer told us on the phone")
    outbox.take_over(action=row, act=act)
    assert number_of(order) == NEW
    assert FieldAction.objects.get().outcome == "TAKEN"


def test_the_old_number_hears_of_the_new_one_which_signs_in_from_now_on(order, who):
    old = number_of(order)
    receive(order, who, phone(order, NEW, old))

    told = Message.objects.filter(event="contact_changed", customer_id=order.customer_id)
    assert {message.recipient for message in told} == {old}


def test_anothers_number_is_refused_and_kept(order, who):
    taken = CustomerFactory(phone=OTHER)
    row = receive(order, who, phone(order, taken.phone, number_of(order)))
    assert (row.outcome, row.payload["phone"]) == ("REFUSED", OTHER)


def test_a_point_goes_to_the_job_and_its_service_or_beside_the_offices(order, who):
    there = {"lat": 23.87, "lon": 90.38}
    row = receive(order, who, sent("correct", {"point": there, "base_point": AT}))
    assert row.outcome == "APPLIED"
    order.refresh_from_db()
    order.subscription.refresh_from_db()
    assert str(order.latitude) == str(order.subscription.latitude) == "23.870000"
    row = receive(order, who, sent("correct", {"point": {"lat": 1, "lon": 2}, "base_point": AT}))
    assert (row.outcome, "23.870000" in row.answer["why"]) == ("CONFLICT", True)
    assert receive(order, who, sent("correct", {"point": {"lat": "x"}})).outcome == "REFUSED"


def test_who_no_longer_has_the_job_corrects_nothing_by_themselves(order, who):
    base = number_of(order)
    WorkOrder.objects.filter(pk=order.pk).update(technician=technician())
    assert receive(order, who, phone(order, NEW, base)).outcome == "CONFLICT"
    assert number_of(order) == base
