"""/admin/ A-16: mandates, debit batches and NetCash's statement."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from customers.models import Customer
from customers.queries import search
from ispbill.accounts import responses
from ispbill.accounts.access import branch_scope, may, staff_only
from ispbill.accounts.http import Request
from ispbill.core import chips, clock, jobs
from ispbill.core.acts import Act
from payments.debits.forms.debits import FindMandates
from payments.debits.models import (
    DebitBatch,
    DebitOrder,
    DebitSettings,
    DebitStatementLine,
    Mandate,
    NetcashRequest,
)
from payments.debits.queries import debits as queries
from payments.debits.rules import debits as rules
from payments.debits.services import deciding

PER_PAGE = 100
TODO = 25
MOST_PEOPLE = 2000


@require_GET
@staff_only("payments.view")
def mandates(request: Request) -> HttpResponse:
    """The mandates, those that need somebody first when asked for; `?q=` finds a customer's."""
    found = queries.mandates_visible_to(request.user)
    state, asked = request.GET.get("state", ""), request.GET.get("q", "").strip()
    if state in Mandate.State.values:
        found = found.filter(state=state)
    if asked:
        named, ids = search.look(Customer.objects.all(), asked, most=MOST_PEOPLE)
        found = found.filter(customer__in=[*ids, *named.exact])
    form = FindMandates(request.GET)
    context = {
        **frame(request, "mandates"),
        "mandates": found.order_by("-pk")[:PER_PAGE],
        "form": form,
        "chips": chips.of(form, request.GET),
        "state": state,
        "q": asked,
    }
    return render(request, "payments/debits/staff/mandates.html", context)


@require_GET
@staff_only("payments.view")
def batches(request: Request) -> HttpResponse:
    """The batches with their results, and what the next run would collect."""
    choices = DebitSettings.current()
    day = rules.business_days_after(clock.today(), rules.TWO_DAY_AHEAD)
    coming = queries.candidates(action_date=day) if choices.is_on else []
    reach = set(
        queries.mandates_visible_to(request.user)
        .filter(pk__in=[one.mandate_id for one in coming])
        .values_list("pk", flat=True)
    )
    mine = [one for one in coming if one.mandate_id in reach]
    context = {
        **frame(request, "batches"),
        "batches": queries.batches_visible_to(request.user).order_by("-pk")[:PER_PAGE],
        "coming": len(mine),
        "coming_amount": sum(part.amount for one in mine for part in one.due),
        "coming_on": day,
        "todo": _todo(request),
    }
    return render(request, "payments/debits/staff/debit_batches.html", context)


def _todo(request: Request) -> dict[str, Any]:
    """Return what waits for a person, a page of each kind; held lines have a tab of their own."""
    found = queries.waiting(branch_id=branch_scope(request.user))
    orders = found.orders.select_related("customer", "batch").order_by("-pk")[:TODO]
    mandates = found.mandates.select_related("customer", "method").order_by("-pk")[:TODO]
    methods = found.methods.select_related("customer").order_by("-pk")[:TODO]
    batches = found.batches.order_by("-pk")[:TODO]
    shown = {"batches": batches, "orders": orders, "mandates": mandates, "methods": methods}
    return {name: list(rows) for name, rows in shown.items()}


@require_GET
@staff_only("payments.view")
def batch(request: Request, name: str) -> HttpResponse:
    """One batch: what NetCash says of it, and what became of each line."""
    found = get_object_or_404(queries.batches_visible_to(request.user), name=name)
    orders = queries.orders_visible_to(request.user).filter(batch=found)
    context = {
        **frame(request, "batches"),
        "batch": found,
        "orders": orders.order_by("pk")[:1000],
        "is_waiting": found.state == DebitBatch.State.LOADED,
    }
    return render(request, "payments/debits/staff/debit_batch.html", context)


@require_GET
@staff_only("payments.view")
def statement(request: Request) -> HttpResponse:
    """What NetCash's statement said, what was made of it, and what needs a decision."""
    lines = DebitStatementLine.objects.select_related("order__customer")
    orders = queries.orders_visible_to(request.user)
    context = {
        **frame(request, "statement"),
        "held": lines.filter(outcome="HELD").order_by("statement_date", "pk")[:PER_PAGE],
        "lines": lines.exclude(outcome="HELD").order_by("-statement_date", "-pk")[:PER_PAGE],
        "requests": NetcashRequest.objects.filter(kind="STATEMENT").order_by("-pk")[:10],
        "reach": set(orders.filter(statement_lines__isnull=False).values_list("pk", flat=True)),
    }
    return render(request, "payments/debits/staff/debit_statement.html", context)


@require_POST
@staff_only("debits.run")
def run_now(request: Request) -> HttpResponse:
    """Start the run of today in the background."""
    jobs.enqueue("payments.process_debit_orders")
    messages.success(request, _("The run is started. Its batches appear here."))
    return redirect("staff_payments:debit-batches")


@require_POST
@staff_only("debits.run")
def look_now(request: Request) -> HttpResponse:
    """Ask NetCash in the background how things stand, the statement included."""
    jobs.enqueue("payments.follow_debit_orders", is_asked=True)
    messages.success(request, _("NetCash is being asked. Look again in a minute."))
    back = request.POST.get("back", "")
    names = {"statement": "staff_payments:debit-statement", "mandates": "staff_payments:mandates"}
    return redirect(names.get(back, "staff_payments:debit-batches"))


@require_POST
@staff_only("debits.run")
def authorise(request: Request, name: str) -> HttpResponse:
    """Ask NetCash to carry out a batch."""
    found = get_object_or_404(queries.batches_visible_to(request.user), name=name)
    with responses.refusals_told(request):
        state = deciding.authorise(batch=found, act=Act.now(request.user))
        if state == DebitBatch.State.AUTHORISED:
            messages.success(request, _("The batch is authorised."))
        else:
            messages.warning(request, _("NetCash wants it authorised in its own portal."))
    return redirect("staff_payments:debit-batch", name)


def frame(request: Request, current: str) -> dict[str, Any]:
    """Return what every page of A-16 shows: its tabs, and whether it is in use at all."""
    tabs = [
        ("batches", _("Batches"), "staff_payments:debit-batches"),
        ("mandates", _("Mandates"), "staff_payments:mandates"),
        ("statement", _("Statement"), "staff_payments:debit-statement"),
    ]
    if may(request.user, "settings.edit"):
        tabs.append(("settings", _("Settings"), "staff_payments:debit-settings"))
    return {
        "tabs": [
            {"label": label, "url": reverse(name), "current": key == current}
            for key, label, name in tabs
        ],
        "is_on": DebitSettings.current().is_on,
        "most_failures": DebitSettings.current().most_failures,
        "may_edit": may(request.user, "debits.edit"),
        "may_run": may(request.user, "debits.run"),
        "may_settle": may(request.user, "settings.edit"),
        "held_count": queries.held_lines().count(),
        "retriable": [DebitOrder.State.UNPAID, DebitOrder.State.REJECTED],
    }
