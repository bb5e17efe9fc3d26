"""Corrections staff ask for: a credit note, a write-off, a one-off charge.

Each is submitted with its amount, so that a large one waits for a second person
(`billing.approvals.services.approvals`), and is done from its payload alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from billing.approvals.models import Approval
from billing.approvals.services import approvals
from billing.approvals.services.approvals import Correction, Outcome, Payload
from billing.invoices.models import CreditNote, Invoice, InvoiceLine
from billing.invoices.services import invoicing
from billing.invoices.services.invoicing import NewLine
from billing.ledger.rules.chart import Chart
from billing.ledger.rules.tax import document_total, tax_line
from billing.ledger.services import account_states
from billing.receivables.queries import credits
from billing.receivables.rules.crediting import gross_credit
from billing.receivables.services import crediting, spending
from billing.receivables.services.crediting import Given
from customers.models import Customer
from ispbill.accounts.models import User
from ispbill.core import amounts
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.money import Taxed

# What a one-off charge may be booked as: the line's kind and its account.
CHARGES: Mapping[str, tuple[str, Chart]] = {
    "FEE": (InvoiceLine.Kind.FEE, Chart.INSTALLATION_REVENUE),
    "EQUIPMENT": (InvoiceLine.Kind.EQUIPMENT, Chart.EQUIPMENT_REVENUE),
    "SERVICE": (InvoiceLine.Kind.FEE, Chart.INTERNET_REVENUE),
    "ADJUSTMENT": (InvoiceLine.Kind.ADJUSTMENT, Chart.ADJUSTMENTS),
}


class NotThisInvoice(DomainError):
    """The correction does not fit the invoice."""


@dataclass(frozen=True)
class Charge:
    """A line to charge once: `amount` before tax, the rate as a fraction."""

    what: str  # a key of CHARGES
    description: str
    amount: Decimal
    tax_rate: Decimal

    @property
    def taxed(self) -> Taxed:
        return tax_line(self.amount, self.tax_rate)


def credit(
    *,
    invoice: Invoice,
    nets: Mapping[int, Decimal],
    taxes: Mapping[int, Decimal] | None = None,
    act: Act[User],
) -> Outcome:
    """Credit net amounts of an invoice's lines (by line id), at once or after approval.

    The tax follows from each line's rate, but where `taxes` has it: of amounts agreed with tax.

    Raises NotCreditable, NothingToCredit, ReasonMissing, AlreadyRequested.
    """
    taxes = taxes or {}
    amounts.check(*nets.values(), *taxes.values())
    given = given_of(invoice, nets, taxes)
    total = document_total(part.amount for part in crediting.reckon(invoice, given))
    if total.gross <= 0:
        raise crediting.NothingToCredit(_("There is nothing left to credit on this invoice."))
    payload = {
        "invoice": invoice.pk,
        "nets": {str(pk): f"{net:f}" for pk, net in sorted(nets.items())},
        "taxes": {str(pk): f"{tax:f}" for pk, tax in sorted(taxes.items())},
    }
    return approvals.submit(
        kind=Approval.Kind.CREDIT,
        customer=invoice.customer,
        invoice=invoice,
        amount=total.gross,
        payload=payload,
        act=act,
    )


def given_of(
    invoice: Invoice, nets: Mapping[int, Decimal], taxes: Mapping[int, Decimal]
) -> list[Given]:
    """Return what these net amounts, by line id, give back of an invoice; `taxes` where fixed.

    A line of which all that is left is given back gives back all of its tax too.
    Raises NotThisInvoice for a line of another one.
    """
    lines = {line.pk: line for line in invoice.lines.order_by("pk")}
    if set(nets) - set(lines):
        raise NotThisInvoice(_("A line belongs to another invoice."))
    return [
        Given(line=line, net=nets[pk], tax=taxes.get(pk))
        for pk, line in lines.items()
        if nets.get(pk) or taxes.get(pk)
    ]


def write_off(*, invoice: Invoice, amount: Decimal, act: Act[User]) -> Outcome:
    """Give up `amount` (with tax) of what is due on an invoice, at once or after approval.

    Raises NotCreditable above what is due, NothingToCredit, ReasonMissing, AlreadyRequested.
    """
    amounts.check(amount)
    _check_write_off(invoice, amount)
    return approvals.submit(
        kind=Approval.Kind.WRITE_OFF,
        customer=invoice.customer,
        invoice=invoice,
        amount=amount,
        payload={"invoice": invoice.pk, "amount": f"{amount:f}"},
        act=act,
    )


def charge(
    *, customer: Customer, lines: Sequence[Charge], due_date: date, act: Act[User]
) -> Outcome:
    """Invoice something once, at once or after approval; credit that is there pays it at once.

    Raises AmountRefused, NothingToBill, ReasonMissing.
    """
    amounts.check(*(line.amount for line in lines))
    total = document_total(line.taxed for line in lines)
    if not lines or total.gross <= 0:
        raise invoicing.NothingToBill(_("There is nothing to bill."))
    payload = {
        "customer": customer.pk,
        "due_in": (due_date - act.on).days,
        "lines": [
            [line.what, line.description, f"{line.amount:f}", f"{line.tax_rate:f}"]
            for line in lines
        ],
    }
    return approvals.submit(
        kind=Approval.Kind.CHARGE, customer=customer, amount=total.gross, payload=payload, act=act
    )


def new_lines(lines: Sequence[Charge]) -> list[NewLine]:
    """Return charges as an invoice's lines."""
    return [
        NewLine(
            kind=CHARGES[line.what][0],
            description=line.description,
            amount=line.taxed,
            tax_rate=line.tax_rate,
            account=int(CHARGES[line.what][1]),
        )
        for line in lines
    ]


