"""/admin/stock/: what we stock and where it is, one item, one place, a customer's equipment."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from billing.receivables.services import deposits
from customers.queries import directory
from fieldservice.stock.models import StockBalance
from fieldservice.stock.queries import stock as queries
from ispbill.accounts import responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.core import paging

MOST = 200
MOST_UNITS = 100
MOST_MOVES = 30


@require_GET
@staff_only("stock.view")
def index(request: Request) -> HttpResponse:
    """Items with how much of them lies where; `?tab=low` what branches run out of."""
    tab = "low" if request.GET.get("tab") == "low" else "every"
    text = request.GET.get("q", "")[:80]
    found = queries.listed(
        queries.visible_to(request.user), text=text, is_low=tab == "low", user=request.user
    )
    counts = {"low": queries.low(request.user).values("item").distinct().count()}
    context = {
        "items": list(found[:MOST]),
        "query": text,
        "places": list(queries.ours(request.user)[:MOST]),
        "tabs": paging.tabs(
            None,
            "tab",
            [("every", _("Everything")), ("low", _("Running out"))],
            current=tab,
            counts=counts,
        ),
        "may_edit": may(request.user, "stock.edit"),
    }
    part, page = "fieldservice/stock/_rows.html", "fieldservice/stock/index.html"
    return responses.region(request, context, part=part, page=page, target="list")


@require_GET
@staff_only("stock.view")
def item(request: Request, pk: int) -> HttpResponse:
    """One item: where it lies, its pieces, its latest moves."""
    found = get_object_or_404(queries.visible_to(request.user).select_related("fee"), pk=pk)
    text = request.GET.get("q", "")[:60]
    context = {
        "item": found,
        "balances": queries.balances(found, request.user),
        "units": queries.units(found, request.user, text=text, most=MOST_UNITS)
        if found.is_serial
        else [],
        "most": MOST_UNITS,
        "query": text,
        "moves": queries.moves(found, request.user, most=MOST_MOVES),
        "transfers": list(queries.transfers_of(request.user).filter(item=found)[:MOST_MOVES]),
        "may_edit": may(request.user, "stock.edit"),
        "may_see_cost": may(request.user, "ledger.view") or may(request.user, "stock.decide"),
    }
    part, page = "fieldservice/stock/_units.html", "fieldservice/stock/item.html"
    return responses.region(request, context, part=part, page=page, target="list")


@require_GET
@staff_only("stock.view")
def place(request: Request, pk: int) -> HttpResponse:
    """What a branch or a person holds, and its latest counts."""
    found = get_object_or_404(queries.ours(request.user), pk=pk)
    held = StockBalance.objects.filter(place=found, quantity__gt=0)
    context = {
        "place": found,
        "balances": list(held.select_related("item").order_by("item__name")[:MOST]),
        "counts": list(queries.counts(request.user).filter(place=found).order_by("-pk")[:10]),
        "may_edit": may(request.user, "stock.edit"),
    }
    return render(request, "fieldservice/stock/place.html", context)


@require_GET
@staff_only("stock.view")
def customer_panel(request: Request, number: str) -> HttpResponse:
    """What a customer has of ours, for the customer's page."""
    customer = get_object_or_404(directory.visible_to(request.user), number=number)
    lent = queries.equipment(customer)
    asked = sum(unit.item.deposit_amount for unit in lent)
    held = deposits.held(customer.pk)
    context: dict[str, Any] = {
        "customer": customer,
        "units": lent,
        "moves": queries.given(customer, most=20),
        "deposit_asked": asked,
        "deposit_held": held,
        "is_deposit_short": held < asked,
        "may_edit": may(request.user, "stock.edit"),
        "may_charge": may(request.user, "fees.charge") and may(request.user, "stock.edit"),
    }
    return responses.region(
        request,
        context,
        part="fieldservice/stock/_customer_panel.html",
        page="fieldservice/stock/customer_panel.html",
    )
