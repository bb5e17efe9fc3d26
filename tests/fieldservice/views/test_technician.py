"""The technician's side: the own day, what phones send, another's job that is not there."""

import json
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from billing.invoices.services import documents
from fieldservice.models import FieldAction, Photo
from fieldservice.services import completion, evidence, papers
from fieldservice.services.evidence import Signed
from ispbill.core import clock
from ispbill.core.acts import Act
from tests.factories.accounts import UserFactory
from tests.factories.fieldservice import NINE, NOON, answered, at_work, given, job, technician
from tests.fieldservice.services.test_completion import picture

pytestmark = pytest.mark.django_db
DAY, OUTBOX = "/technician/day/", "/technician/outbox/"


@pytest.fixture(autouse=True)
def _on_the_day(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NINE)


@pytest.fixture
def who(client):
    user = technician()
    client.force_login(user)
    return user


def send(client, order, kind, payload=None, *, file=None, **values):
    action = {
        "id": str(uuid.uuid4()),
        "order": order.number,
        "kind": kind,
        "payload": payload or {},
        "after": None,
        "base_version": 1,
        "client_at": NINE.isoformat(),
        **values,
    }
    body = {"action": json.dumps(action), "sent_at": NINE.isoformat()}
    if file is not None:
        body["file"] = SimpleUploadedFile("photo.jpg", file, "image/jpeg")
    return client.post(OUTBOX, body)


def test_the_day_has_the_own_jobs_and_no_more_of_the_customer_than_is_needed(client, who):
    order = given(job("INSTALLATION"), who)
    given(job(), technician())
    day = client.get(DAY).json()
    assert [one["number"] for one in day["jobs"]] == [order.number]
    one = day["jobs"][0]
    assert one["window"] == "09:00–12:00"
    assert one["customer"] == order.customer.name
    assert {"email", "national_id", "balance"}.isdisjoint(one)


def test_the_day_takes_as_many_queries_for_three_jobs_as_for_one(
    client, who, django_assert_max_num_queries
):
    for more in (1, 2):
        for _one in range(more):
            order = given(job(), who)
            at_work(order, who)
        with django_assert_max_num_queries(23):
            client.get(DAY)


def test_another_technicians_job_is_not_there(client, who):
    mine, other = given(job(), who), given(job(), technician())
    address = "/technician/jobs/{}/".format
    assert client.get(address(mine.number)).status_code == 200
    assert client.get(address(other.number)).status_code == 404
    assert send(client, other, "note", {"text": "not mine"}).status_code == 404
    assert FieldAction.objects.count() == 0


def test_a_job_given_to_another_is_not_there_but_what_was_done_for_it_is_taken(client, who):
    order = given(job(), who)
    given(order, technician(), reason="the first one is ill today")
    assert client.get(f"/technician/jobs/{order.number}/").status_code == 404
    assert client.get(DAY).json()["jobs"] == []
    answer = send(client, order, "start", client_at=NOON.isoformat())
    assert answer.status_code == 409
    assert answer.json()["why"] == "reassigned"


def test_acts_come_through_the_portals_role(client, who, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    order = given(job("REPAIR"), who)
    place = {"point": {"lat": 23.8069, "lon": 90.3687, "accuracy": 30}}
    assert send(client, order, "arrive", place).status_code == 200
    assert send(client, order, "photo", {"item": "photo"}, file=picture()).status_code == 200
    assert send(client, order, "photo", {"item": "photo"}, file=b"none").status_code == 422
    assert send(client, order, "complete").status_code == 422
    assert Photo.objects.count() == 1
    visit = client.get(DAY).json()["jobs"][0]["visit"]
    assert (visit["photos"], visit["distance"]) == (["photo"], 0)


@pytest.mark.parametrize("broken", ["", "[]", "{}", '{"kind": "steal"}'])
def test_what_cannot_be_read_is_refused(client, who, broken):
    assert client.post(OUTBOX, {"action": broken, "sent_at": "x"}).status_code == 400


def test_only_technicians_come_in(client):
    order = given(job(), technician())
    client.force_login(UserFactory())
    assert client.get(DAY).status_code == 302
    assert send(client, order, "start").status_code == 302


def test_the_report_of_a_job_has_what_was_found(client, who):
    order = given(job("REPAIR"), who)
    visit = answered(at_work(order, who), who, cause="Wet connector")
    act = Act(who, NINE)
    evidence.sign(visit=visit, signed=Signed([], "Amina Begum"), moment=NINE, act=act)
    completion.complete(order=order, moment=NINE, act=act)
    wanted = documents.Wanted(papers.REPORT, order.pk, "en")
    text = documents.html(documents.paper(wanted), "en")
    assert "Wet connector" in text
    assert "Amina Begum" in text
    client.force_login(UserFactory())
    page = client.get(reverse("staff_fieldservice:report-pdf", args=[order.number]))
    assert page.status_code == 202
