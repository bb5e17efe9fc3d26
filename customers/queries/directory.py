"""Which customers a person may see, and the list of them: filtered, sorted, page by page.

Pages are found by key, never by offset, so the last page of a million is as quick as the first
(performance.md A6). Each page is one query of plain values.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BigIntegerField,
    BooleanField,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Value,
)

from customers.models import AccountState, Area, Customer, CustomerLogin, Subscription
from customers.queries import counting, picture, search
from customers.queries.counting import Count
from ispbill.accounts.access import branch_scope
from ispbill.accounts.models import User

_AMOUNTS = (
    "balance_from", "balance_to", "stars_to", "value_from", "value_to", "speed_to", "uptime_to",
)  # fmt: skip


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
    language: str = ""
    balance_from: Decimal | None = None
    balance_to: Decimal | None = None
    joined_from: date | None = None
    joined_to: date | None = None
    ott: str = ""  # streaming app
    nps: str = ""  # a key of picture.NPS
    stars_to: Decimal | None = None  # satisfaction, at most
    value_from: Decimal | None = None  # paid in all, at least
    value_to: Decimal | None = None
    speed_to: Decimal | None = None  # average Mbps, at most
    uptime_to: Decimal | None = None  # percent, at most
    peak: int | None = None  # an hour of the day among the busiest three
    is_suspect: bool = False
    has_no_phone: bool = False
    is_archived: bool = False


@dataclass(frozen=True)
class Found:
    """The customers a filter leaves."""

    customers: QuerySet[Customer]
    count: Count
    exact: tuple[int, ...] = ()
    """Ids that the search text names outright; they come first."""
    corrected: str = ""
    """The spelling looked for instead, when nobody was found as typed."""
    is_cut: bool = False
    """A search with too many hits: only the first FEW are shown."""


def visible_to(user: User, *, customer_ids: Iterable[int] | None = None) -> QuerySet[Customer]:
    """Return the customers a person may open; the only door to one.

    Staff see all, a branch manager those of the branch. Portal requests pass the accounts their
    guard found (`request.customer_ids`); without them a customer sees the accounts of the login
    and anybody else nothing.
    """
    customers = Customer.objects.all()
    if customer_ids is not None:
        customers = customers.filter(pk__in=customer_ids)
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


def find(customers: QuerySet[Customer], filters: Filters, *, on: date, reach: str = "") -> Found:
    """Narrow `customers` by the filters and the search text; `on` is the company's date.

    `reach` names what `customers` are: with it the number of all of thousands may be COUNT_SECONDS
    old. Only for staff: under row-level security the same name means other rows to each person.

    A small result is fetched as ids first and sorted afterwards. Left to itself the planner would
    walk the names from A on until it has met a page of matches, which for `Zahid` is nearly all
    of a million.
    """
    narrowed = filtered(customers, filters, on=on)
    if filters.q.strip():
        return _searched(customers, narrowed, filters.q)
    if filters == Filters():
        return Found(
            narrowed, counting.kept_count(narrowed, reach) if reach else counting.estimate(narrowed)
        )
    bound = _at_most(filters, on=on)
    if bound is None:
        ids = _few(narrowed, counting.FEW)
        count = Count(len(ids)) if len(ids) <= counting.FEW else counting.counted(narrowed)
    else:
        ids = _few(_among(customers.filter(_unjoined(filters)), bound), counting.MANY)
        count = Count(len(ids))
    return Found(_among(customers, ids) if len(ids) <= counting.FEW else narrowed, count)


def _searched(customers: QuerySet[Customer], narrowed: QuerySet[Customer], text: str) -> Found:
    match, ids = search.look(narrowed, text, most=counting.FEW)
    is_cut = len(ids) > counting.FEW
    everybody = set(ids[: counting.FEW]) | set(match.exact)
    return Found(
        _among(customers, ids[: counting.FEW]),
        Count(len(everybody), is_exact=not is_cut),
        exact=match.exact,
        corrected=match.corrected,
        is_cut=is_cut,
    )


def everybody(customers: QuerySet[Customer], filters: Filters, *, on: date) -> QuerySet[Customer]:
    """Return all that `find` is about, uncut and unsorted, for exports and bulk changes."""
    narrowed = filtered(customers, filters, on=on)
    if not filters.q.strip():
        return narrowed
    match, _ids = search.look(narrowed, filters.q, most=0)
    return narrowed.filter(match.condition | Q(pk__in=match.exact))


def frozen(filters: Filters) -> dict[str, Any]:
    """Return filters as plain JSON, for a job to read with `thawed`."""
    plain: dict[str, Any] = json.loads(json.dumps(asdict(filters), default=str))
    return plain


def thawed(plain: dict[str, Any]) -> Filters:
    """Return the filters that `frozen` made plain."""
    read = dict(plain)
    for name in ("status", "churn"):
        read[name] = tuple(read[name])
    for name in _AMOUNTS:
        read[name] = None if read[name] is None else Decimal(read[name])
    for name in ("joined_from", "joined_to"):
        read[name] = None if read[name] is None else date.fromisoformat(read[name])
    return Filters(**read)


def filtered(customers: QuerySet[Customer], filters: Filters, *, on: date) -> QuerySet[Customer]:
    """Narrow `customers` by everything but the search text."""
    customers = customers.filter(_unjoined(filters))
    services = _services(filters)
    if services is not None:
        customers = customers.filter(Exists(services.filter(customer=OuterRef("pk"))))
    for account_states in _account_states(filters, on):
        customers = customers.filter(pk__in=account_states.order_by().values("pk"))
    return customers


def _at_most(filters: Filters, *, on: date) -> list[int] | None:
    """Return the ids that services and account states leave, asked of their own indexes.

    None when those filters are not set or one leaves more than MANY. Joined to the customers they
    make the planner read a whole branch, or everybody, to count the few that match.
    """
    found: set[int] | None = None
    services = _services(filters)
    asked: list[Iterable[int]] = []
    if services is not None:
        asked.append(services.values_list("customer_id", flat=True)[: counting.MANY + 1])
    for account_states in _account_states(filters, on):
        asked.append(account_states.values_list("pk", flat=True)[: counting.MANY + 1])
    for query in asked:
        ids = set(query)
        if len(ids) > counting.MANY:
            return None
        found = ids if found is None else found & ids
    return None if found is None else sorted(found)


def _unjoined(filters: Filters) -> Q:
    """What can be asked of the customers alone."""
    condition = Q(archived_at__isnull=not filters.is_archived)
    for lookup, value in (
        ("branch", filters.branch),
        ("reseller_id", filters.reseller),
        ("collector", filters.collector),
        ("customer_since__gte", filters.joined_from),
        ("customer_since__lte", filters.joined_to),
    ):
        if value is not None:
            condition &= Q(**{lookup: value})
    if filters.status:
        condition &= Q(status__in=filters.status)
    if filters.area is not None:
        condition &= Q(area__in=_subtree(filters.area))
    if filters.churn:
        condition &= Q(churn_risk__in=filters.churn)
    if filters.language:
        condition &= Q(language=filters.language)
    if filters.tag:
        condition &= Q(tags__contains=[filters.tag.lower()])
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


def _account_states(filters: Filters, on: date) -> Iterator[QuerySet[AccountState]]:
    """Ordered as an index is: the planner then reads that, however few there are. It does not
    know how many, see `_counted`.
    """
    if filters.overdue_days is not None:
        before = on - timedelta(days=filters.overdue_days)
        yield AccountState.objects.filter(oldest_due_date__lt=before).order_by(
            "oldest_due_date", "pk"
        )
    if filters.balance_from is not None or filters.balance_to is not None:
        account_states = AccountState.objects.order_by("balance_amount", "pk")
        if filters.balance_from is not None:
            account_states = account_states.filter(balance_amount__gte=filters.balance_from)
        if filters.balance_to is not None:
            account_states = account_states.filter(balance_amount__lte=filters.balance_to)
        yield account_states
    facts = picture.asked(**{name: getattr(filters, name) for name in picture.NAMES})
    if facts:
        yield AccountState.objects.filter(facts).order_by("pk")


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


def _among(customers: QuerySet[Customer], ids: list[int]) -> QuerySet[Customer]:
    """Narrow to ids, sent as one array: a thousand single values take longer than the query."""
    numbers = Value(ids, output_field=ArrayField(BigIntegerField()))
    is_among = Func(
        F("pk"),
        numbers,
        template="(%(expressions)s))",
        arg_joiner=" = ANY(",
        output_field=BooleanField(),
    )
    return customers.filter(is_among)


def _few(customers: QuerySet[Customer], most: int) -> list[int]:
    return list(customers.order_by().values_list("pk", flat=True)[: most + 1])
