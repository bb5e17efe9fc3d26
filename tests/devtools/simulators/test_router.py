"""/sim/router/ shows the virtual routers and turns their switches; elsewhere it does not exist."""

import pytest
from django.urls import reverse

from ispbill.devtools.sandbox import config
from ispbill.devtools.sandbox.routeros import ProfileSpec, RouterFarm, RouterSpec, SecretSpec

pytestmark = pytest.mark.django_db


@pytest.fixture
def farm(tmp_path, settings, monkeypatch):
    settings.SANDBOX_DIR = tmp_path
    spec = RouterSpec(
        name="sim-1",
        dial_delay=(0.0, 0.0),
        profiles=(ProfileSpec(name="Home 30", rate_limit="10M/30M"),),
        secrets=(
            SecretSpec(name="amina", profile="Home 30"),
            SecretSpec(name="babul", is_disabled=True),
        ),
    )
    with RouterFarm([spec], control=str(config.routers_control(tmp_path))) as farm:
        yield farm


def act(client, name, **values):
    return client.post(reverse("sim:router-act", args=["sim-1"]), {"act": name, **values})


def test_users_sessions_and_commands_are_shown(client, farm):
    farm.advance(1)

    page = client.get(reverse("sim:router"), follow=True).content.decode()

    assert 'data-secret="amina"' in page
    assert page.count('data-state="disabled"') == 1


@pytest.mark.parametrize("q", ["AMI", "ispbill:7", "home 30"])
def test_users_are_narrowed_by_name_comment_or_profile(client, farm, q):
    farm.edit_secret("sim-1", "amina", comment="ispbill:7")

    page = client.get(reverse("sim:router-named", args=["sim-1"]), {"q": q}).content.decode()

    assert 'data-secret="amina"' in page
    assert 'data-secret="babul"' not in page


def test_the_filter_stays_when_a_user_is_kicked(client, farm):
    farm.advance(1)

    answer = client.post(
        reverse("sim:router-act", args=["sim-1"]) + "?q=ami", {"act": "kick", "username": "amina"}
    )

    assert answer.url == reverse("sim:router-named", args=["sim-1"]) + "?q=ami"


def test_htmx_gets_the_part_that_changes(client, farm):
    address = reverse("sim:router-named", args=["sim-1"])

    assert "<html" in client.get(address).content.decode()
    assert "<html" not in client.get(address, headers={"HX-Request": "true"}).content.decode()


def test_the_switches_turn(client, farm):
    act(client, "offline")
    act(client, "slow")
    act(client, "fault", kind="hang")
    state = farm.routers()[0]
    assert (state["is_offline"], state["slow_seconds"]) == (True, 2.0)
    assert [fault["kind"] for fault in state["faults"]] == ["hang"]

    act(client, "online")
    act(client, "normal")
    act(client, "clear-faults")
    act(client, "reboot")
    act(client, "reset-counters")
    state = farm.routers()[0]
    assert (state["is_offline"], state["slow_seconds"], state["faults"]) == (False, 0, [])


def test_a_user_is_kicked_and_removed(client, farm):
    farm.advance(1)
    act(client, "kick", username="amina")
    act(client, "remove-secret", username="babul")

    assert [row["name"] for row in farm.secrets("sim-1")] == ["amina"]


def test_an_unknown_act_is_refused(client, farm):
    assert act(client, "explode").status_code == 400


def test_an_unknown_router_is_not_found(client, farm):
    assert client.get(reverse("sim:router-named", args=["sim-9"])).status_code == 404


def test_a_sandbox_that_does_not_run_is_explained(client, tmp_path, settings):
    settings.SANDBOX_DIR = tmp_path

    page = client.get(reverse("sim:router")).content.decode()

    assert "python3 manage.py sandbox" in page


@pytest.mark.parametrize("method", ["get", "post"])
def test_without_simulators_the_pages_do_not_exist(client, settings, method):
    settings.SIMULATORS = False

    assert client.get(reverse("sim:router")).status_code == 404
    assert act(client, "reboot").status_code == 404


def test_queues_leases_and_hotspot_users_are_shown_and_may_be_removed_by_hand(client, farm):
    farm.add_row("sim-1", "/queue/simple", name="babul", target="10.20.0.9", max_limit="1M/1M")
    farm.add_row("sim-1", "/ip/hotspot/user", name="chitra", profile="default", password="x")
    queue = next(row for row in farm.rows("sim-1", "/queue/simple") if row["name"] == "babul")
    page = client.get(reverse("sim:router-named", args=["sim-1"])).content.decode()

    act(client, "remove-row", menu="/queue/simple", row=queue[".id"])

    assert 'data-menu="/queue/simple"' in page
    assert 'data-menu="/ip/hotspot/user"' in page
    assert "babul" not in [row["name"] for row in farm.rows("sim-1", "/queue/simple")]
