"""The money of an account that became a part of another: carried over by a document on each side,
against one account of the books that is nought again. No bill, no payment, no income changes.
"""

from datetime import date
from decimal import Decimal

from django.db.models import Min, Sum
from django.utils import translation
from django.utils.translation import gettext as _

from billing.allocation.models import Allocation, Payment
from billing.allocation.services import account_state, allocation
from billing.invoices.models import Invoice, InvoiceLine
from billing.invoices.services import invoicing
from billing.invoices.services.invoicing import NewLine
from billing.ledger.rules.chart import Chart
from billing.receivables.services import reversal, settlement, voiding
from billing.receivables.services.admission import Asked
from customers.models import AccountState, Customer, Merge
from ispbill.accounts.models import User
from ispbill.core.acts import Act
from ispbill.core.money import ZERO, Taxed

DEBT, CREDIT = "debt_invoice", "credit_payment"
_CLOSED_BY, _AMOUNT = "debt_closed_by", "amount"


def over(merged: Merge, *, act: Act[User]) -> None:
    """Carry what is owed, or what is left, over to the survivor."""
    owed = Invoice.objects.filter(
        customer=merged.absorbed_id, status=Invoice.Status.OPEN, amount_due__gt=0
    ).aggregate(amount=Sum("amount_due"), due=Min("due_date"))
    if owed["amount"]:
        _debt_over(merged, owed["amount"], owed["due"], act=act)
    balance = AccountState.objects.get(customer=merged.absorbed_id).balance_amount
    if balance < ZERO:
        _credit_over(merged, -balance, act=act)
    allocation.allocate([merged.survivor_id], at=act.at)
    account_state.recompute([merged.survivor_id, merged.absorbed_id])
    merged.save(update_fields=["transfers"])


def back(merged: Merge, *, act: Act[User]) -> None:
    """Return what was carried over, as far as nobody has paid or spent it since."""
    _debt_back(merged, act=act)
    _credit_back(merged, act=act)
    account_state.recompute([merged.survivor_id, merged.absorbed_id])


def _debt_over(merged: Merge, amount: Decimal, due: date, *, act: Act[User]) -> None:
    closed = _pay(
        merged.absorbed,
        amount,
        key=f"merge:{merged.pk}:debt",
        note=f"carried over to {merged.survivor.number}",
        act=act,
    )
    invoice = _bill(merged.survivor, amount, of=merged.absorbed, due=due, act=act)
    merged.transfers |= {DEBT: invoice.pk, _CLOSED_BY: closed.pk, _AMOUNT: str(amount)}


def _credit_over(merged: Merge, amount: Decimal, *, act: Act[User]) -> None:
    _bill(merged.absorbed, amount, of=merged.survivor, due=act.on, act=act)
    allocation.allocate([merged.absorbed_id], at=act.at)
    payment = _pay(
        merged.survivor,
        amount,
        key=f"merge:{merged.pk}:credit",
        note=f"carried over from {merged.absorbed.number}",
        act=act,
    )
    merged.transfers |= {CREDIT: payment.pk, _AMOUNT: str(-amount)}


def _debt_back(merged: Merge, *, act: Act[User]) -> None:
    invoice = Invoice.objects.filter(pk=merged.transfers.get(DEBT)).first()
    closed = Payment.objects.filter(pk=merged.transfers.get(_CLOSED_BY)).first()
    if invoice is None or closed is None or closed.is_reversed:
        return
    held = Allocation.objects.filter(invoice=invoice, released_at__isnull=True)
    if invoice.credited_amount or held.filter(payment__received_at__gt=merged.at).exists():
        return  # paid since: it stays where it was paid
    held.update(released_at=act.at)  # the survivor's own credit of before
    voiding.void(invoice=invoice, act=act)
    reversal.reverse(payment=closed, act=act, is_told=False)


def _credit_back(merged: Merge, *, act: Act[User]) -> None:
    payment = Payment.objects.filter(pk=merged.transfers.get(CREDIT)).first()
    if payment is None or payment.is_reversed or payment.refunded_amount:
        return
    held = Allocation.objects.filter(payment=payment, released_at__isnull=True)
    if held.exclude(invoice__issued_at__lte=merged.at).exists():
        return  # spent on what was billed since
    reversal.reverse(payment=payment, act=act, is_told=False)
    _pay(
        merged.absorbed,
        payment.amount,
        key=f"merge:{merged.pk}:back",
        note=f"returned from {merged.survivor.number}",
        act=act,
    )


def _pay(customer: Customer, amount: Decimal, *, key: str, note: str, act: Act[User]) -> Payment:
    asked = Asked(
        customer_id=customer.pk,
        amount=amount,
        method=Payment.Method.ADJUSTMENT,
        received_by=None,
        received_at=act.at,
        key=key,
        note=note,
        act=act,
        is_repeat_confirmed=True,
        is_told=False,
        account_no=int(Chart.BETWEEN_ACCOUNTS),
    )
    return settlement.settle(asked).payment


def _bill(
    customer: Customer, amount: Decimal, *, of: Customer, due: date, act: Act[User]
) -> Invoice:
    with translation.override(customer.language):
        words = _("Carried over: account %(number)s") % {"number": of.number}
    line = NewLine(
        kind=InvoiceLine.Kind.ADJUSTMENT,
        description=words,
        amount=Taxed(amount, ZERO),
        tax_rate=ZERO,
        account=int(Chart.BETWEEN_ACCOUNTS),
    )
    return invoicing.issue(
        customer=customer,
        lines=[line],
        kind=Invoice.Kind.ADJUSTMENT,
        due_date=due,
        on=act.on,
        act=act,
    )
