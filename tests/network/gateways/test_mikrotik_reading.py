import socket
from collections import Counter

import librouteros
import pytest
from librouteros.query import Key

from ispbill.devtools.sandbox.routeros import RouterFarm, SecretSpec
from network.gateways.base import InterfaceRow, Limits, SecretRow
from network.gateways.mikrotik import MikrotikRouter
from network.gateways.routeros_reading import echoes_of, tunnel_user
from tests.network.gateways.conftest import QUICK, login_to, make_spec


def test_secrets_come_as_they_are_numeric_names_and_foreign_letters_too(router):
    rows = router.secrets()

    assert rows[1] == SecretRow(
        name="12345",
        profile="Home 30",
        service="pppoe",
        is_disabled=False,
        comment="ispbill:2 কোণার বাড়ি",
        remote_address="",
        caller_id="",
        last_logged_out="",
        last_disconnect_reason="",
    )
    assert [(row.name, row.owner, row.is_disabled) for row in rows] == [
        ("amina", "1", False),
        ("12345", "2", False),
        ("chitra", "3", True),
        ("office", "", False),
    ]


@pytest.mark.parametrize("version", ["7.16.2 (stable)", "7.18.2 (stable)"])
def test_a_router_without_secrets_has_an_empty_list(version):
    with (
        RouterFarm([make_spec(secrets=(), version=version)]) as farm,
        MikrotikRouter(login_to(farm.endpoint("r1")), QUICK) as router,
    ):
        assert router.secrets() == []
        assert router.actives() == []


def test_sessions_tell_address_and_how_long_they_last(farm, router):
    farm.active("r1")
    farm.advance(3_600)

    rows = router.actives()

    assert [row.name for row in rows] == ["amina", "12345", "office"]
    assert rows[0].address == "10.64.0.2"
    assert 3_599 <= rows[0].uptime_seconds <= 3_602
    assert len({row.session_id for row in rows}) == 3


def test_counters_are_told_from_the_customer_s_side(farm, router):
    farm.active("r1")
    farm.advance(3_600)
    shown = {row["name"]: row for row in farm.active("r1")}

    rows = {row.username: row for row in router.interfaces() if row.username}

    assert set(rows) == {"amina", "12345", "office"}
    assert rows["amina"].download_bytes >= shown["amina"]["tx_bytes"] > 0
    assert rows["amina"].download_bytes > rows["amina"].upload_bytes > 0


def test_the_router_s_own_ports_have_no_user(router):
    assert router.interfaces()[3] == InterfaceRow(
        name="ether4", username="", upload_bytes=0, download_bytes=0
    )


@pytest.mark.parametrize(
    ("interface", "username"),
    [
        ("<pppoe-amina>", "amina"),
        ("<pppoe-a b>c>", "a b>c"),
        ("<l2tp-x-1>", "x-1"),
        ("ether1", ""),
        ("<pppoe-broken", ""),
    ],
)
def test_the_user_of_an_interface_is_found_in_its_name(interface, username):
    assert tunnel_user(interface) == username


def test_the_state_of_the_router_is_told(farm, router):
    farm.advance(90_000)

    resource = router.resource()

    assert (resource.identity, resource.cpu_count) == ("r1", 4)
    assert resource.uptime_seconds >= 90_000
    assert 0 <= resource.cpu_load <= 100


def test_profiles_are_read(router):
    rates = {row.name: (row.rate_limit, row.address_list) for row in router.profiles()}

    assert rates["Home 30"] == ("10M/30M", "")
    assert rates["EXPIRED"] == ("1M/1M", "unpaid")


def test_the_live_rate_is_that_of_one_customer(farm, router):
    farm.active("r1")

    rate = router.live_rate("amina")

    assert rate is not None
    assert rate.download > rate.upload > 0
    assert router.live_rate("chitra") is None


def test_a_bulk_read_asks_the_socket_far_less_often_than_the_library_alone(monkeypatch):
    many = tuple(SecretSpec(name=f"user{number}", profile="Home 30") for number in range(2_000))
    columns = [Key(name) for name in ("name", "rx-byte", "tx-byte")]

    asked, received = Counter(), socket.socket.recv

    def counting(self, *given):
        asked["recv"] += 1
        return received(self, *given)

    monkeypatch.setattr(socket.socket, "recv", counting)

    def calls(read):
        asked.clear()
        assert len(list(read())) == 2_004
        return asked["recv"]

    with RouterFarm([make_spec(secrets=many)]) as farm:
        endpoint = farm.endpoint("r1")
        farm.active("r1")
        stock = librouteros.connect(
            endpoint["host"], endpoint["username"], endpoint["password"], port=endpoint["port"]
        )
        with MikrotikRouter(login_to(endpoint), Limits()) as router:
            ours = calls(router.interfaces)
            theirs = calls(lambda: stock.path("interface").select(*columns))
        stock.close()

    assert 0 < ours * 20 < theirs


def test_echoes_come_from_a_session_and_from_nowhere_else(farm, router):
    address = farm.active("r1")[0]["address"]

    found = router.ping(address)

    assert (found.sent, found.received) == (3, 3)
    assert 1 < found.milliseconds < 12
    assert router.ping("10.99.0.1") == (3, 0, None)


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [("4ms", 4), ("1s20ms", 1_020), ("4ms321us", 4.321), ("", None), ("soon", None)],
)
def test_times_of_echoes(text, milliseconds):
    assert echoes_of([{"time": text}]).milliseconds == milliseconds


def test_the_last_disconnect_says_why(farm, router):
    assert router.last_disconnect("amina") == ("", "")
    farm.active("r1")
    farm.kick("r1", "amina")

    moment, reason = router.last_disconnect("amina")

    assert (bool(moment), reason) == (True, "reset")
    assert router.last_disconnect("nobody") == ("", "")
