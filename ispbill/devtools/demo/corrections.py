"""A few corrections of the last day, so that their pages have something to show."""

from datetime import datetime
from decimal import Decimal

from billing.allocation.models import Payment
from billing.approvals.models import Approval
from billing.approvals.services import approvals
from billing.invoices.models import CreditNote, Invoice
from billing.receivables.services import corrections, crediting, deposits
from billing.receivables.services.crediting import Given
from customers.models import Customer
from ispbill.core.acts import Act
from ispbill.devtools.demo import days
from ispbill.devtools.demo.ground import Ground
from payments.online.queries import refundable
from payments.online.services import refunds

OUTAGE = "The line was down: cable cut in the street, six days"
HOME = Decimal("5000.00")  # what a bill of a home does not pass
LENT = "Equipment lent: router and adapter"


def make(*, base: Ground, now: datetime) -> None:
    """Credit two paid bills, write one off in part, take deposits; leave one for a second person.

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
            invoice=invoice, given=[Given(line, fifth)], on=on, act=Act(clerk, now, reason=OUTAGE)
        )
    overdue = Invoice.objects.filter(
        status=Invoice.Status.OPEN, amount_due__gt=500, due_date__lt=on
    ).order_by("pk")
    for invoice in overdue[:1]:
        corrections.write_off(
            invoice=invoice,
            amount=Decimal("100.00"),
            act=Act(clerk, now, on=on, reason="Too small to pursue: agreed in the office"),
        )
    for invoice in paid[2:]:
        _ask(invoice, base=base, now=now)
    for customer in Customer.objects.filter(archived_at__isnull=True).order_by("pk")[:2]:
        deposits.take(
            customer=customer,
            amount=Decimal("2000.00"),
            method=Payment.Method.CASH,
            reference="",
            act=Act(clerk, now, on=on, reason=LENT),
        )
    _pay_out(base=base, now=now)


def _ask(invoice: Invoice, *, base: Ground, now: datetime) -> None:
    line = invoice.lines.order_by("pk")[0]
    approvals.request(
        kind=Approval.Kind.CREDIT,
        customer=invoice.customer,
        amount=line.gross_amount,
        payload={"invoice": invoice.pk, "nets": {str(line.pk): f"{line.net_amount:f}"}},
        reason="Goodwill: a month free after three outages",
        at=now,
        requested_by=base.staff["billing@demo.test"],
        invoice=invoice,
    )


def _pay_out(*, base: Ground, now: datetime) -> None:
    note = CreditNote.objects.select_related("customer").order_by("pk").first()
    if note is None:
        return
    credit = min(refundable.available(note.customer_id), note.total_amount)
    if credit > 0:
        refunds.refund(
            customer=note.customer,
            amount=credit,
            method=Payment.Method.CASH,
            reference="",
            act=Act(
                base.staff["billing@demo.test"],
                now,
                on=now.astimezone(days.ZONE).date(),
                reason="At the customer's request: paid at the desk",
            ),
        )
