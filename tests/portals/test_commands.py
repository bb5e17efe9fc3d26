"""create_staff and doctor."""

import base64
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from ispbill.accounts.models import User
from ispbill.audit.models import JobRun
from ispbill.portals.queries import diagnosis
from tests.factories.accounts import BranchFactory

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


@pytest.mark.django_db(transaction=True)
def test_the_doctor_names_a_guard_that_is_not_what_its_file_says():
    from tests.database import owner_connection

    with owner_connection(autocommit=True) as owner:
        owner.execute("ALTER TABLE billing_invoiceline DISABLE TRIGGER line_frozen")
        try:
            found = {finding.name: finding for finding in diagnosis.examine()}
        finally:
            owner.execute("ALTER TABLE billing_invoiceline ENABLE TRIGGER line_frozen")

    assert found["guards"].problem == (
        "differs: trigger line_frozen on billing_invoiceline"
        " (billing/invoices/guards/freeze_line.sql)"
    )
    assert "guards --install" in found["guards"].advice
