"""Who gets which PDF, and what they see while it is being made."""

import pytest
from django.urls import reverse

from billing.invoices.models import Document
from billing.invoices.services import documents
from customers.services.portal_access import open_portal_access
from ispbill.accounts.models import User
from ispbill.core import pdf
from ispbill.core.acts import Act
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.payments import open_invoice

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def invoice():
    return open_invoice(CustomerFactory())


def portal_client(client, customer, at):
    client.force_login(open_portal_access(customer=customer, act=Act(None, at)))
    return client


def address(invoice, audience="portal"):
    return reverse(f"{audience}_billing:invoice-pdf", args=[invoice.number])


def test_the_first_visit_waits_and_the_second_gets_the_file(client, invoice, at):
    portal_client(client, invoice.customer, at)

    waiting = client.get(address(invoice))
    documents.make(document_id=Document.objects.get().pk, at=at)
    ready = client.get(address(invoice))

    assert waiting.status_code == 202
    assert 'hx-trigger="every 1s"' in waiting.content.decode()
    assert '<meta http-equiv="refresh"' in waiting.content.decode()
    assert ready["Content-Type"] == "application/pdf"
    assert ready["Content-Disposition"] == f'inline; filename="{invoice.number}.pdf"'
    assert ready["Cache-Control"] == "private, no-store"
    assert ready["X-Content-Type-Options"] == "nosniff"
    assert b"".join(ready.streaming_content).startswith(b"%PDF-")


def test_htmx_is_told_when_the_file_is_there(client, invoice, at):
    portal_client(client, invoice.customer, at)
    client.get(address(invoice))

    before = client.get(address(invoice), headers={"HX-Request": "true"}).content.decode()
    documents.make(document_id=Document.objects.get().pk, at=at)
    after = client.get(address(invoice), headers={"HX-Request": "true"}).content.decode()

    assert "every 1s" in before
    assert "every 1s" not in after
    assert "Open PDF" in after


def test_somebody_elses_invoice_is_not_there(client, invoice, at):
    portal_client(client, CustomerFactory(), at)

    assert client.get(address(invoice)).status_code == 404
    assert Document.objects.count() == 0


def test_a_branch_manager_gets_only_the_branchs(client, invoice):
    elsewhere = UserFactory(role=User.Role.BRANCH_MANAGER, branch=BranchFactory())
    client.force_login(elsewhere)

    assert client.get(address(invoice, "staff")).status_code == 404


def test_staff_without_the_capability_are_refused(client, invoice):
    client.force_login(UserFactory(role=User.Role.NOC))

    assert client.get(address(invoice, "staff")).status_code == 403


def test_a_failed_one_offers_retry_and_retry_asks_again(client, invoice):
    client.force_login(UserFactory())
    client.get(address(invoice, "staff"))
    Document.objects.update(state="FAILED", error="disk full")

    failed = client.get(address(invoice, "staff")).content.decode()
    client.post(address(invoice, "staff"))

    assert "Retry" in failed
    assert "disk full" not in failed
    assert Document.objects.get().state == "REQUESTED"


def test_without_pdf_libraries_the_same_document_is_a_page_to_print(client, invoice, monkeypatch):
    monkeypatch.setattr(pdf, "is_available", lambda: False)
    client.force_login(UserFactory())

    page = client.get(address(invoice, "staff"))

    assert page["Content-Type"].startswith("text/html")
    assert invoice.number in page.content.decode()
    assert "<style>" not in page.content.decode()


def test_a_statement_of_somebody_else_is_not_there(client, invoice, at):
    portal_client(client, CustomerFactory(), at)

    found = client.get(reverse("portal_billing:statement-pdf", args=[invoice.customer.number]))

    assert found.status_code == 404
