"""A new router is asked once a day for whole rows, and what is new to us is noted."""

from datetime import timedelta

import pytest

from ispbill.core.acts import Act
from ispbill.devtools.sandbox.routeros import RouterFarm, RouterSpec, SecretSpec, UserSpec
from network.models import ProtocolNote
from network.queries import routers as queries
from network.services import health, routers
from tests.factories.accounts import BranchFactory
from tests.factories.network import RouterFactory
from tests.network.farms import known
from tests.network.parrot import Parrot, table
from tests.queued import instead_of

pytestmark = pytest.mark.django_db(transaction=True)

SECRET = {".id": "*1", "name": "amina", "password": "hush-hush", "service": "carrier-pigeon",
          "comment": "Amina 01711000001", "quantum-state": "both of 2"}  # fmt: skip
SAYS = {
    "/system/resource/print": table([{"version": "8.1", "board-name": "CCR"}]),
    "/system/identity/print": table([{"name": "edge"}]),
    "/ppp/secret/print": table([SECRET]),
    "/ppp/profile/print": [["!trap", "=message=no such command"], ["!done"]],
}


def check(router, at):
    assert health.check_router(router_id=router.pk, now=lambda: at)


def asked_for(parrot):
    return [words[0] for words in parrot.heard if words[1:] == []]


@pytest.fixture
def parrot():
    with Parrot(SAYS) as parrot:
        yield parrot


@pytest.fixture
def router(parrot, at):
    return RouterFactory(host=parrot.login.host, port=parrot.login.port, added_at=at)


def test_a_router_is_known_to_be_new_from_the_day_it_is_added(at, monkeypatch):
    instead_of(monkeypatch, "network.check_router")

    router = routers.add(
        values={
            "name": "core",
            "host": "10.1.1.1",
            "port": 8728,
            "username": "api",
            "branch": BranchFactory(),
        },
        password="s3cret-pass",
        act=Act(None, at),
    )

    assert router.added_at == at


def test_fields_and_states_no_router_had_are_noted_without_what_they_say_of_people(router, at):
    check(router, at)

    news = [
        (note.kind, note.menu, note.name, note.value, note.sample)
        for note in queries.notes_of(router)
        if note.kind != ProtocolNote.Kind.ANSWER
    ]
    assert news == [
        ("FIELD", "/ppp/secret", "quantum-state", "", "xxxx xx 9"),
        ("STATE", "/ppp/secret", "service", "carrier-pigeon", ""),
    ]


def test_a_sample_of_each_answer_is_kept_without_secrets(router, at):
    check(router, at)

    kept = {note.menu: note.sample for note in queries.notes_of(router) if note.kind == "ANSWER"}
    assert set(kept) == {"/ppp/secret", "/ppp/active", "/system/resource"}
    assert '"name": "xxxxx"' in kept["/ppp/secret"]
    everything = " ".join(str(note.__dict__) for note in ProtocolNote.objects.all())
    assert [word for word in ("hush", "Amina", "amina", "0171") if word in everything] == []


def test_the_rows_are_asked_for_once_a_day_and_no_more_after_the_first_weeks(
    router, parrot, at, settings
):
    settings.ROUTER_RECORDING_DAYS = 14

    for days in (0, 0.5, 1, 13.9, 14, 30):
        parrot.heard.clear()
        check(router, at + timedelta(days=days))
        is_expected = days in (0, 1, 13.9)

        assert ("/ppp/secret/print" in asked_for(parrot)) is is_expected, days

    secret = ProtocolNote.objects.get(menu="/ppp/secret", kind="FIELD")
    assert secret.first_seen_at == at
    assert secret.last_seen_at == at + timedelta(days=13.9)


def test_nothing_is_recorded_when_it_is_switched_off_or_the_router_is_an_old_one(
    router, parrot, at, settings
):
    old = RouterFactory(host=parrot.login.host, port=parrot.login.port, name="old")
    check(old, at)
    settings.ROUTER_RECORDING_DAYS = 0
    check(router, at)

    assert not ProtocolNote.objects.exists()


def test_the_sandbox_says_nothing_new(at):
    reader = UserSpec(name="reader", password="router-password", policies=("api", "read"))
    spec = RouterSpec(
        name="r1",
        dial_delay=(0.0, 0.0),
        users=(reader,),
        secrets=(SecretSpec(name="amina", password="hush-hush"),),
    )
    with RouterFarm([spec]) as farm:
        farm.kick("r1", "amina")
        router = known(farm, "r1", added_at=at)
        check(router, at)

    assert {note.kind for note in queries.notes_of(router)} == {"ANSWER"}
    assert "hush" not in " ".join(note.sample for note in queries.notes_of(router))


def test_a_flood_of_new_fields_is_cut_short(parrot, router, at):
    parrot.says["/ppp/secret/print"] = table([{f"new-{n}": "1" for n in range(500)}])

    check(router, at)

    assert ProtocolNote.objects.count() < 100
