"""A credit note gives back no more than was charged, and nothing on it ever changes."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from billing.invoices.models import CreditNote, CreditNoteLine, Invoice
from billing.receivables.services import voiding
from ispbill.core import rls
from ispbill.core.acts import Act
from ispbill.reports.queries import proofs
from tests.database import owner_connection
from tests.factories.credits import raw_note, taxed_invoice
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db(transaction=True)

ALL = (Decimal("1000.00"), Decimal("150.00"))
CENT = Decimal("0.01")


def credit_raw(invoice, net, tax, *, at, line=None, **values):
    with transaction.atomic():
        return raw_note(invoice, (line or invoice.lines.get(), net, tax), at=at, **values)


def test_a_note_raises_what_is_credited_on_its_invoice(at):
    invoice = taxed_invoice(CustomerFactory())

    credit_raw(invoice, Decimal("100.00"), Decimal("15.00"), at=at)

    invoice.refresh_from_db()
    assert invoice.credited_amount == Decimal("115.00")
    assert invoice.amount_due == Decimal("1035.00")


@pytest.mark.parametrize(
    ("net", "tax"),
    [(ALL[0] + CENT, ALL[1] - CENT), (ALL[0] - CENT, ALL[1] + CENT), (ALL[0] + CENT, ALL[1])],
    ids=["net", "tax", "both sums"],
)
def test_a_note_above_the_line_is_refused(at, net, tax):
    invoice = taxed_invoice(CustomerFactory())

    with pytest.raises(IntegrityError):
        credit_raw(invoice, net, tax, at=at)

    assert CreditNote.objects.count() == 0


def test_notes_that_together_exceed_a_line_are_refused_even_where_the_invoice_has_room(at):
    invoice = taxed_invoice(CustomerFactory(), "100.00", "900.00")
    line = invoice.lines.order_by("pk").first()
    credit_raw(invoice, Decimal("60.00"), Decimal("9.00"), at=at, line=line)

    with pytest.raises(IntegrityError, match="credit_within_what_was_charged|more would be"):
        credit_raw(invoice, Decimal("40.01"), Decimal("6.00"), at=at, line=line)


def test_a_paid_invoice_takes_no_note_until_money_is_let_go(at):
    from tests.factories.payments import paid

    customer = CustomerFactory()
    invoice = taxed_invoice(customer)
    paid(customer, "1150.00", at=at)

    with pytest.raises(IntegrityError, match="invoice_paid_within_total"):
        credit_raw(invoice, Decimal("1.00"), Decimal("0.15"), at=at)


def test_a_draft_is_not_credited(at):
    customer = CustomerFactory()
    other = taxed_invoice(customer)
    draft = Invoice.objects.create(
        customer=customer,
        branch=customer.branch,
        due_date=date(2026, 1, 5),
        currency="BDT",
        subtotal_amount=1000,
        tax_amount=150,
        total_amount=1150,
    )

    with pytest.raises(IntegrityError, match="only an issued invoice"):
        credit_raw(draft, *ALL, at=at, line=other.lines.get())


def test_a_void_invoice_is_not_credited(at):
    invoice = taxed_invoice(CustomerFactory())
    line = invoice.lines.get()
    voiding.void(invoice=invoice, act=Act(None, at, on=at.date(), reason="entered by mistake"))

    with pytest.raises(IntegrityError, match="only an issued invoice"):
        credit_raw(invoice, *ALL, at=at, line=line)


def test_a_credited_invoice_is_not_voided(at):
    invoice = taxed_invoice(CustomerFactory())
    credit_raw(invoice, Decimal("1.00"), Decimal("0.15"), at=at)

    with pytest.raises(DatabaseError, match="issued and cannot be changed"):
        Invoice.objects.filter(pk=invoice.pk).update(status="VOID", void_reason="because")


def test_a_line_of_another_invoice_is_refused(at):
    customer = CustomerFactory()
    one, two = taxed_invoice(customer), taxed_invoice(customer)

    with pytest.raises(IntegrityError, match="not the sum of its lines"):
        credit_raw(one, *ALL, at=at, line=two.lines.get())


@pytest.mark.parametrize("field", ["net_amount", "tax_amount"])
def test_a_note_that_is_not_the_sum_of_its_lines_is_refused(at, field):
    invoice = taxed_invoice(CustomerFactory())
    values = {"net_amount": Decimal("10.00"), "tax_amount": Decimal("1.50")}
    values[field] += CENT

    with pytest.raises(IntegrityError, match="not the sum of its lines"):
        credit_raw(
            invoice,
            Decimal("10.00"),
            Decimal("1.50"),
            at=at,
            total_amount=values["net_amount"] + values["tax_amount"],
            **values,
        )


def test_a_note_without_lines_is_refused(at):
    invoice = taxed_invoice(CustomerFactory())

    with pytest.raises(IntegrityError, match="not the sum of its lines"), transaction.atomic():
        raw_note(
            invoice, at=at, net_amount=Decimal(1), tax_amount=Decimal(0), total_amount=Decimal(1)
        )


def test_a_note_takes_no_more_lines(at):
    invoice = taxed_invoice(CustomerFactory(), "10.00", "20.00")
    first, second = invoice.lines.order_by("pk")
    note = credit_raw(invoice, Decimal("1.00"), Decimal("0.15"), at=at, line=first)

    with pytest.raises(DatabaseError, match="takes no more lines"):
        CreditNoteLine.objects.create(
            note=note,
            line=second,
            customer_id=note.customer_id,
            description="x",
            net_amount=1,
            tax_rate=second.tax_rate,
            tax_amount=0,
            account_id=4000,
        )


def test_lines_without_their_note_do_not_stay(at):
    line = taxed_invoice(CustomerFactory()).lines.get()

    with pytest.raises(IntegrityError), transaction.atomic():
        CreditNoteLine.objects.create(
            note_id=77,
            line=line,
            customer_id=line.customer_id,
            description="x",
            net_amount=1,
            tax_rate=line.tax_rate,
            tax_amount=0,
            account_id=4000,
        )


@pytest.mark.parametrize("model", [CreditNote, CreditNoteLine])
def test_a_note_is_neither_changed_nor_removed(at, model):
    credit_raw(taxed_invoice(CustomerFactory()), *ALL, at=at)

    with pytest.raises(DatabaseError):
        model.objects.update(net_amount=1)
    with pytest.raises(DatabaseError):
        model.objects.all()._raw_delete("default")


def test_the_owner_cannot_change_a_note_either(at):
    credit_raw(taxed_invoice(CustomerFactory()), *ALL, at=at)

    with owner_connection(autocommit=True) as owner:
        for statement in (
            "UPDATE billing_creditnote SET reason = 'another'",
            "DELETE FROM billing_creditnoteline",
            "TRUNCATE billing_creditnote CASCADE",
        ):
            with pytest.raises(Exception, match="append-only"):
                owner.execute(statement)


def test_what_is_credited_moves_by_notes_alone(at):
    invoice = taxed_invoice(CustomerFactory())

    with pytest.raises(DatabaseError, match="credited by credit notes only"):
        Invoice.objects.filter(pk=invoice.pk).update(credited_amount=5)


def test_the_portal_sees_its_own_notes_and_writes_none(at):
    own, other = CustomerFactory(), CustomerFactory()
    invoice = taxed_invoice(own)
    note = credit_raw(invoice, Decimal("10.00"), Decimal("1.50"), at=at)
    credit_raw(taxed_invoice(other), *ALL, at=at)

    with rls.as_portal([own.pk]):
        assert list(CreditNote.objects.values_list("pk", flat=True)) == [note.pk]
        assert CreditNoteLine.objects.count() == 1
    with pytest.raises(DatabaseError, match="permission denied"), rls.as_portal([own.pk]):
        raw_note(invoice, (invoice.lines.get(), Decimal(1), Decimal(0)), at=at)


GUARDS = {
    "credit_note_holds": "billing_creditnote",
    "credit_note_lines_first": "billing_creditnoteline",
    "invoice_credited_by_notes": "billing_invoice",
}


@pytest.fixture
def without():
    """Take a trigger away; it is back before the test ends."""
    taken = []

    def take(trigger):
        with owner_connection(autocommit=True) as owner:
            owner.execute(f"ALTER TABLE {GUARDS[trigger]} DISABLE TRIGGER {trigger}")
        taken.append(trigger)

    yield take
    with owner_connection(autocommit=True) as owner:
        for trigger in taken:
            owner.execute(f"ALTER TABLE {GUARDS[trigger]} ENABLE TRIGGER {trigger}")


def broken():
    """What the nightly check finds, beside that a guard is asleep."""
    return {finding.check for finding in proofs.check_all()} - {"nothing_is_switched_off"}


def test_without_its_guard_a_note_gives_too_much_and_the_nightly_check_says_so(at, without):
    invoice = taxed_invoice(CustomerFactory())
    assert broken() == set()
    without("credit_note_holds")

    credit_raw(invoice, ALL[0] + CENT, ALL[1] + CENT, at=at)

    assert broken() == {
        "credits_within_charges",
        "credited_is_the_sum_of_notes",
        "credit_notes_are_booked",
        "credit_notes_without_gaps",
    }


def test_without_its_guard_a_note_takes_lines_later_and_the_nightly_check_says_so(at, without):
    invoice = taxed_invoice(CustomerFactory(), "10.00", "20.00")
    first, second = invoice.lines.order_by("pk")
    note = credit_raw(invoice, Decimal("1.00"), Decimal("0.15"), at=at, line=first)
    without("credit_note_lines_first")

    CreditNoteLine.objects.create(
        note=note,
        line=second,
        customer_id=note.customer_id,
        description="x",
        net_amount=1,
        tax_rate=second.tax_rate,
        tax_amount=0,
        account_id=4000,
    )

    assert "credit_notes_are_their_lines" in broken()


def test_without_its_guard_credit_comes_from_nowhere_and_the_nightly_check_says_so(at, without):
    invoice = taxed_invoice(CustomerFactory())
    without("invoice_credited_by_notes")

    Invoice.objects.filter(pk=invoice.pk).update(credited_amount=5)

    assert broken() == {"credited_is_the_sum_of_notes"}
    with connection.cursor() as cursor:
        cursor.execute("UPDATE billing_invoice SET credited_amount = 0")
