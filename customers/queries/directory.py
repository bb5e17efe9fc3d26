"""Which customers a person may see, and the list of them: filtered, sorted, page by page.

Pages are found by key, never by offset, so the last page of a million is as quick as the first
(performance.md A6). Each page is one query of plain values.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from customers.models import Area, Customer, CustomerLogin, Subscription
from customers.queries import search
from ispbill.accounts.access import branch_scope
from ispbill.accounts.models import User

EXACT_UP_TO = 1000


@dataclass(frozen=True)
class Filters:
    """What narrows the list. Empty means any. Amounts in the company's currency."""

    q: str = ""
    status: tuple[str, ...] = ()
    area: int | None = None  # with everything that lies in it
    branch: int | None = None
    reseller: int | None = None
    collector: int | None = None
    package: int | None = None
    technology: str = ""
    billing_day: int | None = None
    churn: tuple[str, ...] = ()
    overdue_days: int | None = None  # more than so many days past the oldest due date
    tag: str = ""
    balance_from: Decimal | None = None
    balance_to: Decimal | None = None
    joined_from: date | None = None
    joined_to: date | None = None
    is_suspect: bool = False
    has_no_phone: bool = False
    is_archived: bool = False


@dataclass(frozen=True)
class Found:
    """The customers a filter leaves; `exact` (ids) are named outright by the search text."""

    customers: QuerySet[Customer]
    exact: tuple[int, ...] = ()
    corrected: str = ""


@dataclass(frozen=True)
class Count:
    """How many there are: exact up to a thousand, the planner's guess above."""

    number: int
    is_exact: bool = field(default=True)


def visible_to(user: User, *, customer_ids: Iterable[int] | None = None) -> QuerySet[Customer]:
    """Return the customers a person may open; the only door to one.

    Staff see all, a branch manager those of the branch. Portal requests pass the accounts their
    guard found (`request.customer_ids`); without them a customer sees the accounts of the login
    and anybody else nothing.
    """
    customers = Customer.objects.all()
    if customer_ids is not None:
        customers = customers.filter(pk__in=list(customer_ids))
    elif user.role == User.Role.CUSTOMER:
        customers = customers.filter(pk__in=own_accounts(user))
    elif not user.is_console_user:
        return customers.none()
    branch = branch_scope(user)
    return customers if branch is None else customers.filter(branch_id=branch)


def own_accounts(user: User) -> list[int]:
    """Return the ids of the living accounts a customer's login opens, oldest first."""
    return list(
        CustomerLogin.objects.filter(user=user, customer__archived_at__isnull=True)
        .order_by("customer_id")
        .values_list("customer_id", flat=True)
    )


def find(customers: QuerySet[Customer], filters: Filters, *, on: date) -> Found:
    """Narrow `customers` by the filters and the search text; `on` is the company's date.

    When nothing is spelt as typed, the nearest known spellings are looked for instead.
    """
    narrowed = filtered(customers, filters, on=on)
    if not filters.q.strip():
        return Found(narrowed)
    match = search.match(narrowed, filters.q)
    found = narrowed.filter(match.condition)
    if match.exact or found.exists():
        return Found(found, exact=match.exact)
    near = search.corrected(match.sought)
    if near is None:
        return Found(found)
    return Found(narrowed.filter(near.condition), corrected=near.corrected)


def filtered(customers: QuerySet[Customer], filters: Filters, *, on: date) -> QuerySet[Customer]:
    """Narrow `customers` by everything but the search text."""
    customers = customers.filter(archived_at__isnull=not filters.is_archived)
    customers = customers.filter(_plain(filters))
    services = _services(filters)
    if services is not None:
        customers = customers.filter(Exists(services.filter(customer=OuterRef("pk"))))
    if filters.overdue_days is not None:
        customers = customers.filter(
            standing__oldest_due_date__lt=on - timedelta(days=filters.overdue_days)
        )
    if filters.balance_from is not None:
        customers = customers.filter(standing__balance_amount__gte=filters.balance_from)
    if filters.balance_to is not None:
        customers = customers.filter(standing__balance_amount__lte=filters.balance_to)
    return customers


def count(customers: QuerySet[Customer]) -> Count:
    """Count up to a thousand; above that, tell the planner's estimate (never below 1,001)."""
    counted = customers.order_by()[: EXACT_UP_TO + 1].count()
    if counted <= EXACT_UP_TO:
        return Count(counted)
    return Count(max(_estimate(customers), EXACT_UP_TO + 1), is_exact=False)


def _plain(filters: Filters) -> Q:
    condition = Q()
    if filters.status:
        condition &= Q(status__in=filters.status)
    if filters.area is not None:
        condition &= Q(area__in=_subtree(filters.area))
    for column, value in (
        ("branch", filters.branch),
        ("reseller_id", filters.reseller),
        ("collector", filters.collector),
    ):
        if value is not None:
            condition &= Q(**{column: value})
    if filters.churn:
        condition &= Q(churn_risk__in=filters.churn)
    if filters.tag:
        condition &= Q(tags__contains=[filters.tag.lower()])
    if filters.joined_from is not None:
        condition &= Q(customer_since__gte=filters.joined_from)
    if filters.joined_to is not None:
        condition &= Q(customer_since__lte=filters.joined_to)
    if filters.is_suspect:
        condition &= Q(is_duplicate_suspect=True)
    if filters.has_no_phone:
        condition &= Q(phone="")
    return condition


def _subtree(area_id: int) -> list[int]:
    """Ids, not a join: with the list at hand the planner knows how many customers to expect."""
    area = Area.objects.filter(pk=area_id).only("path").first()
    if area is None:
        return []
    return list(Area.objects.filter(path__startswith=area.path).values_list("pk", flat=True))


def _services(filters: Filters) -> QuerySet[Subscription] | None:
    if filters.package is None and not filters.technology and filters.billing_day is None:
        return None
    services = Subscription.objects.exclude(status=Subscription.Status.CANCELLED)
    if filters.package is not None:
        services = services.filter(package=filters.package)
    if filters.technology:
        services = services.filter(technology=filters.technology)
    if filters.billing_day is not None:
        services = services.filter(billing_day=filters.billing_day)
    return services


def _estimate(customers: QuerySet[Customer]) -> int:
    query, values = customers.order_by().values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {query}", values)
        plan = cursor.fetchone()[0]
    return int(plan[0]["Plan"]["Plan Rows"])
