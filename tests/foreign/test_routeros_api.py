"""The router sandbox as a library sees it that is not ours: RouterOS-api from PyPI.

It tags every sentence, the login included, and refuses an answer whose tag it does not know.
"""

from contextlib import contextmanager

import pytest
import routeros_api
from routeros_api.exceptions import RouterOsApiCommunicationError

from ispbill.devtools.sandbox.routeros import RouterFarm
from tests.foreign.conftest import make_spec


@contextmanager
def connected(farm, **changes):
    endpoint = farm.endpoint("r1")
    pool = routeros_api.RouterOsApiPool(
        endpoint["host"],
        port=endpoint["port"],
        **{
            "username": endpoint["username"],
            "password": endpoint["password"],
            "plaintext_login": True,
            **changes,
        },
    )
    pool.set_timeout(5)
    try:
        yield pool.get_api()
    finally:
        pool.disconnect()


@pytest.fixture
def api(farm):
    with connected(farm) as api:
        yield api


def test_it_logs_in_and_reads_what_the_router_is(api):
    resource = api.get_resource("/system/resource").get()

    assert [row["version"] for row in resource] == ["7.16.2 (stable)"]


def test_it_answers_the_challenge_of_an_old_router():
    with (
        RouterFarm([make_spec(version="6.42.12")]) as farm,
        connected(farm, plaintext_login=False) as api,
    ):
        assert api.get_resource("/system/identity").get() == [{"name": "r1"}]


@pytest.mark.parametrize(
    ("version", "words"),
    [("7.16.2 (stable)", "invalid user name or password"), ("6.42.12", "cannot log in")],
)
def test_a_wrong_password_is_refused(version, words):
    with (
        RouterFarm([make_spec(version=version)]) as farm,
        pytest.raises(RouterOsApiCommunicationError, match=words),
        connected(farm, password="wrong", plaintext_login=version.startswith("7")),
    ):
        pass


def test_a_secret_lives_from_add_to_remove(api):
    secrets = api.get_resource("/ppp/secret")

    made = secrets.add(name="dulal", password="hush", service="pppoe", profile="Home 30")
    row_id = made.done_message["ret"]
    secrets.set(id=row_id, disabled="yes", comment="ispbill:7")
    kept = secrets.get(name="dulal")[0]
    secrets.remove(id=row_id)

    assert (kept["id"], kept["disabled"], kept["comment"]) == (row_id, "true", "ispbill:7")
    assert [row["name"] for row in secrets.get()] == ["amina"]


def test_a_queue_is_kept_as_the_router_writes_it(api):
    queues = api.get_resource("/queue/simple")

    queues.add(name="amina", target="10.0.0.5", **{"max-limit": "5M/20M"})

    kept = queues.get(name="amina")[0]
    assert (kept["target"], kept["max-limit"]) == ("10.0.0.5/32", "5000000/20000000")


def test_an_unknown_command_is_refused_and_the_connection_goes_on(api):
    with pytest.raises(RouterOsApiCommunicationError, match="no such command"):
        api.get_resource("/ppp/secret").call("fly")

    assert api.get_resource("/system/identity").get() == [{"name": "r1"}]


def test_two_commands_in_flight_each_get_their_own_answer(api):
    names = api.get_resource("/ppp/secret").get_async()
    identity = api.get_resource("/system/identity").get_async()

    assert identity.get() == [{"name": "r1"}]
    assert [row["name"] for row in names.get()] == ["amina"]


def test_what_is_listened_to_is_told_until_it_is_cancelled(api):
    secrets = api.get_resource("/ppp/secret")
    heard = iter(secrets.call_async("listen"))

    made = secrets.add(name="eva", profile="Home 30")
    told = next(heard)
    secrets.remove(id=made.done_message["ret"])
    gone = next(heard)
    # It numbers its commands; the login was the first.
    api.get_resource("/").call("cancel", {"tag": "2"})

    assert (told["name"], told["profile"]) == ("eva", "Home 30")
    assert gone == {"id": made.done_message["ret"], ".dead": "true"}
    with pytest.raises(RouterOsApiCommunicationError, match="interrupted"):
        list(heard)


def test_nothing_found_is_an_empty_answer_in_the_new_way_too():
    with RouterFarm([make_spec(version="7.18.2 (stable)")]) as farm, connected(farm) as api:
        assert api.get_resource("/ppp/secret").get(name="nobody") == []
