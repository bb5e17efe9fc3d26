"""Why a bill changed, in words a customer can follow: on the note, the bill and the page."""

from datetime import date
from decimal import Decimal

import pytest

from billing.changes.queries import change_paper
from billing.changes.services import service_states
from billing.invoices.models import CreditNote
from billing.invoices.queries import invoice_paper
from billing.invoices.services import documents
from billing.invoices.services.documents import Wanted
from billing.receivables.queries import credit_paper
from ispbill.notifications.models import Message
from tests.factories.acts import acting
from tests.factories.changes import approved, asked, billed_service, priced_package

pytestmark = pytest.mark.django_db(transaction=True)

START, ON = date(2026, 1, 10), date(2026, 1, 30)


@pytest.fixture
def change(at):
    """From 10 January a stub at 1,000; from the 30th a package of 1,500."""
    service = billed_service("1000.00", start=START)
    better = priced_package("1500.00", name="Home 50", local_name="হোম ৫০")
    return approved(asked(service, better, on=ON, at=at), on=ON, at=at)


def test_a_change_in_a_first_stub_is_explained_by_the_price_of_the_period(change):
    lines = invoice_paper.context(change.invoice_id, "en")["lines"]

    assert [(line["days"], line["reason"], line["amount"]) for line in lines] == [
        ("30 Jan – 04 Feb 2026 (6 days)", "6 of 31 days × ৳\u202f1,500.00", "৳\u202f290.32")
    ]


def test_its_credit_note_shows_its_arithmetic_and_a_reason_a_customer_can_read(change):
    note = CreditNote.objects.get()

    english = credit_paper.context(note.pk, "en")
    bangla = credit_paper.context(note.pk, "bn")

    assert english["lines"][0]["reason"] == "6 of 31 days × ৳\u202f1,000.00"
    name = change.package_from.name
    assert english["reason"] == f"Package changed from {name} to Home 50 on 30 Jan 2026"
    assert bangla["reason"] == f"30 জানুয়ারি 2026 থেকে প্যাকেজ {name} এর বদলে হোম ৫০"
    assert "as quoted" in note.reason  # what staff and the trail read


def test_the_page_of_why_has_both_packages_days_credit_tax_and_net(change):
    page = change_paper.context(change.pk, "en")

    assert [row["reason"] for row in page["credits"]] == ["6 of 31 days × ৳\u202f1,000.00"]
    assert [row["reason"] for row in page["charges"]] == ["6 of 31 days × ৳\u202f1,500.00"]
    assert page["now"] == {"net": "৳\u202f96.77", "tax": "৳\u202f14.52", "total": "৳\u202f111.29"}
    assert change.total_amount == Decimal("111.29")
    for language in ("en", "bn"):
        shown = documents.html(documents.paper(Wanted("CHANGE", change.pk, language)), language)
        assert change.invoice.number in shown


def test_days_switched_off_say_so_to_the_customer(at):
    service = billed_service("1000.00")
    common = {"at": at, "actor": None, "reason": "asked on the phone"}
    service_states.suspend(
        subscription=service,
        kind="CUSTOMER_REQUEST",
        is_billed=False,
        on=START,
        **acting(keeps_on=True, **common),
    )
    service_states.reactivate(
        subscription=service, on=date(2026, 1, 20), **acting(keeps_on=True, **common)
    )

    note = CreditNote.objects.get()

    assert note.words == "Switched off 10 Jan – 19 Jan 2026 (10 days) for your request"
    assert Message.objects.get(event="credit_note_issued").context["reason"] == note.words
