"""How these views answer: a region or a page, a dialog that did its work, ways to upper apps."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import NoReverseMatch, reverse
from django.utils.cache import patch_vary_headers
from django_htmx.http import trigger_client_event

from customers.models import Customer, Subscription
from customers.queries import directory
from ispbill.accounts.access import branch_scope
from ispbill.accounts.http import Request


def address(name: str, *args: object) -> str:
    """Return the address of a named page of any app, or "" while there is none."""
    try:
        return reverse(name, args=args or None)
    except NoReverseMatch:
        return ""


def is_fragment(request: Request, target: str) -> bool:
    """Tell whether htmx asks for one region of a page rather than for all of it."""
    return bool(
        request.htmx and not request.htmx.history_restore_request and request.htmx.target == target
    )


def varied(response: HttpResponse) -> HttpResponse:
    """Mark an answer that depends on who asks: htmx or the browser."""
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def done(request: Request, text: str, *, back: str, level: str = "success") -> HttpResponse:
    """Answer an act that succeeded: close the dialog and let regions reload, or go `back`."""
    if not request.htmx:
        messages.add_message(request, getattr(messages, level.upper()), text)
        return HttpResponseRedirect(back)
    response = HttpResponse(status=204)
    trigger_client_event(response, "dialog:close")
    trigger_client_event(response, "toast", {"text": text, "level": level})
    trigger_client_event(response, "customers:changed")
    return varied(trigger_client_event(response, "billing:changed"))


def chosen_branch(request: Request) -> int | None:
    """Return the one branch to show: the user's own, or the one chosen in the top bar."""
    own = branch_scope(request.user)
    if own is not None:
        return own
    chosen = request.session.get("branch_id")
    return int(chosen) if chosen else None


def customer(request: Request, number: str) -> Customer:
    """Return one customer in reach by account number; somebody else's is not found."""
    reach: QuerySet[Customer] = directory.visible_to(request.user)
    return get_object_or_404(reach.select_related("standing", "area"), number=number)


def service(request: Request, number: str, line_no: int) -> Subscription:
    """Return one service in reach, with customer, standing and package."""
    reach = directory.visible_to(request.user)
    return get_object_or_404(
        Subscription.objects.select_related("customer__standing", "package"),
        customer__in=reach.filter(number=number),
        line_no=line_no,
    )


def size_of(text: str, sizes: tuple[int, ...]) -> int:
    """Return the page size asked for, or the smallest."""
    return int(text) if text.isascii() and text.isdigit() and int(text) in sizes else sizes[0]


def without(request: Request, *keys: str) -> str:
    """Return the address's query without some keys and without the position in the list."""
    kept: Any = request.GET.copy()
    for key in (*keys, "after", "before"):
        kept.pop(key, None)
    return f"?{kept.urlencode()}"
