import http.client
import json

import pytest

from ispbill.devtools.sandbox.messages.client import Inbox
from ispbill.devtools.sandbox.messages.server import serve
from ispbill.devtools.sandbox.owners_call import NotRunning
from ispbill.notifications.gateways.base import Accepted, Outgoing, Rejected, Retry, Unknown
from ispbill.notifications.gateways.sandbox import SandboxGateway


@pytest.fixture
def server(tmp_path):
    server = serve(tmp_path)
    yield server
    server.close()


@pytest.fixture
def inbox(server, tmp_path):
    return Inbox(tmp_path)


@pytest.fixture
def gateway(server, tmp_path):
    return SandboxGateway(tmp_path, answer_seconds=5)


def outgoing(number=1, recipient="+8801711000001", **changes):
    told = {"channel": "SMS", "subject": "", "body": "ধন্যবাদ", "parts": 1, **changes}
    return Outgoing(id=f"m{number}", recipient=recipient, **told)


def test_what_is_sent_lies_in_the_inbox_newest_first(gateway, inbox):
    assert gateway.send(outgoing(1)) == Accepted("sim-1")
    assert gateway.send(outgoing(2, "amina@demo.test", channel="EMAIL", subject="Hi")) == Accepted(
        "sim-2"
    )

    shown = [
        (row["client_id"], row["channel"], row["recipient"], row["subject"], row["body"])
        for row in inbox.newest()
    ]
    assert shown == [
        ("m2", "EMAIL", "amina@demo.test", "Hi", "ধন্যবাদ"),
        ("m1", "SMS", "+8801711000001", "", "ধন্যবাদ"),
    ]
    assert [row["client_id"] for row in inbox.newest(recipient="1711")] == ["m1"]
    assert [row["client_id"] for row in inbox.newest(before=2)] == ["m1"]
    inbox.clear()
    assert inbox.newest() == []


def test_the_same_id_again_is_the_same_message(gateway, inbox):
    assert gateway.send(outgoing()) == gateway.send(outgoing()) == Accepted("sim-1")

    assert [(row["client_id"], row["times_sent"]) for row in inbox.newest()] == [("m1", 2)]


def test_a_number_that_does_not_exist_is_refused_when_switched_on(gateway, inbox):
    assert gateway.send(outgoing(1, "+8801711000100")) == Accepted("sim-1")
    inbox.switch(rejects_00=True)

    assert gateway.send(outgoing(2, "+8801711000100")) == Rejected("no such number")
    assert len(inbox.newest()) == 1


@pytest.mark.parametrize(
    ("switch", "outcome"),
    [("server_errors", Retry("500 internal error")), ("too_many", Retry("429 too many messages"))],
)
def test_a_busy_provider_takes_nothing_for_a_while(gateway, inbox, switch, outcome):
    inbox.switch(**{switch: 1})

    assert gateway.send(outgoing()) == outcome
    assert inbox.newest() == []
    assert gateway.send(outgoing()) == Accepted("sim-1")


def test_a_lost_answer_leaves_the_message_with_the_provider(gateway, inbox):
    inbox.switch(lost_answers=-1)

    assert isinstance(gateway.send(outgoing()), Unknown)
    assert [row["client_id"] for row in inbox.newest()] == ["m1"]
    assert inbox.switch(lost_answers=0)["lost_answers"] == 0


def test_a_provider_that_is_not_there_is_tried_later(tmp_path):
    server = serve(tmp_path)
    gateway = SandboxGateway(tmp_path)
    before = (tmp_path / "messages.json").read_text()
    server.close()
    assert gateway.send(outgoing()) == Retry("The sandbox is not running.")

    (tmp_path / "messages.json").write_text(before)
    assert gateway.send(outgoing()) == Retry("The sandbox is not running.")
    with pytest.raises(NotRunning):
        Inbox(tmp_path).newest()


def test_messages_outlive_a_restart(tmp_path):
    first = serve(tmp_path)
    SandboxGateway(tmp_path).send(outgoing())
    first.close()

    second = serve(tmp_path)
    try:
        assert [row["client_id"] for row in Inbox(tmp_path).newest()] == ["m1"]
    finally:
        second.close()


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/messages", "{}"),
        ("GET", "/messages", None),
        ("DELETE", "/messages", None),
        ("PUT", "/switches", "{}"),
    ],
)
def test_nobody_without_the_key_gets_in(server, method, path, body):
    line = http.client.HTTPConnection("127.0.0.1", server.address["port"], timeout=5)
    line.request(method, path, body=body, headers={"Authorization": "Bearer guessed"})
    response = line.getresponse()

    assert (response.status, json.loads(response.read())) == (404, {"error": "not understood"})
    line.close()


def test_a_switch_that_does_not_exist_is_refused(inbox):
    with pytest.raises(ValueError, match="no such switch"):
        inbox.switch(explode=1)
