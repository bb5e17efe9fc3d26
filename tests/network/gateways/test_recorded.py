"""The adapter reads what real routers have answered (tests/network/recorded)."""

import pytest

from network.gateways.base import ActiveRow, InterfaceRow, ProfileRow, RouterRejected, SecretRow
from network.gateways.mikrotik import MikrotikRouter
from network.rules.router_time import parse_uptime
from tests.network.gateways.conftest import QUICK
from tests.network.parrot import Parrot, table
from tests.network.recordings import recorded, rows_of


def answering(**menus):
    """Return a router that answers prints with recorded rows: `secret="ppp_secret"`."""
    return Parrot({recorded(name)["command"]: table(rows_of(name)) for name in menus.values()})


def test_secrets_are_read():
    with answering(a="ppp_secret") as parrot, MikrotikRouter(parrot.login, QUICK) as router:
        rows = router.secrets()

    assert rows == [
        SecretRow(
            name="2000001@example",
            profile="default",
            service="pppoe",
            is_disabled=False,
            comment="",
            remote_address="10.205.74.160",
            caller_id="",
            last_logged_out="feb/05/2024 13:47:44",
            last_disconnect_reason="hung-up",
        ),
        SecretRow(
            name="userone",
            profile="25M",
            service="pppoe",
            is_disabled=False,
            comment="test",
            remote_address="",
            caller_id="",
            last_logged_out="may/27/2025 13:38:40",
            last_disconnect_reason="peer-request",
        ),
        SecretRow(
            name="user1",
            profile="ovpn",
            service="ovpn",
            is_disabled=False,
            comment="",
            remote_address="",
            caller_id="",
            last_logged_out="may/01/2023 20:52:13",
            last_disconnect_reason="hung-up",
        ),
    ]


def test_sessions_are_read_in_either_form_of_their_length():
    with answering(a="ppp_active") as parrot, MikrotikRouter(parrot.login, QUICK) as router:
        rows = router.actives()

    assert rows == [
        ActiveRow("userone", "pppoe", "D0:D0:4B:00:00:01", "192.168.89.254", 2_695, "0x81100000"),
        ActiveRow("usertwo", "ovpn", "198.51.100.10", "10.8.0.2", 93_784, "0x81000001"),
    ]


def test_interfaces_and_profiles_are_read():
    with (
        answering(a="interface", b="ppp_profile") as parrot,
        MikrotikRouter(parrot.login, QUICK) as router,
    ):
        interfaces, profiles = router.interfaces(), router.profiles()

    assert interfaces == [InterfaceRow("ether1", "", 60_987, 2_781_511)]
    assert profiles == [ProfileRow("ovpn", "", "192.168.77.1", "*2", "", "")]


@pytest.mark.parametrize("row", rows_of("system_resource"), ids=lambda row: row["version"])
def test_the_state_of_a_router_is_read(row):
    says = {
        "/system/resource/print": table([row]),
        "/system/identity/print": table([{"name": "edge-1"}]),
    }
    with Parrot(says) as parrot, MikrotikRouter(parrot.login, QUICK) as router:
        resource = router.resource()

    assert resource.version == row["version"]
    assert resource.board == row["board-name"]
    assert resource.uptime_seconds == parse_uptime(row["uptime"])
    assert resource.cpu_load == int(row["cpu-load"])
    assert resource.cpu_count == int(row.get("cpu-count", "0"))
    assert resource.free_memory == int(row["free-memory"])


@pytest.mark.parametrize("trap", recorded("traps"), ids=lambda trap: " ".join(trap["send"]))
def test_a_refusal_keeps_its_words_and_category(trap):
    sentences = [
        ["!trap", *(f"={name}={value}" for name, value in one.items())] for one in trap["traps"]
    ]
    with (
        Parrot({"/ppp/secret/print": [*sentences, ["!done"]]}) as parrot,
        MikrotikRouter(parrot.login, QUICK) as router,
        pytest.raises(RouterRejected) as refused,
    ):
        router.secrets()

    words = " ".join("; ".join(one["message"] for one in trap["traps"]).split())
    category = trap["traps"][0].get("category")
    assert refused.value.detail == words
    assert refused.value.category == (None if category is None else int(category))
