"""A customer's account as the books have it: opening balance, each debit and credit, closing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Model, QuerySet, Sum

from billing.allocation.models import Payment, Refund
from billing.invoices.models import CreditNote, Invoice
from billing.ledger.models import Posting
from billing.ledger.rules.chart import Chart
from customers.models import Customer

# Source of an entry → where its number stands.
_NUMBERED: dict[str, tuple[type[Model], str]] = {
    "invoice": (Invoice, "number"),
    "payment": (Payment, "receipt_number"),
    "credit_note": (CreditNote, "number"),
    "refund": (Refund, "number"),
}


@dataclass(frozen=True)
class Movement:
    """One posting on the customer's account; `balance` is what is owed after it."""

    on: date
    kind: str
    source_type: str
    number: str  # INV-…, RCP-…, CN-…, RF-…; "" where the source has none
    memo: str
    debit: Decimal | None
    credit: Decimal | None
    balance: Decimal

    @property
    def is_payment(self) -> bool:
        return self.source_type == "payment"

    @property
    def is_invoice(self) -> bool:
        return self.source_type == "invoice"

    @property
    def is_credit_note(self) -> bool:
        return self.source_type == "credit_note"

    @property
    def is_refund(self) -> bool:
        return self.source_type == "refund"

    @property
    def is_reversal(self) -> bool:
        return self.kind == "REVERSAL"


@dataclass(frozen=True)
class Statement:
    """What happened from `since` to `until` (books' days, both inclusive)."""

    since: date | None
    until: date
    opening: Decimal
    movements: list[Movement]
    charged: Decimal
    paid: Decimal
    closing: Decimal


def statement(customer: Customer, *, since: date | None, until: date) -> Statement:
    """Return a customer's statement; a handful of queries whatever its length."""
    account = Posting.objects.filter(customer=customer, account=Chart.RECEIVABLE)
    opening = Decimal(0)
    if since is not None:
        before = account.filter(entry__posted_on__lt=since).aggregate(sum=Sum("amount"))
        opening = before["sum"] or Decimal(0)
        account = account.filter(entry__posted_on__gte=since)
    account = account.filter(entry__posted_on__lte=until)
    movements = _movements(account, opening=opening)
    return Statement(
        since=since,
        until=until,
        opening=opening,
        movements=movements,
        charged=sum((m.debit for m in movements if m.debit is not None), Decimal(0)),
        paid=sum((m.credit for m in movements if m.credit is not None), Decimal(0)),
        closing=movements[-1].balance if movements else opening,
    )


def _movements(postings: QuerySet[Posting], *, opening: Decimal) -> list[Movement]:
    rows = list(
        postings.select_related("entry").order_by("entry__posted_on", "entry_id", "line_no")
    )
    numbers = _numbers(rows)
    balance, movements = opening, []
    for row in rows:
        balance += row.amount
        entry = row.entry
        movements.append(
            Movement(
                on=entry.posted_on,
                kind=entry.kind,
                source_type=entry.source_type,
                number=numbers.get((entry.source_type, entry.source_id), ""),
                memo=entry.memo,
                debit=row.amount if row.amount > 0 else None,
                credit=-row.amount if row.amount < 0 else None,
                balance=balance,
            )
        )
    return movements


def _numbers(postings: Iterable[Posting]) -> dict[tuple[str, int], str]:
    ids: dict[str, set[int]] = {}
    for posting in postings:
        ids.setdefault(posting.entry.source_type, set()).add(posting.entry.source_id)
    numbers: dict[tuple[str, int], str] = {}
    for name, (model, column) in _NUMBERED.items():
        if name in ids:
            found = model._default_manager.filter(pk__in=ids[name]).values_list("pk", column)
            numbers |= {(name, pk): number or "" for pk, number in found}
    return numbers
