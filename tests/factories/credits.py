"""Invoices of several lines and tax, to be credited."""

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count

from billing.invoices.services import invoicing
from billing.invoices.services.invoicing import NewLine
from billing.ledger.rules.tax import tax_line
from ispbill.core.acts import Act

ISSUED_AT = datetime(2026, 1, 1, 4, 0, tzinfo=UTC)
REASON = "the line was down for days"
_ids = count(1_000_000)


def taxed_invoice(customer, *nets, rate="0.15", due=date(2026, 1, 5), account=4000):
    """An issued invoice with a line for each net amount; each bears tax at the rate."""
    lines = [
        NewLine(
            kind="ADJUSTMENT",
            description=f"Item {number}",
            amount=tax_line(Decimal(net), Decimal(rate)),
            tax_rate=Decimal(rate),
            account=account,
        )
        for number, net in enumerate(nets or ["1000.00"], start=1)
    ]
    return invoicing.issue(
        customer=customer,
        lines=lines,
        kind="ONE_OFF",
        due_date=due,
        on=ISSUED_AT.date(),
        act=Act(None, ISSUED_AT),
    )


def raw_note(invoice, *parts, at, number=None, note_id=None, **values):
    """Write a note past the service, lines first: (line, net, tax) each."""
    from billing.invoices.models import CreditNote, CreditNoteLine
    from billing.invoices.services import seller

    note_id = note_id or next(_ids)
    net = sum((part[1] for part in parts), Decimal(0))
    tax = sum((part[2] for part in parts), Decimal(0))
    CreditNoteLine.objects.bulk_create(
        CreditNoteLine(
            note_id=note_id,
            line=line,
            customer_id=line.customer_id,
            description=line.description,
            net_amount=line_net,
            tax_rate=line.tax_rate,
            tax_amount=line_tax,
            account_id=line.account_id,
        )
        for line, line_net, line_tax in parts
    )
    return CreditNote.objects.create(
        **{
            "pk": note_id,
            "number": number or f"CN-2026-{note_id:05d}",
            "invoice": invoice,
            "customer_id": invoice.customer_id,
            "branch_id": invoice.branch_id,
            "issued_on": at.date(),
            "issued_at": at,
            "currency": invoice.currency,
            "language": "en",
            "net_amount": net,
            "tax_amount": tax,
            "total_amount": net + tax,
            "reason": REASON,
            "seller": seller.current(),
            **values,
        }
    )
