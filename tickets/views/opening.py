"""A ticket that staff write down for a customer, and the customer's tickets as a panel."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from customers.models import Customer
from customers.queries import directory, search
from ispbill.accounts import responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.scanning import takes_files
from tickets.forms.staff import NewTicket
from tickets.models import Ticket
from tickets.queries import queue, tickets
from tickets.services import intake
from tickets.services.intake import Report
from tickets.views import words

_MOST_HITS = 8
_PANEL_ROWS = 25


@require_http_methods(["GET", "POST"])
@staff_only("tickets.work")
@takes_files
def add(request: Request) -> HttpResponse:
    """Find the customer, then write the ticket."""
    number = request.GET.get("customer", "")
    if number:
        return _write(request, number)
    text = request.GET.get("q", "").strip()
    context = {"q": text, "hits": _hits(request, text) if len(text) > 1 else []}
    if responses.is_fragment(request, "ticket-hits"):
        return render(request, "tickets/staff/_hits.html", context)
    return responses.varied(render(request, "tickets/staff/find.html", context))


@require_GET
@staff_only("tickets.view")
def customer_panel(request: Request, number: str) -> HttpResponse:
    """Show the tickets of one customer, as a part of the customer's page."""
    customer = get_object_or_404(directory.visible_to(request.user), number=number)
    rows = tickets.visible_to(request.user).filter(customer=customer).order_by("-pk")
    rows = rows.select_related("category", "assignee").prefetch_related("clocks")
    at = clock.now()
    context = {
        "customer": customer,
        "rows": [words.row(one, at=at) for one in rows[:_PANEL_ROWS]],
        "may_work": may(request.user, "tickets.work"),
    }
    return responses.region(
        request,
        context,
        part="tickets/staff/_customer_panel.html",
        page="tickets/staff/customer_panel.html",
    )


def _write(request: Request, number: str) -> HttpResponse:
    customer = get_object_or_404(directory.visible_to(request.user), number=number)
    form = NewTicket(request.POST or None, request.FILES or None, customer=customer)
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            ticket = intake.open_ticket(
                customer=customer,
                report=_report(customer, form.cleaned_data),
                act=Act.now(request.user),
            )
            address = reverse("staff_tickets:ticket", args=[ticket.number])
            said = _("%(number)s is open.") % {"number": ticket.number}
            return responses.go(request, address, said)
    live = queue.view(
        Ticket.objects.filter(customer=customer), "all", user=request.user, at=clock.now()
    )
    context = {
        "form": form,
        "customer": customer,
        "form_action": request.get_full_path(),
        "live": live.order_by("-pk")[:5],
    }
    return responses.form_page(request, "tickets/staff/add.html", context)


def _report(customer: Customer, given: dict[str, Any]) -> Report:
    service = customer.subscriptions.filter(pk=given["service"] or 0).first()
    return Report(
        subject=given["subject"],
        text=given["text"],
        category=given["category"],
        channel=given["channel"],
        priority=given["priority"],
        subscription=service,
        files=given["attached"],
    )


def _hits(request: Request, text: str) -> list[Customer]:
    mine = directory.visible_to(request.user)
    named, ids = search.look(mine, text, most=_MOST_HITS)
    rows = mine.filter(pk__in=[*named.exact[:_MOST_HITS], *ids[:_MOST_HITS]])
    return list(rows.select_related("area").order_by("name", "pk")[:_MOST_HITS])
