"""create_staff, doctor and rotate_keys."""

import base64
import json
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db.models import TextField

from ispbill.accounts.models import TotpDevice, User
from ispbill.accounts.services import second_factor
from ispbill.audit.models import JobRun
from ispbill.core import crypto
from ispbill.portals.queries import diagnosis
from ispbill.portals.services import key_rotation
from network.models import Router
from network.services import connections
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.network import RouterFactory

pytestmark = pytest.mark.django_db

NEW = "new:" + base64.b64encode(b"n" * 32).decode()


def run(*arguments):
    out = StringIO()
    call_command(*arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


# --- create_staff


def test_a_person_is_made_once_with_a_temporary_password():
    made = json.loads(run("create_staff", "--role", "owner", "--email", "A@b.test", "--json"))
    again = json.loads(run("create_staff", "--role", "owner", "--email", "a@b.test", "--json"))

    user = User.objects.get(login="a@b.test")
    assert user.check_password(made["temporary_password"])
    assert user.must_change_password
    assert again == {"login": "a@b.test", "role": "OWNER", "created": False}
    assert JobRun.objects.get(job="create_staff").status == "COMPLETED"


@pytest.mark.parametrize(
    "arguments",
    [
        ("--role", "customer", "--email", "a@b.test"),
        ("--role", "owner", "--email", "not an address"),
        ("--role", "branch_manager", "--email", "a@b.test"),
        ("--role", "owner", "--email", "a@b.test", "--branch", "NOWHERE"),
    ],
)
def test_what_cannot_be_made_is_refused(arguments):
    with pytest.raises(CommandError):
        run("create_staff", *arguments)

    assert not User.objects.exists()


def test_a_branch_manager_gets_the_branch():
    branch = BranchFactory(code="CTG")

    run("create_staff", "--role", "branch_manager", "--email", "a@b.test", "--branch", "CTG")

    assert User.objects.get().branch == branch


# --- doctor


def test_the_doctor_finds_this_installation_well():
    told = json.loads(run("doctor", "--json"))

    assert told["ok"], told
    assert {check["name"] for check in told["checks"]} >= {"roles", "row-level security", "pdf"}
    assert JobRun.objects.filter(job="doctor", status="COMPLETED").exists()


def test_the_doctor_says_what_is_wrong_and_leaves_with_one(settings, monkeypatch):
    broken = {**settings.CACHES["default"], "LOCATION": "redis://:secret@127.0.0.1:1/2"}
    settings.CACHES = {"default": broken}
    out = StringIO()

    with pytest.raises(SystemExit) as left:
        call_command("doctor", stdout=out, stderr=StringIO())

    assert left.value.code == 1
    assert "WRONG redis" in out.getvalue()
    assert "secret" not in out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_the_doctor_sees_an_open_table():
    from tests.database import owner_connection

    with owner_connection(autocommit=True) as owner:
        owner.execute("ALTER TABLE billing_invoice NO FORCE ROW LEVEL SECURITY")
        try:
            found = {finding.name: finding.problem for finding in diagnosis.examine()}
        finally:
            owner.execute("ALTER TABLE billing_invoice FORCE ROW LEVEL SECURITY")

    assert found["row-level security"] == "not forced on billing_invoice"


# --- rotate_keys


@pytest.fixture
def secrets():
    """One secret of each kind, sealed with the key of the settings."""
    second_factor.start(user=UserFactory())
    router = RouterFactory()
    customer = CustomerFactory()
    from customers.services import profile

    profile.seal_national_id(customer, "1234567890")
    customer.save()
    return router, customer


def test_every_sealed_column_is_on_the_list():
    there = {
        (model._meta.label, field.name)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.name.startswith("sealed_") and isinstance(field, TextField)
    }

    assert {(row.model._meta.label, row.column) for row in key_rotation.COLUMNS} == there


def test_secrets_are_sealed_anew_and_the_old_key_can_go(secrets, settings):
    router, customer = secrets
    old = settings.FIELD_KEYS
    settings.FIELD_KEYS = [NEW, *old]

    first = json.loads(run("rotate_keys", "--json"))
    second = json.loads(run("rotate_keys", "--json"))
    settings.FIELD_KEYS = [NEW]
    third = json.loads(run("rotate_keys", "--json"))

    counts = [(told["sealed"], told["current"], told["unreadable"]) for told in (first, second)]
    assert counts == [(3, 0, 0), (0, 3, 0)]
    assert third["sealed"] == 1  # the fingerprint, which the old key had made
    router = Router.objects.get(pk=router.pk)
    assert connections.password_of(router) == "router-password"
    assert second_factor.secret(TotpDevice.objects.get())
    customer.refresh_from_db()
    assert customer.national_id_fingerprint == crypto.fingerprint(
        "1234567890", purpose="national_id"
    )


def test_a_value_no_key_opens_is_told_and_the_rest_goes_on(secrets, settings):
    router, _customer = secrets
    Router.objects.filter(pk=router.pk).update(sealed_password="gone.AAAA")
    settings.FIELD_KEYS = [NEW, *settings.FIELD_KEYS]

    with pytest.raises(CommandError) as left:
        run("rotate_keys")

    assert left.value.returncode == 1
    job = JobRun.objects.get(job="rotate_keys")
    assert (job.status, job.processed, job.failed) == ("PARTIAL", 2, 1)
    assert job.problems.get().item_id == router.pk
