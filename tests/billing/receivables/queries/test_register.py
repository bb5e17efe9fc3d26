"""The list of invoices finds a customer's by name, as the customers' list does."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.urls import reverse

from billing.invoices.models import Invoice
from billing.invoices.queries import bills
from billing.receivables.queries import register
from billing.receivables.queries.register import Filters
from customers.models import Customer
from ispbill.accounts.models import User
from ispbill.devtools.bench import plans
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.payments import open_invoice

pytestmark = pytest.mark.django_db

ON = date(2026, 1, 10)


def a_bill(name, **customer):
    made = CustomerFactory(name=name, **customer)
    return open_invoice(made, amount="100.00", due=date(2026, 1, 5))


def found(text, user=None):
    reach = Invoice.objects.all() if user is None else bills.visible_to(user)
    narrowed = register.filtered(reach, Filters(q=text), on=ON)
    return sorted(row.customer_name for row in register.page(narrowed, on=ON).rows)


@pytest.mark.parametrize("text", ["chitra", "Chitra Ray", "chitta roi", "চিত্রা", "ray"])
def test_a_name_in_any_spelling_finds_the_bills(text):
    a_bill("Chitra Ray", local_name="চিত্রা রায়")
    a_bill("Bimal Das")

    assert found(text) == ["Chitra Ray"]


def test_numbers_are_numbers_still():
    bill = a_bill("Chitra Ray")
    a_bill("Bimal Das", address="House 12")

    assert found(str(bill.number)) == ["Chitra Ray"]
    assert found(bill.customer.number) == ["Chitra Ray"]
    assert found(str(int(str(bill.number).rsplit("-", 1)[1]))) == ["Chitra Ray"]
    assert found("nobody at all") == []


def test_bills_of_an_archived_customer_are_found(at):
    bill = a_bill("Chitra Ray")
    Customer.objects.filter(pk=bill.customer_id).update(archived_at=at)

    assert found("chitra") == ["Chitra Ray"]


def test_a_branch_manager_finds_the_branchs_bills_only():
    here, there = BranchFactory(), BranchFactory()
    a_bill("Chitra Ray", branch=here)
    a_bill("Chitra Roy", branch=there)
    manager = UserFactory(role=User.Role.BRANCH_MANAGER, branch=here)

    assert found("chitra", manager) == ["Chitra Ray"]


def test_more_customers_than_are_counted_are_found_too(monkeypatch):
    monkeypatch.setattr(register, "FEW_CUSTOMERS", 1)
    a_bill("Chitra Ray")
    a_bill("Chitra Das")
    a_bill("Bimal Das")

    assert found("chitra") == ["Chitra Das", "Chitra Ray"]
    assert register.totals(
        register.filtered(Invoice.objects.all(), Filters(q="chitra"), on=ON)
    ).total == Decimal("200.00")


def test_the_page_says_that_names_are_found(client):
    a_bill("Chitra Ray")
    a_bill("Bimal Das")
    client.force_login(UserFactory())

    page = client.get(reverse("staff_billing:invoices"), {"q": "chitta roi"}).content.decode()

    assert "Invoice number, customer number or name" in page
    assert ("Chitra Ray" in page, "Bimal Das" in page) == (True, False)


def test_names_lead_to_bills_by_the_index_of_their_customers():
    for number in range(40):
        a_bill(f"Somebody {number}")
    a_bill("Chitra Ray")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE billing_invoice, customers_customer")
        cursor.execute("SET LOCAL enable_seqscan = off")

    with plans.listening() as statements:
        found("chitta roi")

    steps = [step for step in statements.steps() if step.table == "billing_invoice"]
    assert {step.index for step in steps} <= {"invoice_customer", ""}
    assert sum(step.rows_read for step in steps) <= 2
