"""The line of a job, tested from the phone: by a worker, for who has the job, under a ticket."""

import pytest

from fieldservice.services import line_checks
from fieldservice.tasks import check_line
from network.services import live
from network.services.live import Echo, Session
from tests.factories.fieldservice import NINE, given, job, technician
from tests.factories.network import AccessFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def who(client):
    user = technician()
    client.force_login(user)
    return user


def address(order):
    return f"/technician/jobs/{order.number}/line/"


@pytest.mark.django_db(transaction=True)
def test_the_phone_gets_a_ticket_and_then_what_the_router_said(client, who, monkeypatch):
    line = AccessFactory()
    order = given(job(service=line.subscription), who)
    ticket = client.post(address(order)).json()["ticket"]
    waiting = client.get(address(order), {"ticket": ticket})
    assert (waiting.status_code, waiting.json()) == (202, {"facts": []})
    key = f"field:line:{who.pk}:{ticket}"
    check_line(line_id=line.pk, key=key, language="en")  # nothing listens on the router's port
    facts = dict(client.get(address(order), {"ticket": ticket}).json()["facts"])
    assert facts["Wanted"] == "Open"
    assert facts["On the router"] == "not confirmed yet"
    assert facts["Session"]


def test_what_is_on_line_is_pinged_and_what_is_not_says_since_when():
    line = AccessFactory()
    on = Session(is_online=True, address="10.0.0.7", caller_id="AA:BB", uptime_seconds=60)
    off = Session(last_logged_out="jan/10 08:00", disconnect_reason="peer is gone")
    said = {}
    for name, session in (("on", on), ("off", off)):
        with pytest.MonkeyPatch.context() as patch:  # the router's answer, which is not ours
            patch.setattr(live, "session_of", lambda *, line, at, found=session: found)
            patch.setattr(live, "ping", lambda *, line: Echo(sent=3, received=2, milliseconds=4.2))
            said[name] = dict(line_checks.facts(line, at=NINE))
    assert said["on"]["Session"] == "10.0.0.7 AA:BB"
    assert said["on"]["Ping"] == "2 of 3 came back, 4 ms"
    assert said["off"]["Last session"] == "jan/10 08:00 peer is gone"


def test_nobody_asks_about_anothers_job_or_reads_anothers_answer(client, who):
    line = AccessFactory()
    theirs = given(job(service=line.subscription), technician())
    assert client.post(address(theirs)).status_code == 404
    without = given(job(), who)
    assert client.post(address(without)).status_code == 404
    assert client.get(address(without), {"ticket": "f" * 32}).status_code == 404
