"""/admin/network/lines/…/usage/: what flowed on one line, and its sessions."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from ispbill.accounts import responses
from ispbill.accounts.access import demand_proof_for_file, staff_only
from ispbill.accounts.downloads import csv_file
from ispbill.accounts.http import Request
from ispbill.core import clock
from network.models import Access
from network.queries import lines
from network.usage.forms.usage import SpanForm
from network.usage.queries import series, sessions
from network.usage.queries.series import Usage
from network.usage.rules.periods import Span
from network.usage.views import drawing


@require_GET
@staff_only("network.view")
def line(request: Request, pk: int) -> HttpResponse:
    """Show a line's usage in a span, and the sessions it had."""
    found = _line(request, pk)
    usage = _usage(request, found)
    earlier = sessions.of_service(found.subscription_id)
    context = _page(found, usage) | {
        "sessions": [
            {"one": one, "used": drawing.words(one.upload_bytes + one.download_bytes)}
            for one in earlier
        ]
    }
    return responses.region(
        request,
        context,
        part="network/usage/staff/_line.html",
        page="network/usage/staff/line.html",
    )


@require_GET
@staff_only("network.view")
def panel(request: Request, pk: int) -> HttpResponse:
    """Show a line's last thirty days on the customer's page, and its session at the last poll."""
    found = _line(request, pk)
    usage = _usage(request, found, usual=Span.PERIOD)
    context = _page(found, usage) | {"counter": sessions.last_read(found.subscription_id)}
    return render(request, "network/usage/staff/_panel.html", context)


@require_GET
@staff_only("network.view")
def export(request: Request, pk: int) -> HttpResponse:
    """Download what the table shows."""
    found = _line(request, pk)
    demand_proof_for_file(request, 1)
    usage = _usage(request, found)
    name = f"usage-{found.username}-{usage.days.start}"
    return csv_file(name, drawing.head(usage.span), drawing.cells(usage))


def _line(request: Request, pk: int) -> Access:
    found = lines.visible_to(request.user).select_related(
        "subscription__package", "customer", "router"
    )
    return get_object_or_404(found, pk=pk)


def _usage(request: Request, found: Access, *, usual: Span = Span.MONTH) -> Usage:
    span, on = SpanForm(request.GET).chosen(clock.today(), usual=usual)
    return series.of_service(
        found.subscription, span=span, on=on, at=clock.now(), zone=clock.zone()
    )


def _page(found: Access, usage: Usage) -> dict[str, Any]:
    shown = drawing.page(usage, key=f"usage-{found.pk}", billing_day=found.subscription.billing_day)
    return shown | {"line": found, "service": found.subscription}
