"""What a cashier needs to know before taking money: who it is, what is due, what came last."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet

from billing.allocation.models import Payment
from billing.allocation.rules.accounts import BY_HAND
from billing.invoices.models import Invoice
from billing.receivables.queries import monthly
from customers.models import Customer
from customers.queries import directory
from customers.queries.directory import Filters
from ispbill.accounts.models import User
from ispbill.core import pay_links, receipt_links
from ispbill.core.money import ZERO

MOST_HITS = 8
_SHORTEST = 2
# An invoice's number as printed or typed short ("INV 42").
_INVOICE = re.compile(r"\bINV[\s-]*(?:(\d{4})-)?0*(\d+)\b", re.IGNORECASE)
# What the QR codes of our papers hold: the address that pays a bill, or shows a receipt.
_SCANNED = re.compile(r"/(pay|receipt)/([A-Za-z0-9_.:-]+)/?$")


@dataclass(frozen=True)
class Account:
    """A customer at the counter. Amounts in the company's currency, tax included."""

    customer: Customer
    balance: Decimal  # positive = the customer owes
    due: Decimal  # what the form is filled with
    monthly: Decimal  # one month of all services that are billed
    oldest_due: date | None
    invoices: list[Invoice]
    last: Payment | None

    @property
    def two_months(self) -> Decimal:
        return self.monthly * 2


def visible_to(user: User) -> QuerySet[Customer]:
    """Return the customers this person may take money from."""
    return directory.visible_to(user).filter(archived_at__isnull=True)


def find(customers: QuerySet[Customer], text: str, *, on: date) -> list[Customer]:
    """Return the best hits for what the cashier typed or scanned, best first.

    Takes phone (whole, beginning or last digits), name, CT number, PPPoE name, invoice number,
    what the QR code of a bill, a collector's sheet or a receipt holds, and a transaction id.
    """
    text = text.strip()
    if len(text) < _SHORTEST:
        return []
    rows = customers.select_related("area", "account_state")
    scanned = _SCANNED.search(text)
    if scanned is not None:
        return list(rows.filter(_of_paper(*scanned.groups()))[:1])
    invoice = _INVOICE.search(text)
    if invoice is not None:
        year = int(invoice[1] or on.year)
        number = f"INV-{year}-{int(invoice[2]):05d}"
        return list(rows.filter(invoices__number=number)[:1])
    found = _named(rows, text, on=on)
    if not found:
        paid = Payment.objects.filter(Q(reference__iexact=text) | Q(receipt_number__iexact=text))
        found = list(rows.filter(pk__in=paid.values("customer")[:MOST_HITS]))
    return found


def _of_paper(kind: str, word: str) -> Q:
    """Whose paper was scanned: nobody's when we have not made its word. Its day may be over."""
    if kind == "pay":
        link = pay_links.read(word)
        return Q(pk=link.customer_id if link else None)
    return Q(payments__receipt_number=receipt_links.read(word) or "")


def _named(rows: QuerySet[Customer], text: str, *, on: date) -> list[Customer]:
    """Search as the customer list does; whom the text names outright comes first."""
    found = directory.find(rows, Filters(q=text), on=on)
    place = {pk: number for number, pk in enumerate(found.exact)}
    exact = sorted(rows.filter(pk__in=found.exact[:MOST_HITS]), key=lambda row: place[row.pk])
    others = found.customers.exclude(pk__in=found.exact).order_by("name", "pk")
    return [*exact, *others[: MOST_HITS - len(exact)]]


def account(customer: Customer) -> Account:
    """Return what the counter shows of a customer; its `account_state` and `area` should be
    loaded."""
    balance = customer.account_state.balance_amount
    return Account(
        customer=customer,
        balance=balance,
        due=max(balance, ZERO),
        monthly=monthly.price(customer),
        oldest_due=customer.account_state.oldest_due_date,
        invoices=list(
            Invoice.objects.filter(
                customer=customer, status=Invoice.Status.OPEN, amount_due__gt=0
            ).order_by("due_date", "pk")
        ),
        last=Payment.objects.filter(customer=customer, status=Payment.Status.COMPLETED)
        .select_related("received_by")
        .order_by("-received_at", "-pk")
        .first(),
    )


def usual_method(user: User) -> str:
    """Return how this person took money last; cash for a newcomer."""
    method = (
        Payment.objects.filter(received_by=user, method__in=BY_HAND)
        .order_by("-posted_on", "-pk")
        .values_list("method", flat=True)
        .first()
    )
    return method or Payment.Method.CASH.value
