"""/sim/messages: the simulated provider's inbox."""

import re

import pytest
from django.urls import reverse

from ispbill.devtools.sandbox.messages.client import Inbox
from ispbill.devtools.sandbox.messages.server import serve
from ispbill.notifications.gateways.base import Outgoing
from ispbill.notifications.gateways.sandbox import SandboxGateway

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def provider(settings, tmp_path):
    settings.SANDBOX_DIR = tmp_path
    server = serve(tmp_path)
    yield SandboxGateway(tmp_path)
    server.close()


def send(provider, number, recipient="+8801711000001", body="Thank you", **changes):
    told = {"channel": "SMS", "subject": "", "parts": 2, **changes}
    provider.send(Outgoing(id=f"m{number}", recipient=recipient, body=body, **told))


def shown(response):
    return re.findall(r"<strong data-recipient>(.+?)</strong>", response.content.decode())


def test_every_message_is_shown_whole_newest_first(client, provider):
    send(provider, 1, body="Pay <b>now</b>: https://isp.example/pay")
    send(provider, 2, "amina@demo.test", channel="EMAIL", subject="Your bill")

    response = client.get(reverse("sim:messages"))

    page = response.content.decode()
    assert shown(response) == ["amina@demo.test", "+8801711000001"]
    assert "Pay &lt;b&gt;now&lt;/b&gt;" in page
    assert 'data-parts="2"' in page
    assert "<strong>Your bill</strong>" in page


@pytest.mark.parametrize("typed", ["01711-000001", "+8801711000001", "1711000001"])
def test_a_recipient_is_found_however_the_number_is_typed(client, provider, typed):
    send(provider, 1)
    send(provider, 2, "+8801711000002")

    response = client.get(reverse("sim:messages"), {"recipient": typed})

    assert shown(response) == ["+8801711000001"]


def test_a_one_time_code_is_ready_to_be_copied_and_nothing_else_looks_like_one(client, provider):
    send(provider, 1, body="482913 is your code. Help: 09612-000000, bill INV-2026-000042")
    send(provider, 2, body="Call 09612000000, receipt RCP-2026-00031, Tk 1,234.00")

    page = client.get(reverse("sim:messages")).content.decode()

    assert re.findall(r'data-copy="(.+?)"', page) == ["482913"]


def test_the_page_asks_again_and_is_left_alone_while_nothing_is_new(client, provider):
    send(provider, 1)
    first = client.get(reverse("sim:messages"), headers=HTMX)
    assert "<html" not in first.content.decode()
    again = re.search(r'hx-get="([^"]+)"', first.content.decode())[1].replace("&amp;", "&")

    assert client.get(again, headers=HTMX).status_code == 204
    send(provider, 2)
    assert len(shown(client.get(again, headers=HTMX))) == 2


def test_fifty_to_a_page_and_a_way_to_the_older_ones(client, provider):
    for number in range(51):
        send(provider, number, f"+8801711{number:06d}")

    first = client.get(reverse("sim:messages"))
    older = re.search(r'href="(\?recipient=&amp;before=\d+)"', first.content.decode())[1]

    assert len(shown(first)) == 50
    assert shown(client.get(reverse("sim:messages") + older.replace("&amp;", "&"))) == [
        "+8801711000000"
    ]


def test_switches_and_clearing(client, provider, tmp_path):
    send(provider, 1)
    values = {"rejects_00": "on", "server_errors": "3", "too_many": "0", "lost_answers": "-1"}
    values |= {"push_server_errors": "0", "push_too_many": "0", "push_gone": "2"}
    client.post(reverse("sim:messages-switch"), values)
    refused = client.post(reverse("sim:messages-switch"), {**values, "too_many": "-5"})
    client.post(reverse("sim:messages-clear"))

    assert refused.status_code == 422
    assert Inbox(tmp_path).switches() == {
        "rejects_00": True,
        "server_errors": 3,
        "too_many": 0,
        "lost_answers": -1,
        "push_gone": 2,
        "push_too_many": 0,
        "push_server_errors": 0,
        "push_slow_seconds": 0,
    }
    assert Inbox(tmp_path).newest() == []


@pytest.mark.parametrize("name", ["messages", "messages-switch", "messages-clear"])
def test_without_simulators_there_is_no_such_page(client, settings, name):
    settings.SIMULATORS = False
    method = client.get if name == "messages" else client.post

    assert method(reverse(f"sim:{name}")).status_code == 404


def test_a_simulator_that_is_not_running_is_said_in_words(client, settings, tmp_path):
    settings.SANDBOX_DIR = tmp_path / "elsewhere"

    response = client.get(reverse("sim:messages"))

    assert (response.status_code, "is not running" in response.content.decode()) == (200, True)
    assert client.post(reverse("sim:messages-clear")).status_code == 302
