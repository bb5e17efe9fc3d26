"""What the signed-in member of staff is looking at: the customers in reach, the branch chosen."""

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.cache import patch_vary_headers
from django_htmx.http import trigger_client_event

from customers.models import Customer
from customers.queries import directory
from ispbill.accounts.access import branch_scope
from ispbill.accounts.http import Request

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
        directory.visible_to(request.user).select_related(
            "area", "branch", "collector", "standing", "referred_by"
        ),
        number=number,
    )


def sharer(request: Request, other: Customer | None) -> dict[str, object]:
    """Return who has a phone already, and whether this person may know who that is."""
    mine = directory.visible_to(request.user)
    return {"other": other, "may_open": other is not None and mine.filter(pk=other.pk).exists()}


def is_fragment(request: Request, target: str) -> bool:
    """Tell whether htmx asks for one region of a page rather than for all of it."""
    return bool(
        request.htmx and not request.htmx.history_restore_request and request.htmx.target == target
    )


def done(text: str, *, event: str = "customers:changed") -> HttpResponse:
    """Answer a dialog that did its work: close it, say so, let the page's regions reload."""
    response = HttpResponse(status=204)
    trigger_client_event(response, "dialog:close")
    trigger_client_event(response, "toast", {"text": text, "level": "success"})
    return trigger_client_event(response, event)


def varied(response: HttpResponse) -> HttpResponse:
    """Mark an answer that depends on who asks: htmx or the browser."""
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response
