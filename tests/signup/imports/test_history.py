"""Orders, payments and bills of the former system; leads; national ids: taken in to be read."""

import csv
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from billing.allocation.models import Payment
from billing.invoices.models import Invoice
from customers.models import AccountState, Customer, Lead
from ispbill.core import crypto
from ispbill.core.acts import Act
from signup.imports.models import Import, ImportRow
from signup.imports.services import checking, going_live, running, undoing, uploading, working
from signup.imports.services.steps import WrongStep
from signup.legacy.models import LegacyRecord
from signup.legacy.services import backfilling
from tests.factories.accounts import UserFactory
from tests.factories.customers import (
    AreaFactory,
    CustomerFactory,
    PackageFactory,
    PackagePriceFactory,
)

pytestmark = pytest.mark.django_db
WHY = "we move in from the old system"
CUSTOMERS = [
    "id,name,phone,nid,area,package,status",
    "7,Amina Begum,01711000001,1984050123456,Uttara,Home 30,active",
]
PAYMENTS = [
    "receipt,customer id,date,amount,method",
    "R-1,7,2025-11-05,1150.00,bKash",
    "R-2,CT-2026-00900,2025-11-06,500,cash",
    "R-3,99,2025-11-07,500,cash",
    "R-4,7,2025-31-11,x,cash",
]


@pytest.fixture(autouse=True)
def place():
    AreaFactory(name="Uttara")
    PackagePriceFactory(package=PackageFactory(name="Home 30"))


@pytest.fixture
def owner():
    return UserFactory(role="OWNER")


def act(owner):
    return Act.now(owner, reason=WHY)


def checked(owner, lines, *, kind="CUSTOMERS", system="PLAIN"):
    content = "\n".join(lines).encode()
    batch = uploading.upload(
        name="old.csv", content=content, system=system, kind=kind, act=act(owner)
    )
    checking.start(batch=batch, act=act(owner))
    working.work(import_id=batch.pk)
    return Import.objects.get(pk=batch.pk)


def taken_in(owner, lines, **more):
    batch = checked(owner, lines, **more)
    running.start(batch=batch, act=act(owner))
    working.work(import_id=batch.pk)
    return Import.objects.get(pk=batch.pk)


def codes(batch):
    return [[code for _c, code, _m in row.problems] for row in batch.rows.order_by("row_no")]


def test_payments_and_bills_are_history_and_move_no_money(owner):
    taken_in(owner, CUSTOMERS)
    other = CustomerFactory(number="CT-2026-00900")

    batch = taken_in(owner, PAYMENTS, kind="PAYMENTS")

    assert codes(batch) == [[], [], ["unknown_customer"], ["bad_date", "bad_amount"]]
    amina = Customer.objects.exclude(pk=other.pk).get()
    kept = LegacyRecord.objects.order_by("pk").values_list(
        "kind", "source_id", "customer", "on", "amount", "status", "matched_by"
    )
    assert list(kept) == [
        ("PAYMENT", "R-1", amina.pk, date(2025, 11, 5), Decimal("1150.00"), "bKash", "SOURCE"),
        ("PAYMENT", "R-2", other.pk, date(2025, 11, 6), Decimal("500.00"), "cash", "SOURCE"),
    ]
    assert not Payment.objects.exists()
    assert not Invoice.objects.exists()
    assert AccountState.objects.get(customer=amina).balance_amount == 0


def test_history_is_taken_in_once_and_does_not_go_live(owner):
    taken_in(owner, CUSTOMERS)
    taken_in(owner, PAYMENTS[:2], kind="PAYMENTS")
    changed = [PAYMENTS[0], PAYMENTS[1].replace("1150", "1200")]

    again = taken_in(owner, PAYMENTS[:2], kind="PAYMENTS")
    other = taken_in(owner, changed, kind="PAYMENTS")
    bills = taken_in(owner, PAYMENTS[:2], kind="BILLS")

    states = [batch.rows.get().state for batch in (again, other, bills)]
    assert states == ["SAME", "CHANGED", "MADE"]
    with pytest.raises(WrongStep):
        going_live.start(batch=bills, act=act(owner))


def test_orders_are_taken_in_and_then_matched(owner):
    customer = CustomerFactory(email="amina@mail.test")
    lines = [
        "order_number,email,phone,name,created_at,total",
        "CT-ORD-1,Amina@mail.test,,Amina,2025-01-05,1150",
        "CT-ORD-1,Amina@mail.test,,Amina,2025-01-05,1150",
        ",x@mail.test,,,,",
    ]

    batch = taken_in(owner, lines, kind="ORDERS")
    backfilling.run(act=act(owner))

    assert codes(batch) == [[], ["duplicate_in_file"], ["missing"]]
    order = LegacyRecord.objects.get()
    assert (order.source_id, order.customer, order.amount) == ("CT-ORD-1", customer, 1150)


def test_undone_history_goes_but_for_what_a_person_decided(owner):
    taken_in(owner, CUSTOMERS)
    batch = taken_in(owner, PAYMENTS[:2], kind="PAYMENTS")

    undoing.start(batch=batch, act=act(owner))
    working.work(import_id=batch.pk)

    assert not LegacyRecord.objects.exists()
    assert batch.rows.get().state == "UNDONE"


def test_a_national_id_is_never_kept_in_the_open(owner):
    batch = checked(owner, CUSTOMERS)
    [row] = batch.rows.all()
    assert "1984050123456" not in "".join(row.cells)
    assert b"1984050123456" not in bytes(Import.objects.get(pk=batch.pk).content)

    running.start(batch=batch, act=act(owner))
    working.work(import_id=batch.pk)

    customer = Customer.objects.get()
    context = f"customers.customer:{customer.seal_id}:national_id"
    assert crypto.unseal(customer.sealed_national_id, context=context) == "1984050123456"
    assert ImportRow.objects.get().cells[3] == ""


def test_the_page_shows_no_national_id(client, owner):
    batch = checked(owner, CUSTOMERS)
    client.force_login(owner)

    page = client.get(reverse("staff_signup:import", args=[batch.pk])).content.decode()

    assert ("•••" in page, "1984050123456" in page, "sealed:" in page) == (True, False, False)


def test_who_is_a_lead_there_is_a_lead_here(owner):
    lines = [
        "userIdent,clientName,phone,city,isLead,servicePlanName,status",
        "7,Amina,01711000001,Uttara,1,Home 30,1",
        "8,Babul,01711000002,Uttara,0,Home 30,1",
    ]

    batch = taken_in(owner, lines, system="UISP")

    assert codes(batch) == [[], []]
    lead = Lead.objects.get()
    assert (lead.name, lead.phone, lead.stage, lead.source) == (
        "Amina",
        "+8801711000001",
        "NEW",
        "UISP CRM",
    )
    assert Customer.objects.get().name == "Babul"
    undoing.start(batch=batch, act=act(owner))
    working.work(import_id=batch.pk)
    lead.refresh_from_db()
    assert lead.stage == "LOST"


@pytest.mark.parametrize("kind", ["ORDERS", "PAYMENTS", "BILLS"])
def test_columns_of_history_are_named_on_their_page(client, owner, kind):
    client.force_login(owner)
    batch = checked(owner, PAYMENTS[:2], kind=kind)

    page = client.get(reverse("staff_signup:import-columns", args=[batch.pk]))

    assert page.status_code == 200
    assert 'name="column_on"' in page.content.decode()
    assert 'name="package"' not in page.content.decode()
    assert next(csv.reader([PAYMENTS[0]]))[0] in page.content.decode()
