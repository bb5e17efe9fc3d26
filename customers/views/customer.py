"""One customer: overview, timeline, services, and panels of the apps above."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from customers.forms.customer import Note, shown_phone
from customers.models import Customer, CustomerNote, Subscription
from customers.queries import customer_page, directory, merges, page_sources
from customers.services import notes
from customers.views import account_facts, findings, happenings, links, merged, scope, state_card
from customers.views.standing import Standing
from ispbill.accounts import own_pages, responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock
from ispbill.core.acts import Act

_PEEKED = 6  # entries of the timeline in the drawer

# Tab → words, and the panel that fills it by URL name; ours have none.
PANELS = {
    "overview": "",
    "services": "",
    "billing": "staff_billing:customer-panel",
    "payments": "staff_payments:customer-panel",
    "network": "staff_network:customer-panel",
    "jobs": "staff_fieldservice:customer-panel",
    "equipment": "staff_fieldservice:equipment-panel",
    "contracts": "staff_contracts:customer-panel",
    "tickets": "staff_tickets:customer-panel",
    "churn": "staff_churn:customer-panel",
    "messages": "staff_notifications:customer-panel",
    "former": "staff_signup:former-panel",
    "audit": "staff_audit:customer-panel",
    "facts": "",
}


@require_GET
@staff_only("customers.view")
def show(request: Request, number: str) -> HttpResponse:
    """Show the page of one customer; htmx asks for a region of it alone."""
    customer = scope.customer(request, number)
    if customer.merged_into is not None and "own" not in request.GET:
        now = merges.survivor(customer).number
        return HttpResponseRedirect(reverse("staff_customers:customer", args=[now]))
    tab = request.GET.get("tab", "overview")
    if not _is_there(request, tab, customer):
        tab = "overview"
    facts = customer_page.facts(customer, among=directory.visible_to(request.user))
    standing = _standing(request, facts)
    if responses.is_fragment(request, "state-card"):
        context = {"customer": customer, "card": state_card.card(standing, request.user)}
        return responses.varied(render(request, "customers/staff/_state_card.html", context))
    if responses.is_fragment(request, "findings"):
        context = {"findings": findings.findings(standing)}
        return responses.varied(render(request, "customers/staff/_findings.html", context))
    context = _tab_context(request, standing, facts, tab)
    if responses.is_fragment(request, "tab-body"):
        return responses.varied(render(request, "customers/staff/_tab.html", context))
    own_pages.looked_at(request.user, label=customer.name, url=request.path)
    return _page(request, standing, tab, context)


@require_GET
@staff_only("customers.view")
def peek(request: Request, number: str) -> HttpResponse:
    """Show the few things one asks about a customer, in a drawer beside the list."""
    customer = scope.customer(request, number)
    facts = customer_page.facts(customer, among=directory.visible_to(request.user))
    context = {
        "customer": customer,
        "facts": facts,
        "card": state_card.card(_standing(request, facts), request.user),
        "phone": shown_phone(customer.phone),
        "entries": happenings.context(request, customer)["entries"][:_PEEKED],
    }
    return responses.varied(render(request, "customers/staff/peek.html", context))


@require_GET
@staff_only("customers.view")
def more(request: Request, number: str) -> HttpResponse:
    """Return a further stretch of the timeline, or the timeline of another kind."""
    customer = scope.customer(request, number)
    context = {"customer": customer} | happenings.context(request, customer)
    if not request.htmx:
        return HttpResponseRedirect(reverse("staff_customers:customer", args=[number]))
    if request.GET.get("before"):
        return render(request, "customers/staff/_timeline_entries.html", context)
    return render(request, "customers/staff/_timeline.html", context)


@require_POST
@staff_only("notes.write")
def add_note(request: Request, number: str) -> HttpResponse:
    """Add a remark and show the timeline with it."""
    customer = scope.customer(request, number)
    form = Note(request.POST)
    if form.is_valid():
        with responses.refusals_in(form, "text"):
            notes.add(
                customer=customer,
                text=form.cleaned_data["text"],
                is_pinned=form.cleaned_data["is_pinned"],
                author=request.user,
                at=clock.now(),
            )
            form = Note()
    if not request.htmx and not form.errors:
        return HttpResponseRedirect(reverse("staff_customers:customer", args=[number]))
    if not request.htmx:
        facts = customer_page.facts(customer, among=directory.visible_to(request.user))
        standing = _standing(request, facts)
        context = _tab_context(request, standing, facts, "overview") | {"note_form": form}
        return _page(request, standing, "overview", context, status=422)
    context = {"customer": customer} | happenings.context(request, customer) | {"note_form": form}
    status = 422 if form.errors else 200
    return render(request, "customers/staff/_timeline.html", context, status=status)


@require_POST
@staff_only("notes.write")
def pin_note(request: Request, number: str, pk: int) -> HttpResponse:
    """Keep a remark on top, or let it go."""
    customer = scope.customer(request, number)
    note = get_object_or_404(CustomerNote, pk=pk, customer=customer)
    notes.pin(note=note, is_pinned=not note.is_pinned, act=Act.now(request.user))
    if not request.htmx:
        return HttpResponseRedirect(reverse("staff_customers:customer", args=[number]))
    context = {"customer": customer} | happenings.context(request, customer)
    return render(request, "customers/staff/_timeline.html", context)


def _standing(request: Request, facts: customer_page.Facts) -> Standing:
    """Gather how the customer stands, with no more than this person may know."""
    customer, on = facts.customer, clock.today()
    sees_money = may(request.user, "billing.view") and may(request.user, "payments.view")
    return Standing(
        customer=customer,
        services=facts.services,
        money=page_sources.money(customer, on=on) if sees_money else None,
        lines=page_sources.lines(customer) if may(request.user, "network.view") else [],
        on=on,
    )


def _page(
    request: Request, standing: Standing, tab: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    context = context | _header(request, standing, tab)
    page = render(request, "customers/staff/customer.html", context, status=status)
    return responses.varied(page)


def _tab_context(
    request: Request, standing: Standing, facts: customer_page.Facts, tab: str
) -> dict[str, Any]:
    customer = standing.customer
    context: dict[str, Any] = {
        "customer": customer,
        "tab": tab,
        "may_edit": may(request.user, "customers.edit"),
        "may_add_service": may(request.user, "services.edit"),
        "panel_url": links.address(PANELS[tab], customer.number) if PANELS[tab] else "",
    }
    if tab in ("overview", "facts"):
        context["account"] = account_facts.of(standing, facts)
    if tab == "overview":
        context |= {
            "alike": merged.alike(customer, facts.alike),
            "findings": findings.findings(standing),
            **merged.context(request, customer, has_absorbed=facts.has_absorbed),
        }
        context |= happenings.context(request, customer)
    elif tab == "services":
        context["services"] = [
            _service(request, customer.number, service)
            for service in customer_page.services(customer, with_apps=True)
        ]
    return context


def _service(request: Request, number: str, service: Subscription) -> dict[str, Any]:
    extras = links.address("staff_billing:service-extras", number, service.line_no)
    return {
        "service": service,
        "switches": links.switches(request.user, number, service),
        "extras_url": extras if may(request.user, "billing.view") else "",
        "suspension": next((one for one in service.suspensions.all() if not one.ended_at), None),
    }


def _header(request: Request, standing: Standing, tab: str) -> dict[str, Any]:
    """Return what the head of the page shows."""
    customer, user = standing.customer, request.user
    history = links.address("staff_audit:history", "customer", customer.pk)
    return {
        "tabs": _tabs(request, standing, tab),
        "card": state_card.card(standing, user),
        "phone": {
            "e164": customer.phone,
            "shown": shown_phone(customer.phone),
            "digits": customer.phone.lstrip("+"),
        },
        "header_services": [
            {"service": one, "switches": links.switches(user, customer.number, one)}
            for one in standing.living
        ],
        "may_note": may(user, "notes.write"),
        "may_archive": may(user, "customers.archive"),
        "history_url": history if may(user, "audit.view") else "",
        "fee_url": links.address("staff_billing:charge-fee", customer.number)
        if may(user, "fees.charge")
        else "",
        "job_url": links.address("staff_fieldservice:add-for", customer.number)
        if may(user, "field.edit")
        else "",
    }


def _tabs(request: Request, standing: Standing, current: str) -> list[dict[str, Any]]:
    number = standing.customer.number
    page = reverse("staff_customers:customer", args=[number])
    own = "own=1" if standing.customer.merged_into_id is not None else ""
    words = {
        "overview": _("Overview"),
        "services": _("Services"),
        "billing": _("Bills"),
        "payments": _("Payments"),
        "network": _("Network"),
        "jobs": _("Jobs"),
        "equipment": _("Equipment"),
        "contracts": _("Contracts"),
        "tickets": _("Tickets"),
        "churn": _("Risk of leaving"),
        "messages": _("Messages"),
        "former": _("Former system"),
        "audit": _("Audit"),
        "facts": _("Facts"),  # beside the timeline where there is room
    }
    counts = {"services": len(standing.living)}
    return [
        {
            "key": key,
            "label": label,
            "url": _with(page, "" if key == "overview" else f"tab={key}", own),
            "current": key == current,
            "count": counts.get(key),
        }
        for key, label in words.items()
        if _is_there(request, key, standing.customer)
    ]


def _with(page: str, *said: str) -> str:
    query = "&".join(filter(None, said))
    return f"{page}?{query}" if query else page


def _is_there(request: Request, tab: str, customer: Customer) -> bool:
    needs = {
        "billing": "billing.view",
        "payments": "payments.view",
        "network": "network.view",
        "jobs": "field.view",
        "equipment": "stock.view",
        "contracts": "contracts.view",
        "tickets": "tickets.view",
        "churn": "churn.view",
        "messages": "messages.view",
        "audit": "audit.view",
    }
    if tab not in PANELS or (tab in needs and not may(request.user, needs[tab])):
        return False
    if tab == "former" and not page_sources.has_history(customer):
        return False
    return not PANELS[tab] or bool(links.address(PANELS[tab], customer.number))
