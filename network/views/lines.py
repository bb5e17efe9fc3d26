"""Lines that wait, and the network's part of a customer's page."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from customers.models import Customer
from customers.views import line_days, links
from ispbill.accounts import responses
from ispbill.accounts.access import branch_scope, may, staff_only
from ispbill.accounts.http import Request
from ispbill.audit.forms import ReasonForm
from ispbill.core import clock, formats
from ispbill.core.acts import Act
from network.forms.staff import MethodForm
from network.queries import lines as queries
from network.rules import speeds
from network.services import desired_states, live, moving
from network.services import lines as services

QUEUE_SHOWN = 200


@require_GET
@staff_only("network.view")
def sync_queue(request: Request) -> HttpResponse:
    """Show the lines no router has confirmed yet, and why."""
    waiting = queries.waiting(request.user)
    rows = list(waiting[: QUEUE_SHOWN + 1])
    context = {
        "lines": [
            (line, queries.line_words(line), queries.next_try(line)) for line in rows[:QUEUE_SHOWN]
        ],
        "total": waiting.count() if len(rows) > QUEUE_SHOWN else len(rows),
        "has_more": len(rows) > QUEUE_SHOWN,
        "may_edit": may(request.user, "network.edit"),
    }
    return responses.region(
        request,
        context,
        part="network/staff/sync_queue/_rows.html",
        page="network/staff/sync_queue/index.html",
    )


@require_POST
@staff_only("network.edit")
def retry(request: Request, pk: int) -> HttpResponse:
    """Try a line again now."""
    line = get_object_or_404(queries.visible_to(request.user), pk=pk)
    desired_states.retry_line(line=line, act=Act.now(request.user))
    messages.success(request, _("%(name)s is being tried again.") % {"name": line.username})
    back = reverse("staff_network:sync-queue")
    came_from = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(came_from, allowed_hosts={request.get_host()}):
        back = came_from
    return responses.go(request, back)


@require_http_methods(["GET", "POST"])
@staff_only("services.switch")
def restart(request: Request, pk: int) -> HttpResponse:
    """End a line's session with a reason; the customer's equipment dials again."""
    line = get_object_or_404(queries.visible_to(request.user).select_related("customer"), pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        act = Act.now(request.user, reason=form.cleaned_data["reason"])
        with responses.refusals_in(form):
            services.restart_session(line=line, act=act)
            messages.success(
                request, _("%(name)s is being disconnected.") % {"name": line.username}
            )
            return responses.go(request, links.customer(line.customer.number, tab="network"))
    context = {"form": form, "line": line}
    return responses.form_page(request, "network/staff/lines/restart.html", context)


@require_http_methods(["GET", "POST"])
@staff_only("network.edit")
def change_method(request: Request, pk: int) -> HttpResponse:
    """Bring a line to its customer by another method, with a reason."""
    line = get_object_or_404(queries.visible_to(request.user).select_related("customer"), pk=pk)
    initial = {"method": line.method, "mac_address": line.mac_address}
    form = MethodForm(request.POST or None, initial=initial)

    def run(given: dict[str, Any]) -> str:
        moving.change_method(
            line=line,
            method=given["method"],
            mac_address=given["mac_address"],
            act=Act.now(request.user, reason=given["reason"]),
        )
        return _("%(name)s is being changed on the router.") % {"name": line.username}

    return responses.carried_out(
        request,
        form,
        run,
        heading=_("How %(name)s is connected") % {"name": line.username},
        label=_("Change the method"),
        back=links.customer(line.customer.number, tab="network"),
        effects=[
            _("What the line has on the router now is taken away, and what the method needs made."),
            _("The customer is cut off until the equipment is set up for it too."),
        ],
    )


@require_GET
@staff_only("network.view")
def customer_panel(request: Request, number: str) -> HttpResponse:
    """Show what a customer's lines shall be and what the routers have confirmed."""
    customers = Customer.objects.all()
    branch_id = branch_scope(request.user)
    if branch_id is not None:
        customers = customers.filter(branch_id=branch_id)
    customer = get_object_or_404(customers, number=number)
    context = {
        "customer": customer,
        "lines": _cards(customer),
        "without_line": queries.without_line(customer.pk),
        "may_edit": may(request.user, "network.edit"),
        "may_restart": may(request.user, "services.switch"),
    }
    return responses.region(
        request,
        context,
        part="network/staff/lines/_customer_panel.html",
        page="network/staff/lines/customer_panel.html",
    )


def _cards(customer: Customer) -> list[dict[str, Any]]:
    """Return a customer's lines as cards, the worst first."""
    found, on = queries.worst_first(queries.of_customer(customer.pk)), clock.today()
    told = queries.last_told([line.pk for line in found])
    cards = []
    for line in found:
        used = line_days.use(line.subscription, [queries.as_line(line)], on=on)
        cards.append(
            {
                "line": line,
                "words": queries.line_words(line),
                "is_reconnecting": queries.is_reconnecting(line),
                "told": told.get(line.pk),
                "days": line_days.drawn([used], on=on),
            }
        )
    return cards


@require_GET
@staff_only("network.view")
def session(request: Request, pk: int) -> HttpResponse:
    """Ask the router what a line is doing at this moment; the page does not wait for it."""
    found = queries.visible_to(request.user).select_related("router")
    line = get_object_or_404(found, pk=pk)
    found_session = live.session_of(line=line, at=clock.now())
    context = {
        "session": found_session,
        "line": line,
        "uptime": formats.duration(
            timedelta(seconds=found_session.uptime_seconds), get_language() or "en"
        ),
        "download": speeds.words(found_session.download),
        "upload": speeds.words(found_session.upload),
    }
    return render(request, "network/staff/lines/_session.html", context)


@require_POST
@staff_only("network.view")
def ping(request: Request, pk: int) -> HttpResponse:
    """Send echoes from the router to the customer's equipment."""
    found = queries.visible_to(request.user).select_related("router")
    line = get_object_or_404(found, pk=pk)
    return render(request, "network/staff/lines/_ping.html", {"echo": live.ping(line=line)})
