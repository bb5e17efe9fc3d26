"""Commands of the customers app."""

import csv
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from customers.models import Customer
from ispbill.accounts.models import User
from ispbill.audit.models import JobRun
from ispbill.core.acts import Act
from tests.customers.details import details
from tests.factories.accounts import UserFactory
from tests.factories.customers import AreaFactory, CustomerFactory


def run(name, *arguments):
    out = StringIO()
    call_command(name, *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_duplicates_are_found_by_each_sign_and_marked():
    area = AreaFactory()
    homes = {"area": area, "address": "House 7, Road 3"}
    phone = {"phone": "+8801711000001", "allows_shared_phone": True, "area": area}
    same, shared = [CustomerFactory(name=f"Salma Khan {n}", address=n, **phone) for n in "AB"]
    mail = [
        CustomerFactory(name=f"Nila Roy {n}", email="x@example.com", address=f"M{n}") for n in "12"
    ]
    card = [
        CustomerFactory(name=f"Jamal Mia {n}", national_id_fingerprint="f" * 64, address=f"N{n}")
        for n in "12"
    ]
    alike = [
        CustomerFactory(name="Md. Rahim Uddin", **homes),
        CustomerFactory(name="Rahim Udin", **homes | {"address": "H-7 R-3"}),
    ]
    CustomerFactory(name="Karim Ahmed", **homes)
    CustomerFactory(email="x@example.com", status="CANCELLED", address="gone")
    innocent = CustomerFactory(name="Eva Das", address="elsewhere", is_duplicate_suspect=True)

    told = json.loads(run("find_duplicates", "--json"))

    assert [(pair["score"], pair["why"], pair["numbers"]) for pair in told["pairs"]] == [
        (80, ["national_id", "name"], [one.number for one in card]),
        (60, ["phone", "name"], [same.number, shared.number]),
        (50, ["email", "name"], [one.number for one in mail]),
        (40, ["name", "address"], [one.number for one in alike]),
    ]
    suspects = Customer.objects.filter(is_duplicate_suspect=True).values_list("pk", flat=True)
    assert set(suspects) == {one.pk for one in (same, shared, *mail, *card, *alike)}
    assert innocent.pk not in set(suspects)
    assert JobRun.objects.get(job="find_duplicates").status == "COMPLETED"


@pytest.mark.django_db
def test_finding_duplicates_again_changes_nothing():
    CustomerFactory(email="x@example.com", address="A")
    CustomerFactory(email="x@example.com", address="B")
    run("find_duplicates")

    assert json.loads(run("find_duplicates", "--json"))["marks_changed"] == 0
    assert "0 likely pairs, 1 worth a look." in run("find_duplicates")


@pytest.mark.django_db
def test_a_value_of_more_than_twenty_accounts_says_nothing():
    for n in range(21):
        CustomerFactory(name="abcdefghijklmnopqrstu"[n] * 8, email="shop@x.test", address=f"A{n}")

    assert json.loads(run("find_duplicates", "--json"))["pairs"] == []


@pytest.mark.django_db(transaction=True)
def test_all_data_is_exported_without_secrets(tmp_path, at):
    from customers.services import registration

    UserFactory(name="Olive Owner", password="Secret-12345!")
    registration.register(
        details=details(national_id="198405012345"), act=Act(None, at, on=at.date())
    )

    manifest = json.loads(run("export_data", str(tmp_path / "out"), "--json"))

    text = (tmp_path / "out" / "customers_customer.csv").read_text()
    rows = list(csv.DictReader(StringIO(text)))
    assert [row["name"] for row in rows] == ["Amina Begum"]
    assert manifest["rows"]["customers_customer"] == 1
    everything = "".join(path.read_text() for path in (tmp_path / "out").iterdir())
    password = User.objects.get(name="Olive Owner").password
    sealed = Customer.objects.get().sealed_national_id
    assert password not in everything
    assert sealed not in everything
    assert "198405012345" not in everything
    assert not (tmp_path / "out" / "accounts_totpdevice.csv").exists()
    assert not (tmp_path / "out" / "audit_rowversion.csv").exists()


@pytest.mark.django_db
def test_data_is_not_exported_over_other_files(tmp_path):
    (tmp_path / "note.txt").write_text("mine")

    with pytest.raises(CommandError):
        run("export_data", str(tmp_path))
