"""The register of payments: who may see which, filtered, page by page, with its totals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from billing.allocation.models import Payment
from billing.ledger.models import Posting
from customers.queries import search
from ispbill.accounts.access import branch_scope
from ispbill.accounts.models import User
from ispbill.core import keyset
from ispbill.core.keyset import Page
from ispbill.core.services import numbering

_YEARS = range(2000, 2100)


@dataclass(frozen=True)
class Filters:
    """What narrows the register; days are the books' days, both inclusive. Empty means any."""

    q: str = ""  # receipt, reference, customer number or name
    method: str = ""
    state: str = ""
    cashier: int | None = None
    branch: int | None = None
    customer: str = ""  # CT-…
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class MethodTotal:
    """What came in by one method, reversed payments left out."""

    method: str
    label: str
    count: int
    amount: Decimal


@dataclass(frozen=True)
class Totals:
    """Sums of the whole filtered set. `reversed_amount` is what was reversed of it."""

    methods: list[MethodTotal]
    count: int
    amount: Decimal
    reversed_amount: Decimal
    rows: int


def visible_to(user: User) -> QuerySet[Payment]:
    """Return the payments a member of staff may open; the only door to one."""
    if not user.is_console_user:
        return Payment.objects.none()
    branch = branch_scope(user)
    payments = Payment.objects.exclude(receipt_number__isnull=True)
    return payments if branch is None else payments.filter(branch_id=branch)


def filtered(payments: QuerySet[Payment], filters: Filters) -> QuerySet[Payment]:
    """Narrow payments by the filters."""
    plain = {
        "method": filters.method,
        "status": filters.state,
        "received_by": filters.cashier,
        "branch": filters.branch,
        "customer__number": filters.customer,
        "posted_on__gte": filters.since,
        "posted_on__lte": filters.until,
    }
    payments = payments.filter(**{column: value for column, value in plain.items() if value})
    text = filters.q.strip()
    if not text:
        return payments
    # Each side of the "or" is a list of keys, so that each can use its own index.
    meant = Q(receipt_number__in=_receipts(text)) | Q(reference__in={text, text.upper()})
    return payments.filter(meant | search.of_rows(text))


def _receipts(text: str) -> list[str]:
    """Return the receipt numbers a text may mean: the whole one, or its counter in any year."""
    if not (text.isascii() and text.isdigit()):
        return [text.upper()]
    return [numbering.written(series="RCP", year=year, number=int(text)) for year in _YEARS]


def page(
    payments: QuerySet[Payment], *, size: int, after: str = "", before: str = ""
) -> Page[Payment]:
    """Return one page, newest first."""
    rows = payments.select_related("customer", "received_by", "branch")
    return keyset.page(rows, size=size, after=after, before=before)


def totals(payments: QuerySet[Payment]) -> Totals:
    """Sum the filtered set by method; one query."""
    sums = (
        payments.order_by()
        .values("method", "status")
        .annotate(count=Count("pk"), sum=Sum("amount"))
    )
    taken: dict[str, tuple[int, Decimal]] = {}
    reversed_amount, rows = Decimal(0), 0
    for row in sums:
        rows += row["count"]
        if row["status"] == Payment.Status.COMPLETED:
            taken[row["method"]] = (row["count"], row["sum"])
        elif row["status"] == Payment.Status.REVERSED:
            reversed_amount += row["sum"]
    methods = [
        MethodTotal(method.value, str(method.label), *taken[method.value])
        for method in Payment.Method
        if method.value in taken
    ]
    return Totals(
        methods=methods,
        count=sum(total.count for total in methods),
        amount=sum((total.amount for total in methods), Decimal(0)),
        reversed_amount=reversed_amount,
        rows=rows,
    )


@dataclass(frozen=True)
class Booked:
    """One side of a payment's entries in the books."""

    on: date
    is_reversal: bool
    account: str
    debit: Decimal | None
    credit: Decimal | None


def booked(payment: Payment) -> list[Booked]:
    """Return how a payment, and its reversal, are booked."""
    postings = (
        Posting.objects.filter(entry__source_type="payment", entry__source_id=payment.pk)
        .select_related("entry", "account")
        .order_by("entry_id", "line_no")
    )
    return [
        Booked(
            on=posting.entry.posted_on,
            is_reversal=posting.entry.reverses_id is not None,
            account=str(posting.account),
            debit=posting.amount if posting.amount > 0 else None,
            credit=-posting.amount if posting.amount < 0 else None,
        )
        for posting in postings
    ]


def day_of(user: User, *, on: date) -> Totals:
    """Return what one person has taken on a day, by method."""
    return totals(Payment.objects.filter(received_by=user, posted_on=on))


def latest_of(user: User, *, on: date, count: int = 6) -> Sequence[Payment]:
    """Return the last payments one person has taken on a day, newest first."""
    return list(
        Payment.objects.filter(received_by=user, posted_on=on, receipt_number__isnull=False)
        .select_related("customer")
        .order_by("-pk")[:count]
    )


def cashiers() -> QuerySet[User]:
    """Return those who may have taken money by hand, by name."""
    return User.objects.filter(
        role__in=[User.Role.OWNER, User.Role.BILLING, User.Role.BRANCH_MANAGER, User.Role.CASHIER]
    ).order_by("name")
