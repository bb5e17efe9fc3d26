"""Pause requests, and what a pause does to the money: worked out beforehand, reads only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet

from billing.changes.models import PauseRequest
from billing.dunning.queries import suspension_rules
from billing.dunning.rules.suspension_kinds import Rule
from billing.invoices.queries import billed_lines
from billing.invoices.rules.giving_back import give_back
from billing.pricing.queries import service_terms
from customers.models import Subscription, Suspension
from customers.queries import directory
from ispbill.accounts.models import User

Status = PauseRequest.Status
VIEWS: dict[str, tuple[str, ...]] = {
    "waiting": (Status.REQUESTED,),
    "done": (Status.APPROVED, Status.REFUSED, Status.WITHDRAWN),
}


SIZES = (25, 50, 100, 200)
# What waits by its first day, what is over newest first; ties by the id.
_ORDER = {"waiting": ("span", "pk"), "done": ("-requested_at", "-pk")}


@dataclass(frozen=True)
class Page:
    """Rows and the way on: `newer` and `older` are cursors (ids), "" where there is no more."""

    rows: list[PauseRequest]
    newer: str = ""
    older: str = ""


@dataclass(frozen=True)
class Effect:
    """What a pause would do to the money by the bills there are: the rule, what goes back."""

    rule: Rule
    credit: Decimal  # with tax, on return
    days: int


def visible_to(user: User, *, customer_ids: Iterable[int] | None = None) -> QuerySet[PauseRequest]:
    """Return the requests a person may see: of the customers in reach."""
    reach = directory.visible_to(user, customer_ids=customer_ids)
    return PauseRequest.objects.filter(customer__in=reach)


def listed(requests: QuerySet[PauseRequest], view: str) -> QuerySet[PauseRequest]:
    """Return one view of the queue in its order."""
    people = ("customer__account_state", "subscription__package", "decided_by", "planned_move")
    found = requests.filter(status__in=VIEWS[view]).select_related(*people)
    return found.order_by(*_ORDER[view])


def page(
    requests: QuerySet[PauseRequest],
    view: str,
    *,
    size: int = 25,
    after: str = "",
    before: str = "",
) -> Page:
    """Return one page of a view. A cursor that names no request in reach leads to the first page.

    A cursor is a request's id: the page goes on from its place even if it was decided meanwhile.
    """
    found, order = listed(requests, view), _ORDER[view]
    position = _position(requests, before or after, order)
    backwards = bool(before) and position is not None
    if position is not None:
        found = found.filter(_beyond(order, position, backwards=backwards))
    if backwards:
        found = found.reverse()
    rows = list(found[: size + 1])
    if position is not None and not rows:  # decided away meanwhile
        return page(requests, view, size=size)
    has_more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    return Page(
        rows=rows,
        newer=str(rows[0].pk) if rows and position and (has_more or not backwards) else "",
        older=str(rows[-1].pk) if rows and (has_more or backwards) else "",
    )


def counts(requests: QuerySet[PauseRequest]) -> dict[str, int]:
    """Return how many requests each view has."""
    found: dict[str, int] = requests.aggregate(
        **{view: Count("pk", filter=Q(status__in=statuses)) for view, statuses in VIEWS.items()}
    )
    return found


def waiting(branch_id: int | None = None) -> QuerySet[PauseRequest]:
    """Return what nobody has decided on yet, of all customers or a branch's."""
    found = PauseRequest.objects.filter(status=Status.REQUESTED)
    return found if branch_id is None else found.filter(customer__branch_id=branch_id)


def effect(subscription: Subscription, *, start: date, until: date) -> Effect:
    """Work out what days `[start, until)` without the service do to the money."""
    rule = suspension_rules.of(Suspension.Kind.CUSTOMER_REQUEST)
    credit = credit_of(subscription, start=start, end=until) if rule.is_credited else Decimal(0)
    return Effect(rule, credit, (until - start).days)


def credit_of(subscription: Subscription, *, start: date, end: date) -> Decimal:
    """Return what goes back for billed days of a pause, with tax."""
    if end <= start:
        return Decimal(0)
    policy = service_terms.policy()
    held = billed_lines.holding([subscription.pk], start=start, end=end, item=None)
    backs = [give_back(one.charged, one.days, policy) for one in held]
    return sum((back.amount.gross for back in backs if back is not None), start=Decimal(0))


def _position(
    requests: QuerySet[PauseRequest], cursor: str, order: Sequence[str]
) -> tuple[Any, ...] | None:
    """Return what a request is sorted by; None for a cursor that names none."""
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
        return None
    fields = [name.removeprefix("-") for name in order]
    return requests.filter(pk=int(cursor)).values_list(*fields).first()


def _beyond(order: Sequence[str], position: tuple[Any, ...], *, backwards: bool) -> Q:
    """What comes after a place in an order of two fields, or before it."""
    (first, second), (value, pk) = order, position
    side = "lt" if first.startswith("-") != backwards else "gt"
    first, second = first.removeprefix("-"), second.removeprefix("-")
    return Q(**{f"{first}__{side}": value}) | Q(**{first: value, f"{second}__{side}": pk})
