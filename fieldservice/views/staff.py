"""/admin/field-jobs/: the list, a new job, one job, and what the office does with it."""

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from customers.queries import directory
from fieldservice.forms.staff import AssignForm, CustomerForm, OrderForm, ReasonForm
from fieldservice.models import FieldAction, WorkOrder
from fieldservice.queries import orders as queries
from fieldservice.rules import checklists, distances, lifecycle
from fieldservice.services import completion, orders, papers
from ispbill.accounts import responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock, digits, paging
from ispbill.core.acts import Act

SIZE = 50
_TABS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("open", ("PENDING", "ASSIGNED", "EN_ROUTE", "IN_PROGRESS", "FAILED")),
    ("PENDING", ("PENDING",)),
    ("ASSIGNED", ("ASSIGNED", "EN_ROUTE", "IN_PROGRESS")),
    ("FAILED", ("FAILED",)),
    ("COMPLETED", ("COMPLETED",)),
    ("CANCELLED", ("CANCELLED",)),
)


@require_GET
@staff_only("field.view")
def index(request: Request) -> HttpResponse:
    """All jobs by state, what comes next first."""
    visible = queries.visible_to(request.user)
    counts = queries.counts(visible)
    tab = request.GET.get("tab", "")
    tab = tab if tab in dict(_TABS) else "open"
    text = request.GET.get("q", "")[:80]
    number = digits.whole(request.GET.get("page", "")) or 0
    found = queries.listed(visible, states=dict(_TABS)[tab], text=text)
    if tab in {"COMPLETED", "CANCELLED"}:
        found = found.order_by("-ended_at", "-pk")
    rows = list(found[number * SIZE : (number + 1) * SIZE + 1])
    labels = {"open": _("Open"), **dict(WorkOrder.State.choices), "ASSIGNED": _("Given out")}
    context = {
        "jobs": rows[:SIZE],
        "query": text,
        "tab": tab,
        "now": clock.now(),
        "next_page": number + 1 if len(rows) > SIZE else None,
        "previous_page": number - 1 if number else None,
        "may_edit": may(request.user, "field.edit"),
        "may_decide": may(request.user, "field.decide"),
        "tabs": paging.tabs(
            None,
            "tab",
            [(key, labels[key]) for key, _states in _TABS],
            current=tab,
            counts={key: sum(counts[one] for one in states) for key, states in _TABS},
        ),
    }
    part, page_name = "fieldservice/staff/_rows.html", "fieldservice/staff/index.html"
    return responses.region(request, context, part=part, page=page_name, target="list")


@require_http_methods(["GET", "POST"])
@staff_only("field.edit")
def add(request: Request) -> HttpResponse:
    """Ask whose job it is; the job itself is asked for next."""
    form = CustomerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data["customer"].strip().upper()
        customer = directory.visible_to(request.user).filter(number=wanted).first()
        if customer is not None:
            return responses.go(
                request, reverse("staff_fieldservice:add-for", args=[customer.number])
            )
        form.add_error("customer", _("There is no customer with this number."))
    return _dialog(request, form, _("New job"), _("Continue"), reverse("staff_fieldservice:index"))


@require_http_methods(["GET", "POST"])
@staff_only("field.edit")
def add_for(request: Request, number: str) -> HttpResponse:
    """A new job for a customer; `?kind=` and `?service=` are filled in beforehand."""
    customer = get_object_or_404(directory.visible_to(request.user), number=number)
    known = {"kind": request.GET.get("kind", ""), "subscription": request.GET.get("service", "")}
    initial = {key: value for key, value in known.items() if value}
    form = OrderForm(request.POST or None, customer=customer, initial=initial)
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            order = orders.create(asked=form.asked(), act=Act.now(request.user))
            said = _("%(number)s is made. Give it to somebody.") % {"number": order.number}
            return responses.go(request, _address(order), said)
    heading = _("New job for %(name)s") % {"name": customer.name}
    back = reverse("staff_customers:customer", args=[customer.number])
    return _dialog(request, form, heading, _("Make the job"), back)


@require_GET
@staff_only("field.view")
def detail(request: Request, number: str) -> HttpResponse:
    """One job: what is asked, what happened, what may be done."""
    visible = queries.visible_to(request.user)
    found = visible.select_related(
        "customer", "technician", "subscription__package", "created_by", "router", "fee"
    )
    order = get_object_or_404(found, number=number)
    package = order.subscription.package if order.subscription else None
    visits = []
    for visit in order.visits.select_related("technician").order_by("-visit_no"):
        mbps = order.subscription.download_mbps if order.subscription else None
        photos = list(visit.photos.order_by("pk"))
        odd = checklists.warnings(visit.answers, package_mbps=mbps)
        visits.append(
            {
                "visit": visit,
                "answers": papers.answers_of(order, visit),
                "odd": [_(item["label"]) for item in order.checklist if item["key"] in odd],
                "materials": list(visit.materials.order_by("pk")),
                "photos": [one for one in photos if one.path],
                "photos_to_come": sum(not (one.path or one.pruned_at) for one in photos),
                "signature": papers.signature_path(visit),
                "is_far": distances.is_far(visit.distance_m, visit.accuracy_m),
                "is_poor": distances.is_poor(visit.accuracy_m),
            }
        )
    context = {
        "order": order,
        "package": package,
        "visits": visits,
        "verbs": lifecycle.possible(order.state),
        "may_edit": may(request.user, "field.edit"),
        "conflicts": list(
            order.actions.filter(outcome=FieldAction.Outcome.CONFLICT).order_by("received_at")
        ),
    }
    return render(request, "fieldservice/staff/detail.html", context)


