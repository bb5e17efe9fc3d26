"""The billing officer previews a run, confirms it, watches it, and opens a bill as PDF."""

import io
import re

from playwright.sync_api import expect
from pypdf import PdfReader

from billing.invoices.models import Invoice
from billing.run.models import BillingRun
from ispbill.reports.queries import proofs
from tests.journeys.conftest import eventually


def test_a_run_is_previewed_confirmed_and_becomes_a_pdf(visit):
    page = visit("billing@demo.test")

    page.goto("/admin/billing/runs/new/?date=2026-01-24")
    expect(page.get_by_role("heading", name="Preview run")).to_be_visible()
    shown = page.get_by_text("Babul Hossain").first
    expect(shown).to_be_visible()
    page.get_by_role("button", name="Confirm run").click()

    page.wait_for_url(re.compile(r"/admin/billing/runs/\d+/"))
    expect(page.get_by_text("Succeeded").first).to_be_visible(timeout=15_000)
    run = BillingRun.objects.get(status="COMPLETED", business_date="2026-01-24")
    invoice = Invoice.objects.get(run=run, customer__phone="+8801711000002")
    assert str(invoice.total_amount) == "1150.00"

    page.goto(f"/admin/invoices/{invoice.number}/")
    expect(page.get_by_role("heading", name=invoice.number)).to_be_visible()

    def ready():
        answer = page.request.get(f"/admin/invoices/{invoice.number}/pdf/")
        return answer if answer.headers["content-type"] == "application/pdf" else None

    eventually(ready, seconds=20, what="the PDF")
    text = "".join(part.extract_text() for part in PdfReader(io.BytesIO(ready().body())).pages)
    assert invoice.number in text
    assert "1,150.00" in text

    again = page.request.get("/admin/billing/runs/new/?date=2026-01-24").text()
    assert "Nothing is due" in again
    assert proofs.check_all() == []
