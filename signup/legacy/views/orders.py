"""/admin/customers/former-orders/: orders of the former system, matched, listed and mended."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from customers.views import scope
from ispbill.accounts import responses
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.core import digits, jobs, paging, sheets
from ispbill.core.acts import Act
from ispbill.core.models import Company
from signup.legacy.forms.orders import CreateForm, MatchForm
from signup.legacy.models import LegacyRecord, ValidationIssue
from signup.legacy.queries import records
from signup.legacy.services import by_hand

SIZE = 50
_REPORTED = (
    "source_id", "on", "name", "phone", "email", "address", "area", "package", "amount",
    "error_type",
)  # fmt: skip
_both = require_http_methods(["GET", "POST"])


@require_GET
@staff_only("customers.import")
def index(request: Request) -> HttpResponse:
    """List what could not be matched and why, orphans, and all orders, with the success rate."""
    labels = {
        "open": _("To mend"),
        "orphans": _("Orphans"),
        "matched": _("Matched"),
        "all": _("All"),
    }
    tab = request.GET.get("tab", "open")
    tab = tab if tab in labels else "open"
    text = request.GET.get("q", "")[:80]
    number = digits.whole(request.GET.get("page", "")) or 0
    orders = records.orders_visible_to(request.user)
    counts = records.counts(orders)
    rows = list(records.listed(orders, tab=tab, text=text)[number * SIZE : (number + 1) * SIZE + 1])
    words = dict(ValidationIssue.ErrorType.choices)
    context = {
        "rows": [
            (row, words.get(row.error_type, ""), _(row.suggested_fix) if row.suggested_fix else "")
            for row in rows[:SIZE]
        ],
        "counts": counts,
        "errors": [(words[key], count) for key, count in sorted(counts.errors.items())],
        "warn_below": Company.current().legacy_match_percent,
        "query": text,
        "tab": tab,
        "kept": {"tab": tab},
        "next_page": number + 1 if len(rows) > SIZE else None,
        "previous_page": number - 1 if number else None,
        "tabs": paging.tabs(
            request.GET,
            "tab",
            labels.items(),
            current=tab,
            counts={
                "open": sum(counts.errors.values()),
                "orphans": counts.errors.get("orphaned_order", 0),
                "matched": counts.matched,
                "all": counts.total,
            },
        ),
    }
    part, page_name = "signup/legacy/_orders.html", "signup/legacy/index.html"
    return responses.region(request, context, part=part, page=page_name, target="list")


@require_POST
@staff_only("customers.import")
def backfill(request: Request) -> HttpResponse:
    """Let a worker match the orders that belong to nobody yet."""
    jobs.enqueue("signup.backfill_orders", actor_id=request.user.pk)
    said = _("Orders are being matched; the page follows by itself.")
    return responses.go(request, reverse("staff_signup:legacy-orders"), said)


@require_GET
@staff_only("customers.import")
def orphans(request: Request) -> HttpResponseBase:
    """Hand out the report of the orders that belong to nobody."""
    head = [
        _("Order"), _("Date"), _("Name"), _("Phone"), _("E-mail"), _("Address"), _("Area"),
        _("Package"), _("Amount"), _("Error"), _("What may help"),
    ]  # fmt: skip
    found = records.listed(records.orders_visible_to(request.user), tab="open")

    def lines() -> Iterator[list[sheets.Cell]]:
        for row in found.iterator(chunk_size=1000):
            said = [getattr(row, name) for name in _REPORTED]
            yield [*said, _(row.suggested_fix)]

    response = StreamingHttpResponse(sheets.csv_lines(head, lines()), content_type=sheets.CSV)
    response["Content-Disposition"] = 'attachment; filename="orders-without-customer.csv"'
    return response


@_both
@staff_only("customers.import")
def match(request: Request, pk: int) -> HttpResponse:
    """Ask for the account number, and give the order to that customer."""
    record = _order(request, pk)
    form = MatchForm(request.POST or None, user=request.user)

    def carry_out(given: dict[str, Any]) -> str:
        customer = given["customer"]
        by_hand.match(record=record, customer=customer, act=Act.now(request.user))
        said = _("Order %(order)s belongs to %(number)s.")
        return said % {"order": record.source_id, "number": customer.number}

    return responses.carried_out(
        request,
        form,
        carry_out,
        heading=_("Whose is order %(order)s?") % {"order": record.source_id},
        label=_("Match"),
        back=reverse("staff_signup:legacy-orders"),
        effects=[" · ".join(filter(None, [record.name, record.phone, record.email]))],
    )


@_both
@staff_only("customers.import")
def create(request: Request, pk: int) -> HttpResponse:
    """Make a customer of an order; who has the phone already gets the order instead."""
    record = _order(request, pk)
    owner = records.owner_of(record, request.user)
    form = CreateForm(request.POST or None, record=record)

    def carry_out(given: dict[str, Any]) -> str:
        area = given["area"]
        done, is_made = by_hand.create_customer(record=record, area=area, act=Act.now(request.user))
        said = _("%(number)s is made of it.") if is_made else _("It belongs to %(number)s.")
        return said % {"number": done.customer.number if done.customer else ""}

    effects = [
        _("%(number)s %(name)s has this phone: the order is given to that account.")
        % {"number": owner.number, "name": owner.name}
        if owner is not None
        else _("%(name)s becomes a customer without a service. Nobody gets a message.")
        % {"name": record.name or record.source_id}
    ]
    return responses.carried_out(
        request,
        form,
        carry_out,
        heading=_("Create customer from this order"),
        label=_("Create customer"),
        back=reverse("staff_signup:legacy-orders"),
        effects=effects,
    )


@require_GET
@staff_only("customers.view")
def panel(request: Request, number: str) -> HttpResponse:
    """Show on a customer's page what the former system knew."""
    customer = scope.customer(request, number)
    rows = list(records.history_of(customer)[:100])
    context = {"customer": customer, "rows": rows}
    return responses.varied(render(request, "signup/legacy/_panel.html", context))


def _order(request: Request, pk: int) -> LegacyRecord:
    return get_object_or_404(records.orders_visible_to(request.user), pk=pk)
