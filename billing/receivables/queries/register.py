"""The list of invoices: narrowed, summed, and found page by page by key.

Newest first is the order of the ids. By due date only what is still owed is listed: that is what
the order is for, and what its index holds.
"""

import base64
import binascii
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from billing.invoices.models import Invoice
from billing.invoices.rules import invoice_states
from customers.models import Customer
from customers.queries import search

SIZES = (25, 50, 100, 200)
SUMMED_UP_TO = 50_000
FEW_CUSTOMERS = 2000
OWED = Q(status=Invoice.Status.OPEN, amount_due__gt=0)

COLUMNS = (
    "pk", "number", "status", "kind", "issued_on", "due_date", "total_amount", "paid_amount",
    "credited_amount", "amount_due", "customer__number", "customer__name",
)  # fmt: skip


@dataclass(frozen=True)
class Filters:
    """What narrows the list. Empty means any. Amounts in the company's currency."""

    q: str = ""
    state: str = ""
    is_due_today: bool = False  # owed, and due on the day of asking
    due_from: date | None = None
    due_to: date | None = None
    issued_from: date | None = None
    issued_to: date | None = None
    amount_from: Decimal | None = None
    amount_to: Decimal | None = None
    branch: int | None = None
    run: int | None = None
    customer: str = ""


@dataclass(frozen=True)
class Row:
    """An invoice as the list shows it."""

    number: str
    state: str
    is_partly_paid: bool
    is_open: bool
    issued_on: date | None
    due_date: date
    total: Decimal
    paid: Decimal
    due: Decimal
    customer_number: str
    customer_name: str
    may_be_voided: bool
    may_be_credited: bool


@dataclass(frozen=True)
class Page:
    """Rows and the way on: `after` and `before` are cursors, "" where there is no more."""

    rows: list[Row]
    after: str = ""
    before: str = ""


@dataclass(frozen=True)
class Totals:
    """Sums of a filtered set without its void ones; None when there are too many to add up."""

    count: int
    total: Decimal | None
    paid: Decimal | None
    due: Decimal | None

    @property
    def is_exact(self) -> bool:
        return self.total is not None


def filtered(invoices: QuerySet[Invoice], filters: Filters, *, on: date) -> QuerySet[Invoice]:
    """Narrow `invoices`; `on` is the company date that tells unpaid from overdue."""
    if filters.q:
        invoices = invoices.filter(_named(filters.q))
    if filters.state:
        invoices = invoices.filter(_in_state(filters.state, on))
    if filters.is_due_today:
        invoices = invoices.filter(OWED, due_date=on)
    plain = {
        "due_date__gte": filters.due_from,
        "due_date__lte": filters.due_to,
        "issued_on__gte": filters.issued_from,
        "issued_on__lte": filters.issued_to,
        "total_amount__gte": filters.amount_from,
        "total_amount__lte": filters.amount_to,
        "branch_id": filters.branch,
        "run_id": filters.run,
        "customer__number": filters.customer or None,
    }
    return invoices.filter(**{key: value for key, value in plain.items() if value is not None})


def page(
    invoices: QuerySet[Invoice],
    *,
    on: date,
    by_due_date: bool = False,
    size: int = 25,
    after: str = "",
    before: str = "",
) -> Page:
    """Return one page. A cursor that makes no sense leads to the first one."""
    if by_due_date:
        invoices = invoices.filter(OWED)
    position = _read(before or after, by_due_date)
    backwards = bool(before) and position is not None
    if position is not None:
        invoices = invoices.filter(_beyond(position, by_due_date, backwards))
    ascends = by_due_date != backwards
    order = ["due_date", "pk"] if by_due_date else ["pk"]
    ordered = invoices.order_by(*(name if ascends else f"-{name}" for name in order))
    found = list(ordered.values(*COLUMNS)[: size + 1])
    has_more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    first, last = (found[0], found[-1]) if found else (None, None)
    return Page(
        rows=[_row(one, on) for one in found],
        after=_cursor(last, by_due_date) if last and (has_more or backwards) else "",
        before=_cursor(first, by_due_date)
        if first and position is not None and (has_more or not backwards)
        else "",
    )


def totals(invoices: QuerySet[Invoice]) -> Totals:
    """Add up a filtered set, as far as it can be done while somebody waits."""
    counts = ~Q(status=Invoice.Status.VOID)
    sums = invoices.order_by()[: SUMMED_UP_TO + 1].aggregate(
        count=Count("pk"),
        total=Sum("total_amount", filter=counts),
        paid=Sum(F("paid_amount") + F("credited_amount"), filter=counts),
        due=Sum("amount_due", filter=counts),
    )
    if sums["count"] > SUMMED_UP_TO:
        return Totals(SUMMED_UP_TO, None, None, None)
    zero = Decimal(0)
    return Totals(sums["count"], sums["total"] or zero, sums["paid"] or zero, sums["due"] or zero)