def register() -> None:
    """Say what billing's own corrections do."""
    kind = Approval.Kind
    approvals.register(kind.CREDIT, Correction("credit_limit_amount", _credit, _credited))
    approvals.register(kind.WRITE_OFF, Correction("write_off_limit_amount", _write_off, _due))
    approvals.register(kind.CHARGE, Correction("charge_limit_amount", _charge, _nothing))


def _credit(payload: Payload, *, act: Act[User]) -> CreditNote:
    invoice = _invoice(payload)
    given = given_of(invoice, *_asked_for(payload))
    return crediting.credit(invoice=invoice, given=given, on=act.on, act=act)


def _asked_for(payload: Payload) -> tuple[dict[int, Decimal], dict[int, Decimal]]:
    """Return the net amounts and the fixed taxes, by line id, that a credit was asked for with."""
    nets, taxes = payload["nets"], payload.get("taxes", {})  # asked for before there were taxes
    return (
        {int(pk): Decimal(net) for pk, net in nets.items()},
        {int(pk): Decimal(tax) for pk, tax in taxes.items()},
    )


def _credited(payload: Payload) -> str:
    invoice = _invoice(payload)
    return f"{invoice.status}:{invoice.credited_amount}"


@transaction.atomic
def _write_off(payload: Payload, *, act: Act[User]) -> CreditNote:
    account_states.lock([_invoice(payload).customer_id])
    invoice, amount = _invoice(payload), Decimal(payload["amount"])
    _check_write_off(invoice, amount)
    before = credits.credited(invoice)
    left, given = amount, []
    for line in invoice.lines.order_by("pk"):
        charged = Taxed(line.net_amount, line.tax_amount)
        rest = charged - before.get(line.pk, Taxed.nothing())
        part = gross_credit(left=rest, gross=min(left, rest.gross), rate=line.tax_rate)
        if part.gross > 0:
            given.append(Given(line=line, net=part.net, tax=part.tax))
            left -= part.gross
    if left:
        raise NotThisInvoice(_("This invoice has deductions; write it off whole or credit it."))
    return crediting.credit(
        invoice=invoice, given=given, kind=CreditNote.Kind.WRITE_OFF, on=act.on, act=act
    )


def _due(payload: Payload) -> str:
    invoice = _invoice(payload)
    return f"{invoice.status}:{invoice.amount_due}"


@transaction.atomic
def _charge(payload: Payload, *, act: Act[User]) -> Invoice:
    invoice = invoicing.issue(
        customer=Customer.objects.get(pk=payload["customer"]),
        lines=new_lines([_one(values) for values in payload["lines"]]),
        kind=Invoice.Kind.ONE_OFF,
        due_date=date.fromordinal(act.on.toordinal() + int(payload["due_in"])),
        on=act.on,
        act=act,
    )
    spending.spend(customer_id=invoice.customer_id, act=act.because(""))
    return invoice


def _nothing(_payload: Payload) -> str:
    return ""


def _one(values: Sequence[Any]) -> Charge:
    what, description, amount, rate = values
    return Charge(what, description, Decimal(amount), Decimal(rate))


def _check_write_off(invoice: Invoice, amount: Decimal) -> None:
    if invoice.status != Invoice.Status.OPEN or amount > invoice.amount_due:
        raise crediting.NotCreditable(_("Only what is still due can be written off."))
    if amount <= 0:
        raise crediting.NothingToCredit(_("There is nothing left to credit on this invoice."))


def _invoice(payload: Payload) -> Invoice:
    return Invoice.objects.select_related("customer").get(pk=payload["invoice"])
