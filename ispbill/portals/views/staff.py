"""/admin/ itself: the dashboard, whose parts load one by one."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from billing.views import documents
from billing.views.documents import Asked
from ispbill.accounts.access import branch_scope, may, staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock, formats
from ispbill.core.charts import Point
from ispbill.portals import navigation
from ispbill.reports.queries import month, revenue, setup, work
from payments.models import Payment
from payments.queries import prepaid
from payments.services.documents import A4, SLIP
from payments.services.documents import KIND as RECEIPT

log = logging.getLogger(__name__)

Context = dict[str, Any]


@dataclass(frozen=True)
class Tile:
    """A part of the dashboard: who sees it, what it is reckoned from, how much room it takes."""

    name: str
    label: str | Promise
    capability: str
    context: Callable[[Request, date, int | None], Context]
    shape: str = "tile"


@staff_only("console.use")
@require_GET
def dashboard(request: Request) -> HttpResponse:
    """A-01: what needs me today, and the health of the business."""
    shown = [tile for tile in TILES if may(request.user, tile.capability)]
    steps = setup.steps() if may(request.user, "settings.view") else []
    context = {
        "figures": [tile for tile in shown if tile.shape == "tile"],
        "widgets": [tile for tile in shown if tile.shape == "widget"],
        "strip": next(tile for tile in TILES if tile.shape == "strip"),
        "steps": [
            {"label": step.label, "is_done": step.is_done, "url": navigation.address(step.url_name)}
            for step in steps
        ]
        if any(not step.is_done for step in steps)
        else [],
        "pay_url": navigation.address("staff_payments:pay")
        if may(request.user, "payments.take")
        else "",
    }
    return render(request, "staff/dashboard/index.html", context)


@staff_only("console.use")
@require_GET
def tile(request: Request, name: str) -> HttpResponse:
    """One part of the dashboard; a slow or broken one holds up no other."""
    found = next((tile for tile in TILES if tile.name == name), None)
    if found is None:
        raise Http404
    if not may(request.user, found.capability):
        raise PermissionDenied
    context: Context = {"tile": found, "at": clock.now()}
    try:
        with transaction.atomic():
            context |= found.context(request, clock.today(), _branch(request))
        template = f"staff/dashboard/_{name}.html"
    except DatabaseError:
        log.exception("dashboard tile failed", extra={"tile": name})
        template = "staff/dashboard/_failed.html"
    if not request.htmx:
        context["part"] = template
        template = "staff/dashboard/alone.html"
    response = render(request, template, context)
    response["Vary"] = "HX-Request"
    return response


@staff_only("payments.view")
@require_http_methods(["GET", "POST"])
def receipt_pdf(request: Request, number: str) -> HttpResponse:
    """A receipt as PDF; `?paper=80mm` for the counter's printer."""
    payments = Payment.objects.all()
    branch = branch_scope(request.user)
    if branch is not None:
        payments = payments.filter(branch_id=branch)
    payment = get_object_or_404(payments.select_related("customer"), receipt_number=number)
    paper = SLIP if request.GET.get("paper", "").upper() == SLIP else A4
    asked = Asked(
        RECEIPT, payment.pk, payment.customer.language, payment.customer, number,
        "staff/shell.html", paper,
    )  # fmt: skip
    return documents.answer(request, asked)


def _branch(request: Request) -> int | None:
    """Return the branch the figures are for: one's own, else the one chosen in the top bar."""
    own = branch_scope(request.user)
    if own is not None:
        return own
    chosen = request.session.get("branch_id")
    return int(chosen) if chosen else None


def _prepaid(_request: Request, on: date, branch_id: int | None) -> Context:
    soon, over = prepaid.counts(on=on, within=7, branch_id=branch_id)
    return {"soon": soon, "over": over}


def _work(request: Request, on: date, branch_id: int | None) -> Context:
    found = work.today(user=request.user, on=on, at=clock.now(), branch_id=branch_id)
    items = [
        {
            "label": item.label,
            "count": item.count,
            "tone": item.tone,
            "url": _address(item.url_name, item.query),
        }
        for item in found
    ]
    return {"items": items, "clear": [item for item in items if not item["count"]]}


def _mrr(_request: Request, on: date, branch_id: int | None) -> Context:
    return {"recurring": revenue.recurring(on=on, branch_id=branch_id)}


def _collected(_request: Request, on: date, branch_id: int | None) -> Context:
    found = month.collection(on=on, branch_id=branch_id)
    rate = found.of_due.percent
    return {
        "collection": found,
        "percent": None if rate is None else formats.number(rate, decimals=1),
    }


def _headcount(_request: Request, on: date, branch_id: int | None) -> Context:
    return {"headcount": month.headcount(on=on, branch_id=branch_id)}


def _chart(_request: Request, on: date, branch_id: int | None) -> Context:
    months = revenue.by_month(on=on, branch_id=branch_id)
    language = get_language() or "en"
    this_month = on.replace(day=1)
    return {
        "points": [
            Point(_month_label(first, language), amount, is_partial=first == this_month)
            for first, amount in months
        ],
        "has_any": any(amount for _first, amount in months),
    }


def _month_label(first: date, language: str) -> str:
    """Write a month short enough to stand under its bar: the year only with January."""
    name = formats.short_month(first, language)
    year = formats.month(first, language).rsplit(" ", 1)[1]
    return f"{name} {year}" if first.month == 1 else name


def _areas(_request: Request, on: date, branch_id: int | None) -> Context:
    return {"areas": revenue.by_area(on=on, branch_id=branch_id)}


def _payments(_request: Request, _on: date, branch_id: int | None) -> Context:
    recent = Payment.objects.exclude(receipt_number=None).select_related("customer")
    if branch_id is not None:
        recent = recent.filter(branch_id=branch_id)
    return {"payments": recent.order_by("-pk")[:8]}


def _address(url_name: str, query: str) -> str:
    address = navigation.address(url_name) if url_name else ""
    return f"{address}?{query}" if address and query else address


TILES = (
    Tile("work", _("Today"), "console.use", _work, shape="strip"),
    Tile("mrr", _("Monthly recurring revenue"), "reports.view", _mrr),
    Tile("collected", _("Collected this month"), "reports.view", _collected),
    Tile("arpu", _("Revenue per customer"), "reports.view", _mrr),
    Tile("customers", _("Active customers"), "customers.view", _headcount),
    Tile("growth", _("Net new services"), "customers.view", _headcount),
    Tile("prepaid", _("Prepaid ending in 7 days"), "billing.view", _prepaid),
    Tile("chart", _("Recurring revenue, twelve months"), "reports.view", _chart, shape="widget"),
    Tile("areas", _("Top areas"), "reports.view", _areas, shape="widget"),
    Tile("payments", _("Recent payments"), "payments.view", _payments, shape="widget"),
)
