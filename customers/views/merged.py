"""Accounts that may be one person, or were made one, on the page of a customer."""

from collections.abc import Iterable
from typing import Any

from customers.models import Customer, Merge
from customers.queries import merges
from customers.views import links
from ispbill.accounts.access import may
from ispbill.accounts.http import Request


def alike(customer: Customer, others: Iterable[Customer]) -> list[tuple[Customer, str]]:
    """Return who looks alike, each with the address where the two are compared."""
    return [
        (other, links.address("staff_signup:compare", customer.number, other.number))
        for other in others
    ]


def context(request: Request, customer: Customer, *, has_absorbed: bool) -> dict[str, Any]:
    """Return what became a part of an account, and what it became a part of itself."""
    own = merges.of_absorbed(customer) if customer.merged_into_id is not None else None
    parts = merges.taken_over(customer) if has_absorbed else ()
    return {
        "merges": [_with_undo(request, one) for one in parts],
        "merged": _with_undo(request, own) if own is not None else None,
    }


def _with_undo(request: Request, merge: Merge) -> dict[str, Any]:
    undo = links.address("staff_signup:undo-merge", merge.pk)
    return {"merge": merge, "undo_url": undo if may(request.user, "customers.merge") else ""}