def every(invoices: QuerySet[Invoice], *, on: date) -> Iterator[Row]:
    """Walk through a filtered set newest first, a few thousand at a time."""
    for one in invoices.order_by("-pk").values(*COLUMNS).iterator(chunk_size=2000):
        yield _row(one, on)


def of_customer(customer_id: int, *, on: date, limit: int) -> list[Row]:
    """Return the newest issued invoices of a customer."""
    mine = Invoice.objects.filter(customer_id=customer_id).exclude(status=Invoice.Status.DRAFT)
    return [_row(one, on) for one in mine.order_by("-pk").values(*COLUMNS)[:limit]]


def _row(one: dict[str, Any], on: date) -> Row:
    state = invoice_states.state_of(
        status=one["status"],
        total=one["total_amount"],
        paid=one["paid_amount"],
        due=one["amount_due"],
        due_date=one["due_date"],
        on=on,
    )
    touched = one["paid_amount"] + one["credited_amount"]
    is_open = one["status"] == Invoice.Status.OPEN
    return Row(
        number=one["number"] or "",
        state=state,
        is_partly_paid=bool(touched) and one["amount_due"] > 0,
        is_open=is_open and one["amount_due"] > 0,
        issued_on=one["issued_on"],
        due_date=one["due_date"],
        total=one["total_amount"],
        paid=touched,
        due=one["amount_due"] if is_open else Decimal(0),
        customer_number=one["customer__number"],
        customer_name=one["customer__name"],
        may_be_voided=is_open and not touched,
        may_be_credited=is_open and one["credited_amount"] < one["total_amount"],
    )


def _named(text: str) -> Q:
    written = text.upper()
    if written.startswith("CT-"):
        return Q(customer__number=written)
    if written.startswith("INV-"):
        return Q(number=written)
    if written.isdigit():
        return Q(number__endswith=f"-{written.zfill(5)}")
    return _of_customers(text)


def _of_customers(text: str) -> Q:
    """The bills of whom the customers' list would find, archived ones too.

    A few customers are named by their ids: the bills then come from the index of each. Of very
    many nearly every page is full soon, and the bills are walked newest first.
    """
    match, ids = search.look(Customer.objects.all(), text, most=FEW_CUSTOMERS)
    if len(ids) > FEW_CUSTOMERS:
        return Q(customer__in=Customer.objects.filter(match.condition))
    return Q(customer__in=[*ids, *match.exact])


def _in_state(state: str, on: date) -> Q:
    touched = Q(paid_amount__gt=0) | Q(credited_amount__gt=0)
    return {
        "OPEN": OWED,
        "UNPAID": OWED & ~touched & Q(due_date__gte=on),
        "PARTIAL": OWED & touched,
        "OVERDUE": OWED & Q(due_date__lt=on),
        "PAID": Q(status=Invoice.Status.OPEN, amount_due__lte=0, paid_amount__gt=0),
        "CREDITED": Q(status=Invoice.Status.OPEN, amount_due__lte=0, paid_amount=0),
        "VOID": Q(status=Invoice.Status.VOID),
    }[state]


def _beyond(position: tuple[date | None, int], by_due_date: bool, backwards: bool) -> Q:
    due, pk = position
    if not by_due_date:
        return Q(pk__gt=pk) if backwards else Q(pk__lt=pk)
    side = "lt" if backwards else "gt"
    # The first part is what the index is entered by; the second settles ties.
    return Q(**{f"due_date__{side}e": due}) & (
        Q(**{f"due_date__{side}": due}) | Q(**{f"pk__{side}": pk})
    )


def _cursor(one: dict[str, Any], by_due_date: bool) -> str:
    parts = json.dumps([one["due_date"].isoformat() if by_due_date else "", one["pk"]])
    return base64.urlsafe_b64encode(parts.encode()).decode().rstrip("=")


def _read(cursor: str, by_due_date: bool) -> tuple[date | None, int] | None:
    if not cursor:
        return None
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        text, pk = json.loads(raw)
        number = int(pk)
        due = date.fromisoformat(text) if by_due_date else None
    except (binascii.Error, ValueError, TypeError, UnicodeDecodeError):
        return None
    return (due, number) if 0 <= number < 2**62 else None
