"""Documents: made once for each thing to show, never in the way of anything else."""

import hashlib
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from billing.invoices.models import Document
from billing.invoices.services import documents
from billing.receivables.services import voiding
from ispbill.core import pdf
from ispbill.core.acts import Act
from tests.factories.customers import CustomerFactory
from tests.factories.payments import open_invoice, paid
from tests.queued import instead_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def invoice():
    return open_invoice(CustomerFactory(name="Amina Begum", local_name="আমিনা বেগম"))


def ask(invoice, at, language="en"):
    return documents.request(
        kind="INVOICE", source_id=invoice.pk, language=language, customer=invoice.customer, at=at
    )


def made(invoice, at, language="en"):
    row = ask(invoice, at, language)
    documents.make(document_id=row.pk, at=at)
    row.refresh_from_db()
    return row


def text_of(row):
    reader = PdfReader(documents.file_of(row))
    return "\n".join(page.extract_text() for page in reader.pages)


def test_an_invoices_file_shows_its_number_its_amounts_and_both_names(invoice, at):
    row = made(invoice, at)

    text = text_of(row)
    assert row.state == Document.State.READY
    for words in (invoice.number, "1,150.00", "Amina Begum", "05 Jan 2026", "Amount due"):
        assert words in text
    content = documents.file_of(row).read_bytes()
    assert (row.sha256, row.size_bytes) == (hashlib.sha256(content).hexdigest(), len(content))
    assert PdfReader(BytesIO(content)).metadata.title == f"Invoice {invoice.number}"


def test_a_bangla_invoice_leads_in_bangla(invoice, at):
    row = made(invoice, at, "bn")

    assert PdfReader(documents.file_of(row)).metadata.title.startswith("চালান")


def test_asking_twice_makes_it_once(invoice, at, monkeypatch):
    row = made(invoice, at)
    monkeypatch.setattr(pdf, "render", lambda *_, **__: pytest.fail("rendered again"))

    again = ask(invoice, at + timedelta(hours=1))
    remade = documents.make(document_id=again.pk, at=at)

    assert (again.pk, again.state, remade) == (row.pk, Document.State.READY, False)
    assert Document.objects.count() == 1


def test_a_payment_has_it_made_anew_and_the_old_file_goes(invoice, at):
    before = made(invoice, at)
    old_file = documents.file_of(before)
    paid(invoice.customer, "1150.00", at=at)

    asked = ask(invoice, at)
    state_while_waiting = asked.state
    after = made(invoice, at)

    assert state_while_waiting == Document.State.REQUESTED
    assert after.sha256 != before.sha256
    assert "PAID" in text_of(after)
    assert not old_file.exists()


def test_a_void_invoice_says_so_with_its_reason(invoice, at):
    voiding.void(
        invoice=invoice, act=Act(None, at, on=at.date(), reason="billed to the wrong house")
    )

    text = text_of(made(invoice, at))

    assert "VOID" in text
    assert "billed to the wrong house" in text


def test_a_worker_killed_in_the_middle_leaves_the_row_for_the_sweep(invoice, at, monkeypatch):
    row = ask(invoice, at)

    class Killed(BaseException):
        pass

    def killed(*_, **__):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(pdf, "render", killed)
        with pytest.raises(Killed):
            documents.make(document_id=row.pk, at=at)
    row.refresh_from_db()
    state_after_the_kill = row.state
    rung = []
    instead_of(monkeypatch, "billing.make_document", rung.append)

    documents.sweep()
    documents.make(document_id=rung[0]["document_id"], at=at)

    row.refresh_from_db()
    assert state_after_the_kill == Document.State.REQUESTED
    assert rung == [{"document_id": row.pk}]
    assert row.state == Document.State.READY


def test_a_document_that_kills_every_worker_is_given_up(invoice, at):
    row = ask(invoice, at)
    Document.objects.filter(pk=row.pk).update(attempts=documents.REQUESTS.most_attempts)

    documents.make(document_id=row.pk, at=at)

    row.refresh_from_db()
    assert row.state == Document.State.FAILED


def test_a_failure_is_kept_and_retry_makes_it(invoice, at, monkeypatch):
    def broken(*_, **__):
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(pdf, "render", broken)
        failed = made(invoice, at)

    asked_again = ask(invoice, at)
    documents.retry(document=failed, at=at)
    documents.make(document_id=failed.pk, at=at)

    failed.refresh_from_db()
    assert (asked_again.state, asked_again.error) == (Document.State.FAILED, "OSError: disk full")
    assert failed.state == Document.State.READY


def test_a_lost_file_is_made_again_with_the_same_bytes(invoice, at):
    row = made(invoice, at)
    Path(documents.file_of(row)).unlink()

    again = made(invoice, at)

    assert again.sha256 == row.sha256
    assert documents.file_of(again).exists()


def test_a_receipt_shows_what_it_paid_on_sheet_and_slip(invoice, at):
    payment = paid(invoice.customer, "2000.00", at=at)
    for variant in ("A4", "80MM"):
        row = documents.request(
            kind="RECEIPT",
            source_id=payment.pk,
            language="en",
            customer=invoice.customer,
            variant=variant,
            at=at,
        )
        documents.make(document_id=row.pk, at=at)
        row.refresh_from_db()

        text = text_of(row)

        for words in (payment.receipt_number, "2,000.00", invoice.number, "850.00"):
            assert words in text


def test_a_statement_runs_from_opening_to_closing_balance(invoice, at):
    paid(invoice.customer, "150.00", at=at)
    row = documents.request(
        kind="STATEMENT",
        source_id=invoice.customer_id,
        language="en",
        customer=invoice.customer,
        variant="2026-01-02..2026-01-31",
        at=at,
    )
    documents.make(document_id=row.pk, at=at)
    row.refresh_from_db()

    text = text_of(row)

    for words in ("Opening balance", "1,150.00", "150.00", "Closing balance", "1,000.00"):
        assert words in text
