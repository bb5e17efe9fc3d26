"""What phones send: once, in order, never lost; both versions where the office was faster."""

import uuid
from datetime import timedelta

import pytest

from fieldservice.models import FieldAction, WorkOrder
from fieldservice.services import orders, outbox
from fieldservice.services.outbox import Sent
from ispbill.core.acts import Act
from tests.factories.accounts import UserFactory
from tests.factories.fieldservice import NINE, NOON, at_work, given, job, technician

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
POINT = {"lat": 23.8069, "lon": 90.3687, "accuracy": 20}


def sent(kind, payload=None, *, after=None, at=NINE, **values):
    given_values = {
        "id": uuid.uuid4(),
        "kind": kind,
        "after": after,
        "base_version": 1,
        "payload": payload or {},
        "client_at": at,
        "sent_at": NOON,
        **values,
    }
    return Sent(**given_values)


def receive(order, who, act, *, at=NOON):
    return outbox.receive(order=order, sent=act, act=Act(who, at))


@pytest.fixture
def who():
    return technician()


@pytest.fixture
def order(who):
    return given(job("SURVEY"), who)


def test_an_act_is_applied_once_however_often_it_comes(order, who):
    act = sent("arrive", {"point": POINT})
    assert receive(order, who, act).outcome == "APPLIED"
    again = receive(order, who, act)
    assert again.outcome == "APPLIED"
    assert FieldAction.objects.count() == 1
    assert order.visits.count() == 1
    assert order.visits.get().arrived_at == NINE


def test_the_same_id_with_other_content_is_kept_beside_it(order, who):
    act = sent("arrive", {"point": POINT})
    receive(order, who, act)
    other = sent("note", {"text": "something else"}, id=act.id)
    assert receive(order, who, other).outcome == "CONFLICT"
    assert FieldAction.objects.count() == 2


def test_what_comes_before_its_predecessor_waits_and_is_applied_with_it(order, who):
    arrive = sent("arrive", {"point": POINT})
    answer = sent("answer", {"key": "cable_m", "value": "40"}, after=arrive.id)
    note = sent("note", {"text": "dog in the yard"}, after=answer.id)
    assert receive(order, who, note).outcome == "WAITING"
    assert receive(order, who, answer).outcome == "WAITING"
    assert receive(order, who, arrive).outcome == "APPLIED"
    assert set(FieldAction.objects.values_list("outcome", flat=True)) == {"APPLIED"}
    visit = order.visits.get()
    assert (visit.answers["cable_m"]["value"], visit.notes) == ("40", "dog in the yard")


def test_a_job_cancelled_meanwhile_is_a_conflict_with_both_versions(order, who):
    boss = UserFactory()
    orders.cancel(order=order, act=Act(boss, NINE, reason="the customer is away"))
    row = receive(order, who, sent("start", at=NINE - MINUTE))
    assert row.outcome == "CONFLICT"
    assert row.answer["state"] == "CANCELLED"
    done = outbox.leave_aside(action=row, act=Act(boss, NOON, reason="it stays cancelled"))
    assert (done.outcome, done.decided_by) == ("DROPPED", boss)


def test_a_job_given_to_another_is_a_conflict_unless_it_was_begun_before(order, who):
    other = technician()
    given(order, other, reason="the first one is ill today")
    late = receive(order, who, sent("start", at=NINE))
    assert (late.outcome, late.answer["why"]) == ("CONFLICT", "reassigned")
    early = receive(order, who, sent("start", at=NINE - 90 * MINUTE))
    assert early.outcome == "CONFLICT"  # not before the device's act above


def test_one_begun_before_it_was_given_to_another_goes_on(order, who):
    other = technician()
    given(order, other, reason="the first one is ill today")
    row = receive(order, who, sent("start", at=NINE - 90 * MINUTE))
    order.refresh_from_db()
    assert (row.outcome, order.state, order.technician) == ("APPLIED", "EN_ROUTE", who)


def test_facts_hold_though_the_job_is_somebody_elses_now(order, who):
    visit = at_work(order, who)
    WorkOrder.objects.filter(pk=order.pk).update(technician=technician())
    row = receive(order, who, sent("note", {"text": "the pole is rotten"}))
    assert (row.outcome, row.answer["is_own"]) == ("APPLIED", False)
    visit.refresh_from_db()
    assert visit.notes == "the pole is rotten"


def test_what_a_rule_refuses_is_kept_with_the_reason(order, who):
    receive(order, who, sent("arrive", {"point": POINT}))
    row = receive(order, who, sent("complete"))
    assert row.outcome == "REFUSED"
    assert "Still missing" in row.answer["why"]
    assert receive(order, who, sent("note", {})).outcome == "REFUSED"


def test_completing_twice_is_once(order, who):
    receive(order, who, sent("arrive", {"point": POINT}))
    for key in ("feasible", "cable_m"):
        receive(order, who, sent("answer", {"key": key, "value": "1"}))
    assert receive(order, who, sent("complete")).outcome == "APPLIED"
    assert receive(order, who, sent("complete")).outcome == "APPLIED"
    assert order.visits.count() == 1


def test_the_office_may_take_the_technicians_version(order, who):
    at_work(order, who)
    WorkOrder.objects.filter(pk=order.pk).update(technician=technician())
    row = receive(order, who, sent("fail", {"failure": "UNSAFE", "text": "the pole leans over"}))
    assert row.outcome == "CONFLICT"
    boss = UserFactory()
    outbox.take_over(action=row, act=Act(boss, NOON, reason="he was there, he saw it"))
    order.refresh_from_db()
    assert order.state == "FAILED"


def test_a_clock_that_is_wrong_is_flagged_on_the_visit(order, who):
    receive(order, who, sent("arrive", {"point": POINT}, sent_at=NOON + 11 * MINUTE))
    assert order.visits.get().has_clock_skew
