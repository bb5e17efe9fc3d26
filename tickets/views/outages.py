"""Tickets about an outage: the panel on the outage's page, and the link on the ticket's."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.core.acts import Act
from network.outages.queries import outages
from tickets.queries import tickets
from tickets.services import outages as services
from tickets.views.ticket import of

SHOWN = 50


@require_GET
@staff_only("tickets.view")
def panel(request: Request, number: str) -> HttpResponse:
    """List the tickets that are about an outage."""
    outage = get_object_or_404(outages.visible_to(request.user), number=number)
    found = tickets.visible_to(request.user).filter(outage_id=outage.pk)
    context = {
        "tickets": found.select_related("customer").order_by("-pk")[:SHOWN],
        "count": found.count(),
    }
    return render(request, "tickets/staff/_of_outage.html", context)


@require_POST
@staff_only("tickets.work")
def link(request: Request, number: str) -> HttpResponse:
    """Link a ticket with the outage named, or with none."""
    ticket = of(request, number)
    asked = request.POST.get("outage", "")
    outage = get_object_or_404(outages.visible_to(request.user), number=asked) if asked else None
    services.link(ticket=ticket, outage=outage, act=Act.now(request.user))
    return redirect("staff_tickets:ticket", ticket.number)