@require_GET
@staff_only("field.view")
def customer_panel(request: Request, number: str) -> HttpResponse:
    """A customer's jobs, for the customer's page."""
    customer = get_object_or_404(directory.visible_to(request.user), number=number)
    mine = queries.visible_to(request.user).filter(customer=customer)
    context = {
        "customer": customer,
        "jobs": list(mine.select_related("technician", "customer").order_by("-pk")[:20]),
        "may_edit": may(request.user, "field.edit"),
        "now": clock.now(),
    }
    return responses.region(
        request,
        context,
        part="fieldservice/staff/_customer_panel.html",
        page="fieldservice/staff/customer_panel.html",
    )


@require_http_methods(["GET", "POST"])
@staff_only("field.edit")
def assign(request: Request, number: str) -> HttpResponse:
    """Give a job to a technician for a window; `?stage=` (a column of the board) names one."""
    order = _order(request, number)
    if request.GET.get("stage") == "" and order.technician_id:  # dragged back onto the pile
        return HttpResponseRedirect(reverse("staff_fieldservice:unassign", args=[number]))
    form = AssignForm(request.POST or None, user=request.user, initial=_proposed(request, order))
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            orders.assign(
                order=order,
                slot=form.slot(),
                version=form.cleaned_data["version"],
                is_confirmed=form.cleaned_data["is_confirmed"],
                act=Act.now(request.user, reason=form.cleaned_data["reason"]),
            )
            return responses.done(request, _("Given out."), back=_address(order))
    if not form.errors:
        form.fields.pop("is_confirmed")
    heading = _("Who goes to %(number)s, and when?") % {"number": order.number}
    return responses.dialog(
        request,
        form,
        heading=heading,
        label=_("Give out"),
        back=_address(order),
        effects=[_("The customer is told the day and the time.")],
    )


@require_http_methods(["GET", "POST"])
@staff_only("field.edit")
def unassign(request: Request, number: str) -> HttpResponse:
    """Take a job back into the pile, with a reason."""
    return _with_reason(request, number, orders.unassign, _("Take back"), _("Taken back."))


@require_http_methods(["GET", "POST"])
@staff_only("field.edit")
def cancel(request: Request, number: str) -> HttpResponse:
    """Give a job up for good, with a reason."""
    return _with_reason(request, number, orders.cancel, _("Cancel the job"), _("Cancelled."))


@require_http_methods(["GET", "POST"])
@staff_only("field.edit")
def carry_out(request: Request, number: str) -> HttpResponse:
    """Carry out what a rule refused when the job was completed."""
    return _with_reason(request, number, completion.carry_out, _("Carry out"), _("Carried out."))


def _with_reason(request: Request, number: str, verb: Any, label: str, said: str) -> HttpResponse:
    order = _order(request, number)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            verb(order=order, act=Act.now(request.user, reason=form.cleaned_data["reason"]))
            return responses.done(request, said, back=_address(order))
    return _dialog(request, form, f"{label}: {order.number}", label, _address(order))


def _dialog(
    request: Request, form: forms.Form, heading: str, label: str, back: str
) -> HttpResponse:
    return responses.dialog(request, form, heading=heading, label=label, back=back)


def _proposed(request: Request, order: WorkOrder) -> dict[str, Any]:
    """Return what the form begins with: as it is, or a morning of the board's day."""
    zone = clock.zone()
    start = order.window_start.astimezone(zone) if order.window_start else None
    end = order.window_end.astimezone(zone) if order.window_end else None
    day = request.GET.get("day") or (start.date() if start else clock.today() + timedelta(days=1))
    chosen = digits.row_id(request.GET.get("stage", ""))
    return {
        "version": order.version,
        "technician": order.technician_id if chosen is None else chosen,
        "day": day,
        "start": start.time() if start else "09:00",
        "end": end.time() if end else "12:00",
    }


def _order(request: Request, number: str) -> WorkOrder:
    return get_object_or_404(queries.visible_to(request.user), number=number)


def _address(order: WorkOrder) -> str:
    return reverse("staff_fieldservice:detail", args=[order.number])
