"""Charge a fee once: an invoice of its own, at once."""

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from billing.invoices.models import Invoice, InvoiceLine
from billing.invoices.services import invoicing, notices
from billing.invoices.services.invoicing import NewLine
from billing.ledger.rules.tax import tax_line
from billing.ledger.services import account_states
from billing.receivables.services import spending
from customers.models import Customer, Fee, Subscription
from customers.queries import taxes
from ispbill.audit.services import trail
from ispbill.core import amounts
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError


class FeeRefused(DomainError):
    """A fee is on sale and charged at least once, for an amount of zero or more."""


@transaction.atomic
def charge(
    *,
    customer: Customer,
    fee: Fee,
    quantity: int,
    unit: Decimal,
    note: str,
    key: str,
    act: Act,
    subscription: Subscription | None = None,
) -> Invoice:
    """Charge `quantity` times `unit` (net) of a fee on an invoice due on the company date `on`.

    `note` is why, at least ten characters. `key` names the attempt: the same key is charged once,
    however often it is sent. Raises FeeRefused, AmountRefused, ReasonMissing, NothingToBill.
    """
    note = trail.required_reason(note)
    amounts.check(unit, unit * quantity if unit.is_finite() else unit)
    trail.begin(act=act.because(note))
    account_states.lock([customer.pk])
    earlier = _charged_before(customer, key) if key else None
    if earlier is not None:
        return earlier
    _refuse(fee, quantity=quantity, unit=unit)
    if subscription is not None and subscription.customer_id != customer.pk:
        raise FeeRefused(_("This service belongs to somebody else."))
    rate = taxes.rate_for(customer=customer, tax_class_id=fee.tax_class_id, on=act.on)
    line = NewLine(
        kind=InvoiceLine.Kind.FEE,
        description=_name(fee, customer),
        amount=tax_line(unit * quantity, rate),
        tax_rate=rate,
        account=fee.account_code,
        subscription=subscription,
        explanation={"key": key, "fee": fee.code, "note": note},
        unit=unit,
        quantity=Decimal(quantity),
    )
    invoice = invoicing.issue(
        customer=customer,
        lines=[line],
        kind=Invoice.Kind.ONE_OFF,
        due_date=act.on,
        on=act.on,
        act=act.because(note),
    )
    spending.spend(customer_id=invoice.customer_id, act=act)
    notices.invoice_issued(invoice_id=invoice.pk, at=act.at)
    return invoice


def _charged_before(customer: Customer, key: str) -> Invoice | None:
    lines = InvoiceLine.objects.filter(
        customer=customer, kind=InvoiceLine.Kind.FEE, explanation__key=key
    )
    line = lines.select_related("invoice").first()
    return line.invoice if line is not None else None


def _refuse(fee: Fee, *, quantity: int, unit: Decimal) -> None:
    if fee.archived_at is not None:
        raise FeeRefused(_("This fee is not charged any more."))
    if quantity < 1 or unit < 0:
        raise FeeRefused(_("A fee is charged at least once, and never below zero."))


def _name(fee: Fee, customer: Customer) -> str:
    return fee.local_name if customer.language == "bn" and fee.local_name else fee.name
