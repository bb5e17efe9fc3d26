"""Jobs from the pile to the end: who may what, what customers are told, what is refused."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from fieldservice.models import Visit, WorkOrder
from fieldservice.rules.distances import Point
from fieldservice.services import journey, links, orders
from fieldservice.services.locking import WrongState
from fieldservice.services.orders import AlreadyOpen, NeedsConfirming, WindowRefused
from ispbill.accounts.models import User
from ispbill.audit.models import AuditEvent
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError, ReasonMissing, Stale
from ispbill.notifications.models import Message
from tests.factories.accounts import UserFactory
from tests.factories.customers import SubscriptionFactory
from tests.factories.fieldservice import HOUSE, NINE, NOON, at_work, given, job, technician

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
WHY = "the customer asked for another day"


def test_a_job_gets_number_address_checklist_and_a_link_kept_as_hash():
    order = job("INSTALLATION")
    assert order.number == "WO-2026-00001"
    assert order.address == order.customer.address
    assert order.planned_minutes == 90
    assert "signature" in [item["key"] for item in order.checklist]
    word = links.word(order.link_seed)
    assert len(word) == 32
    assert order.link_digest == links.digest(word) != word
    assert AuditEvent.objects.get(action="work_order.created").target_label == order.number


def test_a_service_has_one_open_job_of_a_kind():
    service = SubscriptionFactory()
    job("REPAIR", service=service)
    job("SURVEY", service=service)
    with pytest.raises(AlreadyOpen):
        job("REPAIR", service=service)


def test_giving_out_tells_the_customer_the_window_once():
    order = given(job(), technician(name="Rafiq Uddin"))
    assert order.state == "ASSIGNED"
    message = Message.objects.get(event="job_planned", channel="SMS")
    assert message.context["technician"] == "Rafiq"
    assert message.context["window"] == "09:00-12:00"
    assert message.context["visit_day"] == "2026-01-10"


def test_moving_what_the_customer_knows_of_needs_a_reason_and_the_present_version():
    who, order = technician(), job()
    given(order, who)
    with pytest.raises(ReasonMissing):
        given(order, who, start=NOON, end=NOON + 60 * MINUTE)
    moved = given(order, who, start=NOON, end=NOON + 60 * MINUTE, reason=WHY)
    assert moved.window_start == NOON
    slot = orders.Slot(who, NINE, NOON)
    with pytest.raises(Stale):
        orders.assign(order=moved, slot=slot, version=1, act=Act(UserFactory(), NINE, reason=WHY))


def test_what_does_not_fit_needs_confirming_and_what_cannot_be_is_refused():
    who = technician()
    given(job(planned_minutes=170), who)
    with pytest.raises(NeedsConfirming, match="overlaps"):
        given(job(), who, is_confirmed=False)
    given(job(), who, is_confirmed=True)
    with pytest.raises(WindowRefused):
        given(job(), who, end=NINE + 20 * MINUTE)
    with pytest.raises(DomainError):
        given(job(), technician(is_active=False))


def test_on_the_way_is_told_once_a_visit_and_only_while_it_is_true():
    who, order = technician(), job()
    given(order, who)
    journey.start(order=order, moment=NINE - 16 * MINUTE, act=Act(who, NINE))
    assert not Message.objects.filter(event="job_on_the_way").exists()
    journey.turn_back(order=order, moment=NINE, act=Act(who, NINE, reason="a tyre is flat, later"))
    journey.start(order=order, moment=NINE, act=Act(who, NINE + 15 * MINUTE))
    assert Message.objects.filter(event="job_on_the_way", channel="SMS").count() == 1
    assert [one.result for one in order.visits.order_by("pk")] == ["TURNED_BACK", "UNDER_WAY"]


def test_arriving_needs_a_point_or_the_reason_for_none():
    who, order = technician(), job()
    given(order, who)
    with pytest.raises(ReasonMissing):
        journey.arrive(order=order, place=journey.Place(), moment=NINE, act=Act(who, NINE))
    near = Point(HOUSE[0] + 0.003948, HOUSE[1], 50)
    journey.arrive(order=order, place=journey.Place(near), moment=NINE, act=Act(who, NINE))
    visit = order.visits.get()
    assert (visit.distance_m, visit.accuracy_m) == (439, 50)


def test_a_job_fails_with_code_and_text_and_a_third_visit_is_the_managers():
    who, order = technician(), job()
    for _round in range(2):
        given(order, who)
        with pytest.raises(ReasonMissing):
            journey.fail(order=order, failure="NOT_HOME", text="", moment=NINE, act=Act(who, NINE))
        journey.fail(
            order=order,
            failure="NOT_HOME",
            text="nobody opened the door",
            moment=NINE,
            act=Act(who, NINE),
        )
    support = UserFactory(role=User.Role.SUPPORT)
    with pytest.raises(DomainError, match="third visit"):
        given(order, who, actor=support)
    assert given(order, who, actor=UserFactory(role=User.Role.OWNER)).state == "ASSIGNED"


def test_cancelling_needs_a_reason_and_not_somebody_at_work():
    who, order = technician(), job()
    given(order, who)
    with pytest.raises(ReasonMissing):
        orders.cancel(order=order, act=Act(UserFactory(), NINE))
    at_work(order, who)
    with pytest.raises(WrongState):
        orders.cancel(order=order, act=Act(UserFactory(), NINE, reason=WHY))
    other = job()
    assert orders.cancel(order=other, act=Act(UserFactory(), NINE, reason=WHY)).is_over
    with pytest.raises(WrongState):
        given(other, who)


def test_the_table_refuses_a_move_nobody_knows():
    order = job()
    with pytest.raises(IntegrityError, match="does not go from"), transaction.atomic():
        WorkOrder.objects.filter(pk=order.pk).update(state="FAILED")


def test_taking_back_forgets_technician_and_window():
    order = given(job(), technician())
    back = orders.unassign(order=order, act=Act(UserFactory(), NINE, reason=WHY))
    assert (back.state, back.technician, back.window_start) == ("PENDING", None, None)
    assert Visit.objects.count() == 0
