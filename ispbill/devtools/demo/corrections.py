"""A few corrections of the last day, so that their pages have something to show."""

from datetime import datetime
from decimal import Decimal

from billing.models import Approval, CreditNote, Invoice
from billing.services import approvals, corrections, crediting
from billing.services.crediting import Given
from customers.models import Customer
from ispbill.devtools.demo import days
from ispbill.devtools.demo.ground import Ground
from payments.models import Payment
from payments.services import deposits, refunds

OUTAGE = "The line was down: cable cut in the street, six days"
HOME = Decimal("5000.00")  # what a bill of a home does not pass
LENT = "Equipment lent: router and adapter"


def make(*, base: Ground, now: datetime) -> None:
    """Credit two paid bills, write one off in part, lodge deposits; leave one for a second person.

    What the company does not have (no paid bill, no credit) is passed over.
    """
    on, clerk = now.astimezone(days.ZONE).date(), base.staff["billing@demo.test"]
    # Homes only: a fifth of a company's bill may be more than one person gives back.
    settled = Invoice.objects.filter(
        status=Invoice.Status.OPEN, amount_due=0, paid_amount__gt=0, total_amount__lte=HOME
    )
    paid = list(settled.order_by("-pk")[:3])
    for invoice in paid[:2]:
        line = invoice.lines.order_by("pk")[0]
        fifth = (line.net_amount / 5).quantize(Decimal("0.01"))
        crediting.credit(
            invoice=invoice, given=[Given(line, fifth)], reason=OUTAGE, on=on, at=now, actor=clerk
        )
    overdue = Invoice.objects.filter(
        status=Invoice.Status.OPEN, amount_due__gt=500, due_date__lt=on
    ).order_by("pk")
    for invoice in overdue[:1]:
        corrections.write_off(
            invoice=invoice, amount=Decimal("100.00"), on=on, at=now, actor=clerk,
            reason="Too small to pursue: agreed in the office",
        )  # fmt: skip
    for invoice in paid[2:]:
        _ask(invoice, base=base, now=now)
    for customer in Customer.objects.filter(archived_at__isnull=True).order_by("pk")[:2]:
        deposits.take(
            customer=customer, amount=Decimal("2000.00"), method=Payment.Method.CASH,
            reference="", reason=LENT, on=on, at=now, actor=clerk,
        )  # fmt: skip
    _pay_out(base=base, now=now)


def _ask(invoice: Invoice, *, base: Ground, now: datetime) -> None:
    line = invoice.lines.order_by("pk")[0]
    approvals.request(
        kind=Approval.Kind.CREDIT, customer=invoice.customer, amount=line.gross_amount,
        payload={"invoice": invoice.pk, "nets": {str(line.pk): f"{line.net_amount:f}"}},
        reason="Goodwill: a month free after three outages", at=now,
        requested_by=base.staff["billing@demo.test"], invoice=invoice,
    )  # fmt: skip


def _pay_out(*, base: Ground, now: datetime) -> None:
    note = CreditNote.objects.select_related("customer").order_by("pk").first()
    if note is None:
        return
    credit = min(refunds.available(note.customer_id), note.total_amount)
    if credit > 0:
        refunds.refund(
            customer=note.customer, amount=credit, method=Payment.Method.CASH, reference="",
            reason="On the customer's wish: paid at the desk", at=now,
            on=now.astimezone(days.ZONE).date(), actor=base.staff["billing@demo.test"],
        )  # fmt: skip
