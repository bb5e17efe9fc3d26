"""One customer: overview, timeline, services, and panels of the apps above."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from customers.forms.customer import Note, shown_phone
from customers.models import Customer, CustomerNote
from customers.queries import customer_page, directory, timeline
from customers.services import notes
from customers.views import links, scope, wording
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock
from ispbill.core.errors import DomainError
from ispbill.core.templatetags.ui import balance_words

_PEEKED = 6  # entries of the timeline in the drawer

# Tab → words, and the panel that fills it by URL name; ours have none.
PANELS = {
    "overview": "",
    "services": "",
    "billing": "staff_billing:customer-panel",
    "payments": "staff_payments:customer-panel",
    "network": "staff_network:customer-panel",
    "messages": "staff_notifications:customer-panel",
    "audit": "staff_audit:customer-panel",
}


@require_GET
@staff_only("customers.view")
def show(request: Request, number: str) -> HttpResponse:
    """Show the page of one customer; htmx asks for the body of a tab alone."""
    customer = scope.customer(request, number)
    tab = request.GET.get("tab", "overview")
    if not _is_there(request, tab, number):
        tab = "overview"
    context = _tab_context(request, customer, tab)
    if scope.is_fragment(request, "tab-body"):
        return scope.varied(render(request, "customers/staff/_tab.html", context))
    return scope.varied(
        render(
            request,
            "customers/staff/customer.html",
            context | _header(request, customer, tab, context),
        )
    )


@require_GET
@staff_only("customers.view")
def peek(request: Request, number: str) -> HttpResponse:
    """Show the few things one asks about a customer, in a drawer beside the list."""
    customer = scope.customer(request, number)
    facts = customer_page.facts(customer, among=directory.visible_to(request.user))
    context = {
        "customer": customer,
        "facts": facts,
        "balance": balance_words(customer.standing.balance_amount),
        "days_overdue": customer_page.days_overdue(customer, on=clock.today()),
        "phone": shown_phone(customer.phone),
        "entries": _timeline(request, customer)["entries"][:_PEEKED],
        "pay_url": links.pay(request.user),
    }
    return scope.varied(render(request, "customers/staff/peek.html", context))


@require_GET
@staff_only("customers.view")
def more(request: Request, number: str) -> HttpResponse:
    """Return a further stretch of the timeline, or the timeline of another kind."""
    customer = scope.customer(request, number)
    context = {"customer": customer} | _timeline(request, customer)
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
        try:
            notes.add(
                customer=customer,
                text=form.cleaned_data["text"],
                is_pinned=form.cleaned_data["is_pinned"],
                author=request.user,
                at=clock.now(),
            )
        except DomainError as error:
            form.add_error("text", str(error))
        else:
            form = Note()
    if not request.htmx and not form.errors:
        return HttpResponseRedirect(reverse("staff_customers:customer", args=[number]))
    context = {"customer": customer} | _timeline(request, customer) | {"note_form": form}
    if not request.htmx:
        context |= _tab_context(request, customer, "overview") | {"note_form": form}
        context |= _header(request, customer, "overview", context)
        return render(request, "customers/staff/customer.html", context, status=422)
    status = 422 if form.errors else 200
    return render(request, "customers/staff/_timeline.html", context, status=status)


@require_POST
@staff_only("notes.write")
def pin_note(request: Request, number: str, pk: int) -> HttpResponse:
    """Keep a remark on top, or let it go."""
    customer = scope.customer(request, number)
    note = get_object_or_404(CustomerNote, pk=pk, customer=customer)
    notes.pin(note=note, is_pinned=not note.is_pinned, actor=request.user, at=clock.now())
    if not request.htmx:
        return HttpResponseRedirect(reverse("staff_customers:customer", args=[number]))
    context = {"customer": customer} | _timeline(request, customer)
    return render(request, "customers/staff/_timeline.html", context)


def _tab_context(request: Request, customer: Customer, tab: str) -> dict[str, Any]:
    context: dict[str, Any] = {
        "customer": customer,
        "tab": tab,
        "may_edit": may(request.user, "customers.edit"),
        "may_add_service": may(request.user, "services.edit"),
        "panel_url": links.address(PANELS[tab], customer.number) if PANELS[tab] else "",
        "is_services": tab == "services",
    }
    if tab == "overview":
        context |= {
            "facts": customer_page.facts(customer, among=directory.visible_to(request.user))
        }
        context |= _timeline(request, customer)
    elif tab == "services":
        context["services"] = [
            {
                "service": service,
                "switches": links.switches(request.user, customer.number, service),
                "extras_url": links.address(
                    "staff_billing:service-extras", customer.number, service.line_no
                )
                if may(request.user, "billing.view")
                else "",
                "suspension": next((one for one in service.suspensions.all() if not one.ended_at),
                                   None),
            }
            for service in customer_page.services(customer)
        ]  # fmt: skip
    return context


def _header(
    request: Request, customer: Customer, tab: str, context: dict[str, Any]
) -> dict[str, Any]:
    """Return what the head of the page shows; `context` is the tab's, which may know services."""
    if "facts" in context:
        services = context["facts"].services
    else:
        services = list(customer.subscriptions.select_related("package").order_by("line_no"))
    history = links.address("staff_audit:history", "customer", customer.pk)
    return {
        "tabs": _tabs(request, customer.number, tab),
        "balance": balance_words(customer.standing.balance_amount),
        "days_overdue": customer_page.days_overdue(customer, on=clock.today()),
        "phones": [
            {"e164": phone, "shown": shown_phone(phone), "digits": phone.lstrip("+")}
            for phone in (customer.phone, customer.alternate_phone)
            if phone
        ],
        "header_services": [
            {"service": one, "switches": links.switches(request.user, customer.number, one)}
            for one in services
            if one.status != "CANCELLED"
        ],
        "pay_url": links.pay(request.user),
        "may_archive": may(request.user, "customers.archive"),
        "history_url": history if may(request.user, "audit.view") else "",
        "fee_url": links.address("staff_billing:charge-fee", customer.number)
        if may(request.user, "fees.charge")
        else "",
        "message_url": links.address("staff_notifications:compose"),
    }


