"""/sim/netcash: the simulated Netcash's own portal."""

import re
from datetime import UTC, date, datetime

import pytest
from django.conf import settings
from django.urls import reverse

from ispbill.core import clock
from ispbill.devtools.demo.management.commands import sandbox as sandbox_command
from ispbill.devtools.sandbox.netcash.client import Control
from ispbill.devtools.sandbox.netcash.server import serve
from tests.factories.netcash import client_of
from tests.payments.online.gateways.netcash import orders
from tests.payments.online.gateways.netcash.conftest import TODAY

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def netcash(settings, tmp_path):
    settings.SANDBOX_DIR = tmp_path
    server = serve(tmp_path, today=lambda: TODAY)
    yield client_of(tmp_path)
    server.close()


@pytest.fixture
def control(tmp_path):
    return Control(tmp_path)


def page(client):
    return client.get(reverse("sim:netcash")).content.decode()


def act(client, name, **values):
    response = client.post(reverse("sim:netcash-act"), {"act": name, **values}, follow=True)
    return response.content.decode()


def test_an_empty_netcash_says_what_will_come(client):
    shown = page(client)

    for words in ("No mandates yet", "No batches yet", "No money has moved yet"):
        assert words in shown


def test_mandates_are_signed_declined_and_expired(client, netcash):
    for reference in ("CT-1", "CT-2", "CT-3"):
        netcash.add_mandate(orders.mandate(reference))

    act(client, "sign", reference="CT-1")
    act(client, "decline", reference="CT-2")
    shown = act(client, "expire", reference="CT-3")

    assert re.findall(r'data-mandate="(.+?)" data-state="(\d)"', shown) == [
        ("CT-3", "3"),
        ("CT-2", "5"),
        ("CT-1", "6"),
    ]
    assert "no longer open" in act(client, "sign", reference="CT-2")
    assert orders.bank().number not in shown


def test_a_batch_is_authorised_and_its_lines_get_results(client, netcash, control):
    netcash.upload(orders.batch(orders.line("CT-1"), orders.line("CT-2", "1234.56")))
    shown = page(client)
    assert re.findall(r'data-batch="(.+?)" data-status="(\d)"', shown) == [("Run 1", "1")]
    assert "R\xa01,833.56" in shown

    shown = act(client, "authorise", guid=control.picture()["batches"][0]["guid"])
    assert re.findall(r'data-status="(\d)"', shown) == ["2"]
    act(client, "result", line="1", reason="04")
    act(client, "result", line="2", reason="late")
    control.next_day(6)
    shown = page(client)

    assert "Unpaid: 04 stopped" in shown
    assert "Will come back: 02 no money" in shown
    assert re.findall(r'<tr data-code="(\w+)">', shown) == ["DRU", "VAT", "NSF", "TDD", "TDD"]
    assert "came back already" in act(client, "result", line="1", reason="02")


def test_the_next_day_is_the_next_day_for_everybody(client):
    clock.set_simulated(datetime(2026, 1, 14, 8, tzinfo=UTC))
    try:
        act(client, "next-day")
        assert clock.today() == date(2026, 1, 15)
    finally:
        clock.set_simulated(None)


def test_switches_are_saved_and_nonsense_is_not(client, control):
    before = control.picture()["switches"]
    values = {name: value for name, value in before.items() if value is not False}
    values |= {"authorise_by_hand": "on", "server_errors": "2", "faults_hit": "AddMandate"}

    assert client.post(reverse("sim:netcash-switch"), values).status_code == 302
    wanted = {"authorise_by_hand": True, "server_errors": 2, "faults_hit": "AddMandate"}
    assert control.picture()["switches"] == before | wanted
    refused = client.post(reverse("sim:netcash-switch"), values | {"unpaid_percent": "101"})
    assert refused.status_code == 422
    assert client.post(reverse("sim:netcash-act"), {"act": "fly"}).status_code == 400


def test_profile_pay_out_and_clearing(client, netcash, control):
    netcash.upload(orders.batch())
    act(client, "profile", postback_url=" http://127.0.0.1:9/x ")
    act(client, "pay-out")
    act(client, "clear")

    picture = control.picture()
    assert picture["profile"]["postback_url"] == "http://127.0.0.1:9/x"
    assert picture["batches"] == []


def test_the_moving_part_comes_alone_for_htmx(client):
    response = client.get(reverse("sim:netcash"), headers=HTMX)

    assert "<html" not in response.content.decode()
    assert "HX-Request" in response["Vary"]


@pytest.mark.parametrize("name", ["netcash", "netcash-act", "netcash-switch"])
def test_without_simulators_there_is_no_such_page(client, settings, name):
    settings.SIMULATORS = False
    method = client.get if name == "netcash" else client.post

    assert method(reverse(f"sim:{name}")).status_code == 404


def test_a_simulator_that_is_not_running_is_said_in_words(client, settings, tmp_path):
    settings.SANDBOX_DIR = tmp_path / "elsewhere"

    assert "is not running" in page(client)
    assert "is not running" in client.get(reverse("sim:netcash"), headers=HTMX).content.decode()
    assert client.post(reverse("sim:netcash-act"), {"act": "clear"}).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_the_banks_day_is_the_business_clocks_day_in_south_africa():
    clock.set_simulated(datetime(2026, 1, 14, 23, tzinfo=UTC))
    try:
        assert sandbox_command._bank_day() == date(2026, 1, 15)
    finally:
        clock.set_simulated(None)


def test_the_simulator_knows_where_this_installation_hears_of_mandates(client, tmp_path):
    url = sandbox_command._postback_url()
    server = serve(tmp_path / "own", today=lambda: TODAY, postback_url=url)
    try:
        kept = Control(tmp_path / "own").picture()["profile"]["postback_url"]
    finally:
        server.close()

    assert kept.startswith(settings.PUBLIC_URL)
    heard = client.post(kept.removeprefix(settings.PUBLIC_URL), {"AccountRef": "x"})
    assert heard.status_code == 200
