"""Amina's line was down for days. The office credits a paid bill; she finds the note herself."""

import io
import re

from playwright.sync_api import expect
from pypdf import PdfReader

from billing.invoices.models import CreditNote, Invoice
from customers.models import AccountState, Customer
from ispbill.core.models import Company
from ispbill.reports.queries import proofs
from tests.journeys.conftest import eventually


def test_a_paid_bill_is_credited_approved_and_found_in_the_portal(visit):
    amina = Customer.objects.get(phone="+8801711000001")
    invoice = Invoice.objects.filter(customer=amina, status="OPEN", paid_amount__gt=0).latest("pk")
    assert invoice.is_paid
    Company.objects.update(credit_limit_amount=100)
    Company.forget_cached()
    page = visit("billing@demo.test")

    page.goto(f"/admin/invoices/{invoice.number}/")
    expect(page.get_by_role("link", name="Void invoice")).to_have_count(0)
    page.get_by_role("link", name="Issue credit note").click()
    dialog = page.locator("dialog[open]")
    dialog.locator("input[name^=net_]").first.fill("200")
    expect(dialog.get_by_text("230.00").first).to_be_visible()  # with 15 % on top, before saving
    expect(dialog.get_by_text("stays as credit")).to_be_visible()
    expect(dialog.get_by_text("somebody else has to approve")).to_be_visible()
    dialog.get_by_label("Reason", exact=True).select_option("OUTAGE")
    dialog.get_by_label("What happened").fill("Cable cut in the street for six days")
    dialog.get_by_role("button", name="Issue credit note").click()
    expect(page.get_by_text("waits for approval").first).to_be_visible()
    assert CreditNote.objects.count() == 0

    owner = visit("owner@demo.test")
    owner.goto("/admin/")
    owner.get_by_role("link", name=re.compile("Open the inbox")).click()
    expect(owner.get_by_text("Credit note asked by").first).to_be_visible()
    owner.goto("/admin/approvals/")
    expect(owner.get_by_role("heading", name="Approvals")).to_be_visible()
    owner.get_by_role("link", name="Decide").click()
    owner.get_by_role("button", name="Approve", exact=True).click()
    expect(owner.get_by_text("Nothing waits for approval")).to_be_visible()

    note = CreditNote.objects.get()
    assert (note.number, str(note.total_amount)) == ("CN-2026-00001", "230.00")
    invoice.refresh_from_db()
    assert (str(invoice.paid_amount), str(invoice.amount_due)) == ("920.00", "0.00")
    assert str(AccountState.objects.get(customer=amina).balance_amount) == "-230.00"

    portal = visit("01711000001", door="/portal/login", width=360)
    portal.goto(f"/portal/invoices/{invoice.number}/")
    expect(portal.get_by_text(note.number)).to_be_visible()

    def ready():
        answer = portal.request.get(f"/portal/credits/{note.number}/pdf/")
        return answer if answer.headers["content-type"] == "application/pdf" else None

    eventually(ready, seconds=20, what="the PDF")
    text = "".join(part.extract_text() for part in PdfReader(io.BytesIO(ready().body())).pages)
    assert note.number in text
    assert proofs.check_all() == []