def _tabs(request: Request, number: str, current: str) -> list[dict[str, Any]]:
    page = reverse("staff_customers:customer", args=[number])
    words = {
        "overview": _("Overview"),
        "services": _("Services"),
        "billing": _("Billing"),
        "payments": _("Payments"),
        "network": _("Network"),
        "messages": _("Messages"),
        "audit": _("Audit"),
    }
    return [
        {
            "key": key,
            "label": label,
            "url": page if key == "overview" else f"{page}?tab={key}",
            "current": key == current,
            "count": None,
        }
        for key, label in words.items()
        if _is_there(request, key, number)
    ]


def _is_there(request: Request, tab: str, number: str) -> bool:
    needs = {"billing": "billing.view", "payments": "payments.view", "network": "network.view",
             "messages": "messages.view", "audit": "audit.view"}  # fmt: skip
    if tab not in PANELS or (tab in needs and not may(request.user, needs[tab])):
        return False
    return not PANELS[tab] or bool(links.address(PANELS[tab], number))


def _timeline(request: Request, customer: Customer) -> dict[str, Any]:
    may_note = may(request.user, "notes.write")
    kind = request.GET.get("kind", "")
    kind = kind if kind in timeline.KINDS or kind == timeline.NOTES else ""
    before = request.GET.get("before", "")
    stretch = timeline.stretch(customer, kind=kind, before=before)
    return {
        "note_form": Note() if may_note else None,
        "may_note": may_note,
        "entries": [wording.told(entry) for entry in stretch.entries],
        "pinned": [] if before else [wording.told(entry) for entry in timeline.pinned(customer)],
        "older": stretch.before,
        "kind": kind,
        "kinds": [
            ("", _("Everything")),
            ("money", _("Money")),
            ("service", _("Service")),
            ("account", _("Account")),
            ("notes", _("Notes")),
        ],
    }
