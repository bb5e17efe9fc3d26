"""/admin/billing/dunning/: how unpaid bills are treated, drawn as ladders, tried on a customer."""

from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from billing.dunning.forms.policies import STEPS, PolicyForm, SimulatorForm, initial, step_rows
from billing.dunning.models import DunningPolicy
from billing.dunning.queries import policies as queries
from billing.dunning.queries.policies import InForce
from billing.dunning.rules.ladder import Policy
from billing.dunning.services import policies as services
from billing.dunning.views import dunning_words, ladder
from billing.ledger.forms.reasons import OTHER, ReasonForm
from billing.ledger.views import answers
from billing.pricing.views import words
from customers.models import Customer
from customers.queries import directory
from ispbill.accounts import editing, responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.accounts.models import Branch
from ispbill.core import clock, formats
from ispbill.core.acts import Act
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
    return render(request, "billing/dunning/staff/policies.html", context)


@require_http_methods(["GET", "POST"])
@staff_only("settings.edit")
@editing.one_at_a_time
def company(request: Request) -> HttpResponse:
    """Change the ladder of everybody who has no policy of their own."""
    row = DunningPolicy.objects.filter(
        branch__isnull=True, customer_kind="", archived_at__isnull=True
    ).first()
    row = editing.held(request, row) if row else None
    policy = queries.in_force(on=clock.today()).default
    return _form(request, row, policy, heading=_("The company's policy"), is_company=True)


@require_http_methods(["GET", "POST"])
@staff_only("settings.edit")
def add(request: Request) -> HttpResponse:
    """Make a policy for a class of customers, a branch, or a class in a branch."""
    return _form(request, None, None, heading=_("New policy"), is_company=False)


@require_http_methods(["GET", "POST"])
@staff_only("settings.edit")
@editing.one_at_a_time
def edit(request: Request, pk: int) -> HttpResponse:
    """Change a policy."""
    row = get_object_or_404(DunningPolicy, pk=pk, archived_at__isnull=True)
    if row.is_default:
        return redirect("staff_billing:dunning-company")
    row = editing.held(request, row)
    policy = queries.resolved(row, list(row.steps.all()), company=Company.current())
    return _form(request, row, policy, heading=row.name, is_company=False)


@require_http_methods(["GET", "POST"])
@staff_only("settings.edit")
def archive(request: Request, pk: int) -> HttpResponse:
    """Put a policy out of force."""
    row = get_object_or_404(DunningPolicy, pk=pk, archived_at__isnull=True)
    form = ArchiveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            services.archive(policy=row, act=Act.now(request.user, reason=form.full_reason()))
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
    return responses.form_page(request, "billing/pricing/staff/reason.html", context)


@require_GET
@staff_only("billing.view")
def simulation(request: Request) -> HttpResponse:
    """Show what would happen to one customer, day by day, perhaps with another grace."""
    form, on = SimulatorForm(request.GET), clock.today()
    given = form.cleaned_data if form.is_valid() else {}
    number = str(given.get("customer") or "").strip()
    customer = (
        directory.visible_to(request.user)
        .select_related("account_state")
        .filter(number__iexact=number)
        .first()
        if number
        else None
    )
    context: dict[str, Any] = {"form": form, "number": number, "customer": customer}
    if customer is not None:
        context |= ladder.place_context(customer, on=on, grace=given.get("grace"))
    return render(request, "billing/dunning/staff/simulation.html", context)


class ArchiveForm(ReasonForm):
    reasons = (OTHER,)


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
    form, steps = editing.form_with_rows(
        request,
        partial(PolicyForm, initial=start, is_company=is_company),
        partial(STEPS, initial=step_rows(policy), prefix="steps"),
        about=row,
        place="dunning-policy:company" if is_company else "",
        label=_("Messages"),
    )
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
    answer = responses.form_page(request, "billing/dunning/staff/policy.html", context)
    if not steps.is_valid() and steps.is_bound:
        answer.status_code = max(answer.status_code, 422)
    return answer


def _save(
    request: Request, row: DunningPolicy | None, form: PolicyForm, steps: Any
) -> HttpResponse | None:
    try:
        services.save(
            policy=row,
            values=form.values(steps.steps()),
            act=Act.now(request.user, reason=form.cleaned_data["reason"]),
        )
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
