"""What the signed-in member of staff is looking at: the customers in reach, the branch chosen."""

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from customers.models import Customer
from customers.queries import directory, page_sources
from ispbill.accounts.access import branch_scope
from ispbill.accounts.http import Request
from ispbill.notifications.services import refusals

PAGE = "customers"  # the key of this list's saved views and columns


def customers(request: Request) -> QuerySet[Customer]:
    """Return the customers in reach, in the branch chosen in the top bar if one is."""
    visible = directory.visible_to(request.user)
    chosen = request.session.get("branch_id")
    return visible.filter(branch_id=chosen) if chosen else visible


def reach(request: Request) -> str:
    """Name what `customers` returns: the same word always means the same customers."""
    own, chosen = branch_scope(request.user), request.session.get("branch_id")
    return f"staff:{own or ''}:{chosen or ''}"


def customer(request: Request, number: str) -> Customer:
    """Return one customer by account number; somebody else's is not found."""
    return get_object_or_404(
        page_sources.with_history(directory.visible_to(request.user))
        .select_related(
            "area", "branch", "collector", "account_state", "referred_by", "merged_into"
        )
        .annotate(refused_events=refusals.of_each()),
        number=number,
    )


def sharer(request: Request, other: Customer | None) -> dict[str, object]:
    """Return who has a phone already, and whether this person may know who that is."""
    mine = directory.visible_to(request.user)
    return {"other": other, "may_open": other is not None and mine.filter(pk=other.pk).exists()}
