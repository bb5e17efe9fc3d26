"""/admin/billing/dunning/: how unpaid bills are treated, drawn as ladders, tried on a customer."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from billing.forms.policies import (
    STEPS,
    HolidayForm,
    PolicyForm,
    SimulatorForm,
    initial,
    step_rows,
)
from billing.forms.reasons import OTHER, ReasonForm
from billing.models import DunningPolicy, Holiday
from billing.queries import ladder_place
from billing.queries import policies as queries
from billing.queries.policies import InForce
from billing.rules.ladder import Policy
from billing.services import policies as services
from billing.views import answers, dunning_words, words
from customers.models import Customer
from customers.queries import directory
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.accounts.models import Branch
from ispbill.core import clock, formats
from ispbill.core.errors import DomainError
from ispbill.core.models import Company
from ispbill.notifications.models import Message


@require_GET
@staff_only("settings.view")
def index(request: Request) -> HttpResponse:
    """Show every policy in force as a ladder."""
    on = clock.today()
    known = queries.in_force(on=on)
    ordered = sorted(
        known.policies, key=lambda one: (not one.is_default, one.branch_id or 0, one.customer_kind)
    )
    names = dict(Branch.objects.values_list("pk", "name"))
    context = {
        "cards": [_card(one, known, names, on=on) for one in ordered],
        "sample": words.day(_sample(on)),
        "form": SimulatorForm(),
        "may_edit": may(request.user, "settings.edit"),
    }
    return render(request, "billing/staff/policies.html", context)


@require_http_methods(["GET", "POST"])
@staff_only("settings.edit")
def company(request: Request) -> HttpResponse:
    """Change the ladder of everybody who has no policy of their own."""
    known = queries.in_force(on=clock.today())
    row = DunningPolicy.objects.filter(
        branch__isnull=True, customer_kind="", archived_at__isnull=True
    ).first()
    policy = known.default
    return _form(request, row, policy, heading=_("The company's policy"), is_company=True)


@require_http_methods(["GET", "POST"])
@staff_only("settings.edit")
def add(request: Request) -> HttpResponse:
    """Make a policy for a class of customers, a branch, or a class in a branch."""
    return _form(request, None, None, heading=_("New policy"), is_company=False)


@require_http_methods(["GET", "POST"])
@staff_only("settings.edit")
def edit(request: Request, pk: int) -> HttpResponse:
    """Change a policy."""
    row = get_object_or_404(DunningPolicy, pk=pk, archived_at__isnull=True)
    if row.is_default:
        return redirect("staff_billing:dunning-company")
    policy = queries.resolved(row, list(row.steps.all()), company=Company.current())
    return _form(request, row, policy, heading=row.name, is_company=False)


@require_http_methods(["GET", "POST"])
@staff_only("settings.edit")
def archive(request: Request, pk: int) -> HttpResponse:
    """Put a policy out of force."""
    row = get_object_or_404(DunningPolicy, pk=pk, archived_at__isnull=True)
    form = ArchiveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.archive(
                policy=row, reason=form.full_reason(), at=clock.now(), actor=request.user
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return answers.done(request, _("The policy is out of force."), back=_list())
    context = {
        "heading": _("Put %(name)s out of force?") % {"name": row.name},
        "form": form,
        "form_action": request.path,
        "confirm_label": _("Put out of force"),
        "is_possible": True,
        "effects": [_("Its customers fall under the next less specific policy from now on.")],
        "back_url": _list(),
    }
    status = 422 if form.errors else 200
    return answers.varied(render(request, "billing/staff/reason.html", context, status=status))


@require_GET
@staff_only("billing.view")
def simulation(request: Request) -> HttpResponse:
    """Show what would happen to one customer, day by day, perhaps with another grace."""
    form, on = SimulatorForm(request.GET), clock.today()
    given = form.cleaned_data if form.is_valid() else {}
    number = str(given.get("customer") or "").strip()
    customer = (
        directory.visible_to(request.user)
        .select_related("standing")
        .filter(number__iexact=number)
        .first()
        if number
        else None
    )
    context: dict[str, Any] = {"form": form, "number": number, "customer": customer}
    if customer is not None:
        context |= place_context(customer, on=on, grace=given.get("grace"))
    return render(request, "billing/staff/simulation.html", context)


@require_http_methods(["GET", "POST"])
@staff_only("settings.view")
def holidays(request: Request) -> HttpResponse:
    """List the days on which no line is cut, and add one."""
    may_edit = may(request.user, "settings.edit")
    if request.method == "POST" and not may_edit:
        raise PermissionDenied
    form = HolidayForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.add_holiday(
            day=form.cleaned_data["day"], name=form.cleaned_data["name"],
            branch=form.cleaned_data["branch"], at=clock.now(), actor=request.user,
        )  # fmt: skip
        messages.success(request, _("The holiday is saved."))
        return redirect("staff_billing:holidays")
    on = clock.today()
    found = Holiday.objects.filter(day__gte=on - timedelta(days=31)).select_related("branch")
    context = {
        "form": form,
        "may_edit": may_edit,
        "holidays": found.order_by("day", "pk"),
    }
    status = 422 if form.errors else 200
    return render(request, "billing/staff/holidays.html", context, status=status)


@require_POST
@staff_only("settings.edit")
def remove_holiday(request: Request, pk: int) -> HttpResponse:
    """Take a holiday back."""
    holiday = get_object_or_404(Holiday, pk=pk)
    services.remove_holiday(holiday=holiday, at=clock.now(), actor=request.user)
    messages.success(request, _("The holiday is removed."))
    return redirect("staff_billing:holidays")


class ArchiveForm(ReasonForm):
    reasons = (OTHER,)


def place_context(customer: Customer, *, on: date, grace: int | None = None) -> dict[str, Any]:
    """Return where a customer stands on the ladder, in words (also for the customer's panel)."""
    place = ladder_place.of(customer, on=on, grace_days=grace)
    sentence = (
        _("Never suspended: somebody has taken this customer out of suspension.")
        if customer.is_never_suspended
        else dunning_words.because(place.decision)
        if place.has_debt
        else _("Nothing is owed: nothing happens.")
    )
    return {
        "place": place,
        "policy_name": dunning_words.policy_name(place.policy),
        "sentence": sentence,
        "rungs": [
            {
                "name": dunning_words.step(rung.step),
                "when": dunning_words.when(rung.step.offset_days),
                "on": rung.on,
                "action": rung.step.action.value,
                "is_done": rung.is_done,
                "is_skipped": rung.is_skipped,
                "done_on": rung.event.on if rung.event else None,
                "is_past": rung.is_past,
            }
            for rung in place.rungs
        ],
        "simulated_grace": grace,
    }


def _form(
    request: Request,
    row: DunningPolicy | None,
    policy: Policy | None,
    *,
    heading: str,
    is_company: bool,
) -> HttpResponse:
    start = initial(row, policy)
    if is_company and row is None:
        start["name"] = _("Company")
    form = PolicyForm(request.POST or None, initial=start, is_company=is_company)
    steps = STEPS(request.POST or None, initial=step_rows(policy), prefix="steps")
    if request.method == "POST" and form.is_valid() and steps.is_valid():
        answer = _save(request, row, form, steps)
        if answer is not None:
            return answer
    context = {
        "heading": heading,
        "form": form,
        "steps": steps,
        "is_company": is_company,
        "company": Company.current(),
        "row": row,
        "back_url": _list(),
        "settings_url": reverse("staff:settings"),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "billing/staff/policy.html", context, status=status)


def _save(
    request: Request, row: DunningPolicy | None, form: PolicyForm, steps: Any
) -> HttpResponse | None:
    try:
        services.save(
            policy=row, values=form.values(steps.steps()), reason=form.cleaned_data["reason"],
            on=clock.today(), at=clock.now(), actor=request.user,
            expected_updated_at=form.cleaned_data["seen"],
        )  # fmt: skip
    except DomainError as error:
        form.add_error(None, str(error))
        return None
    messages.success(request, _("The policy is saved."))
    return HttpResponseRedirect(_list())


def _card(policy: Policy, known: InForce, names: dict[int, str], *, on: date) -> dict[str, Any]:
    due = _sample(on)
    kinds: dict[str, Any] = dict(Customer.Kind.choices)
    return {
        "policy": policy,
        "name": dunning_words.policy_name(policy),
        "kind": kinds.get(policy.customer_kind, _("Every class")),
        "branch": names.get(policy.branch_id or 0, _("Every branch")),
        "weekdays": dunning_words.weekdays(policy.cutoff_weekdays),
        "fee": _fee(policy),
        "rungs": [_drawn(step, policy, known, due=due) for step in policy.steps],
    }


def _drawn(step: Any, policy: Policy, known: InForce, *, due: date) -> dict[str, Any]:
    day = due + timedelta(days=step.offset_days)
    if step.action.value == "SUSPEND":
        day = known.cutoff_day(policy, policy.branch_id, first=day) or day
    labels = dict(Message.Channel.choices)
    return {
        "name": dunning_words.step(step),
        "when": dunning_words.when(step.offset_days),
        "on": day,
        "action": step.action.value,
        "channels": ", ".join(str(labels[channel]) for channel in step.channels),
    }


def _fee(policy: Policy) -> str:
    fee = policy.late_fee
    if fee is None:
        return _("None")
    if fee.amount is not None:
        return formats.money(fee.amount)
    return _("%(percent)s %% of what is unpaid") % {
        "percent": f"{(Decimal(fee.rate or 0) * 100).normalize():f}"
    }


def _sample(on: date) -> date:
    """Return the due date the pictures are drawn for: the fifth to come."""
    this = on.replace(day=5)
    return this if this >= on else (this + timedelta(days=31)).replace(day=5)


def _list() -> str:
    return reverse("staff_billing:dunning-policies")
