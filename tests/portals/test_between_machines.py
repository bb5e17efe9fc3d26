"""What the doctor says of a database, a Redis and a mail server on other machines."""

import pytest
from django import conf
from django.db import connections

from ispbill import environment
from ispbill.portals.queries import between_machines, diagnosis
from ispbill.upkeep.gateways import postgres
from ispbill.upkeep.services import drill
from network.radius.services import files


@pytest.fixture
def places(settings, monkeypatch):
    """Let the servers be elsewhere: `places(database=…, redis=…, mail=…, starttls=…)`."""

    def put(
        *,
        database="postgres://a@/x",
        redis="unix:///r",
        mail="localhost",
        starttls=False,
        scanner="/c",
    ):
        known = {"default": environment.database(database)}
        monkeypatch.setattr(conf.settings, "DATABASES", known)  # nobody connects to it
        settings.CELERY_BROKER_URL = environment.redis(redis)["broker"]
        settings.MESSAGE_GATEWAYS = {**settings.MESSAGE_GATEWAYS, "EMAIL": "smtp"}
        settings.EMAIL_HOST, settings.EMAIL_USE_TLS, settings.CLAMD = mail, starttls, scanner
        return between_machines.unproved()

    return put


@pytest.mark.parametrize(
    "own",
    [
        {},
        {"database": "postgres://a:b@127.0.0.1/x", "redis": "redis://[::1]:6379", "mail": "::1"},
        {"scanner": "[::1]:3310"},
        {"scanner": "localhost:3310"},
        {"database": "postgres://a@localhost/x", "redis": "redis://localhost", "mail": "127.0.0.2"},
        {
            "database": "postgres://a@db.test/x?sslmode=verify-full&sslrootcert=/a/ca.pem",
            "redis": "rediss://redis.test:6380?ssl_ca_certs=/a/ca.pem",
            "mail": "mail.test",
            "starttls": True,
        },
    ],
)
def test_sockets_loopback_and_proved_servers_are_well(places, own):
    assert places(**own) == []


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"database": "postgres://a@10.0.0.5/x"}, "DATABASE_URL: sslmode=prefer"),
        ({"database": "postgres://a@db.test/x?sslmode=require"}, "DATABASE_URL: sslmode=require"),
        ({"database": "postgres://a@/x?host=/run,db.test"}, "DATABASE_URL: sslmode=prefer"),
        ({"redis": "redis://redis.test"}, "REDIS_URL: redis://, not rediss://"),
        ({"redis": "rediss://redis.test?ssl_cert_reqs=none"}, "REDIS_URL: ssl_cert_reqs"),
        (
            {"redis": "rediss://redis.test?ssl_check_hostname=False"},
            "REDIS_URL: ssl_check_hostname",
        ),
        ({"mail": "mail.test"}, "EMAIL_HOST: EMAIL_USE_TLS=0"),
        ({"scanner": "10.0.0.5:3310"}, "CLAMD: no TLS"),
    ],
)
def test_another_machine_nobody_proves_is_named_by_its_setting(places, given, told):
    assert places(**given) == [told]


def test_a_name_said_to_be_this_machine_needs_no_proof(places, settings):
    settings.SAME_MACHINE = ["db", "redis"]

    assert places(database="postgres://a@db/x", redis="redis://redis:6379") == []
    assert places(database="postgres://a@db.test/x") == ["DATABASE_URL: sslmode=prefer"]


@pytest.mark.django_db
def test_the_doctor_only_notes_it(settings):
    settings.CELERY_BROKER_URL = "redis://:secret@redis.test:6379/0"

    found = {one.name: one for one in diagnosis.examine()}["between machines"]

    assert (found.problem, found.is_warning) == ("REDIS_URL: redis://, not rediss://", True)
    assert "several-machines.md" in found.advice


def test_copies_their_trial_and_freeradius_prove_the_server_too(monkeypatch):
    proof = "sslmode=verify-full&sslrootcert=%2Fa%2Fca.pem"
    given = environment.database(f"postgres://a:b@db.test:5433/x?{proof}")
    monkeypatch.setitem(connections["owner"].settings_dict, "OPTIONS", given["OPTIONS"])
    monkeypatch.setitem(connections["owner"].settings_dict, "HOST", "db.test")

    owner = postgres.of_alias("owner")

    told = owner.environment()
    assert (told["PGSSLMODE"], told["PGSSLROOTCERT"]) == ("verify-full", "/a/ca.pem")
    assert drill._address(owner, "y").endswith(f"/y?{proof}")
    assert files.connection_string(given).endswith("sslmode='verify-full' sslrootcert='/a/ca.pem'")
