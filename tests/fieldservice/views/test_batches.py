"""Acts in batches: each answered by itself, in order, once; a failure holds its own job only."""

import json
import uuid

import pytest

from fieldservice.models import FieldAction, WorkOrder
from fieldservice.services import evidence
from ispbill.core import clock
from tests.factories.fieldservice import NINE, at_work, given, job, technician

pytestmark = pytest.mark.django_db
OUTBOX = "/technician/outbox/"


@pytest.fixture(autouse=True)
def _on_the_day(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NINE)


@pytest.fixture
def who(client):
    user = technician()
    client.force_login(user)
    return user


def act(order, kind="note", payload=None, **values):
    return {
        "id": str(uuid.uuid4()),
        "order": order.number,
        "kind": kind,
        "payload": payload or {"text": "a dog in the yard"},
        "after": None,
        "base_version": 1,
        "client_at": NINE.isoformat(),
        **values,
    }


def post(client, *acts):
    said = {"sent_at": NINE.isoformat(), "actions": acts}
    return client.post(OUTBOX, json.dumps(said), content_type="application/json")


def statuses(answer):
    return [one["status"] for one in answer.json()["answers"]]


def test_each_act_of_a_batch_is_answered_by_itself_in_the_order_it_was_done(client, who):
    order, gone = given(job(), who), given(job(), technician())
    start = act(order, "start", {})
    arrive = act(order, "arrive", {"no_point_reason": "in a cellar"}, after=start["id"])
    wrong = act(order, "complete", {}, after=arrive["id"])
    note = act(order, after=wrong["id"])

    answer = post(client, start, act(gone), arrive, wrong, note)

    assert statuses(answer) == [200, 404, 200, 422, 200]
    assert [one["id"] for one in answer.json()["answers"]][0] == start["id"]
    told = [one.get("state") for one in answer.json()["answers"]]
    assert told == ["EN_ROUTE", None, "IN_PROGRESS", "IN_PROGRESS", "IN_PROGRESS"]
    assert order.visits.get().notes == "a dog in the yard"


def test_a_batch_sent_twice_is_once(client, who):
    order = given(job(), who)
    at_work(order, who)
    acts = [act(order) for _one in range(3)]

    first, second = post(client, *acts), post(client, *acts)

    assert first.json() == second.json()
    assert FieldAction.objects.count() == 3


def test_an_act_that_fails_holds_its_own_job_and_undoes_no_other(client, who, monkeypatch):
    order, other = given(job(), who), given(job(), who)
    at_work(order, who)
    at_work(other, who)
    real = evidence.note

    def broken(*, visit, text, act):
        if text == "break":
            WorkOrder.objects.update(instructions="half done")
            raise RuntimeError
        return real(visit=visit, text=text, act=act)

    monkeypatch.setattr(evidence, "note", broken)
    answer = post(client, act(other), act(order, "note", {"text": "break"}), act(order), act(other))

    assert statuses(answer) == [200, 500, 503, 200]
    assert FieldAction.objects.count() == 2
    assert not WorkOrder.objects.filter(instructions="half done").exists()


def test_a_batch_has_fifty_acts_and_a_quarter_of_a_megabyte_at_most(client, who):
    order = given(job(), who)
    assert post(client, *[act(order) for _one in range(51)]).status_code == 413
    assert post(client).status_code == 413
    assert post(client, act(order, "note", {"text": "x" * 270_000})).status_code == 413
    assert client.post(OUTBOX, "[]", content_type="application/json").status_code == 400
    assert FieldAction.objects.count() == 0


def test_what_cannot_be_read_is_answered_so_and_the_rest_is_taken(client, who):
    order, other = given(job(), who), given(job(), who)
    at_work(other, who)
    answer = post(client, act(order, "steal"), act(order), act(other))
    assert statuses(answer) == [400, 503, 200]
