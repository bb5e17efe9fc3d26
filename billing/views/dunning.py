"""The due and suspension queue: who will be cut off, when, why, and what staff do about it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from billing.forms.dunning import ExclusionForm, PromiseForm, SimulationForm, WithdrawForm
from billing.forms.reasons import ReasonForm
from billing.queries import due_queue
from billing.queries.dunning import Judged
from billing.services import promises
from billing.views import answers, words
from customers.models import Customer
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock, formats
from ispbill.core.errors import DomainError
from ispbill.core.models import Company
from network.models import Access

_PER_PAGE = 50


@require_GET
@staff_only("billing.view")
def index(request: Request) -> HttpResponse:
    """Show the queue, or what it would be with other days of grace."""
    on, company = clock.today(), Company.current()
    form = SimulationForm(request.GET)
    simulated = form.cleaned_data.get("grace") if form.is_valid() else None
    grace = company.grace_days if simulated is None else simulated
    found = due_queue.queue(on=on, grace_days=grace, branch_id=answers.chosen_branch(request))
    start = _start(request.GET.get("after", ""))
    shown = found.entries[start : start + _PER_PAGE]
    lines = due_queue.lines([one.customer_id for one in shown])
    highest = max(found.calendar.values(), default=0)
    context = {
        "rows": [_row(one, lines.get(one.customer_id, []), on=on) for one in shown],
        "total": len(found.entries),
        "cut_now": found.cut_now,
        "calendar": [
            {"day": day, "count": count, "is_today": day == on, "is_peak": 0 < count == highest}
            for day, count in found.calendar.items()
        ],
        "grace": grace,
        "own_grace": company.grace_days,
        "is_simulated": grace != company.grace_days,
        "hours": (company.suspend_from_hour, company.suspend_until_hour),
        "pager": {
            "older": str(start + _PER_PAGE) if start + _PER_PAGE < len(found.entries) else "",
            "newer": "",
            "total": len(found.entries),
            "first": start + 1,
            "last": start + len(shown),
        },
        "is_first_page": start == 0,
        "may_promise": may(request.user, "payments.take"),
        "may_exclude": may(request.user, "services.switch"),
        "may_suspend": may(request.user, "services.switch"),
        "pay_url": answers.address("staff_payments:pay")
        if may(request.user, "payments.take")
        else "",
    }
    if answers.is_fragment(request, "queue"):
        return answers.varied(render(request, "billing/staff/_due_queue.html", context))
    context |= {"form": form}
    return answers.varied(render(request, "billing/staff/due_queue.html", context))


@require_http_methods(["GET", "POST"])
@staff_only("payments.take")
def promise(request: Request, number: str) -> HttpResponse:
    """Note a promise to pay."""
    customer, on = answers.customer(request, number), clock.today()
    longest = promises.longest_days(customer, on=on)
    form = PromiseForm(request.POST or None, on=on, longest=longest)
    standing = customer.standing
    if request.method == "POST" and form.is_valid():
        until = form.cleaned_data["until"]
        try:
            promises.promise(
                customer=customer, until=until, reason=form.full_reason(), on=on,
                at=clock.now(), actor=request.user,
            )  # fmt: skip
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            text = _("%(name)s promises to pay by %(until)s.") % {
                "name": customer.name, "until": words.day(until),
            }  # fmt: skip
            return answers.done(request, text, back=_back())
    return _dialog(
        request,
        form,
        heading=_("Promise to pay: %(name)s") % {"name": customer.name},
        confirm_label=_("Promise to pay"),
        is_possible=standing.balance_amount > 0,
        refusal=_("This customer owes nothing."),
        effects=[
            _("Owed now: %(amount)s.") % {"amount": formats.money(standing.balance_amount)},
            _("Nothing is cut off for non-payment before that day is over."),
            _("The bill stays due; reminders go on."),
        ],
        changes=[
            {
                "label": _("Promise"),
                "before": words.day(standing.promised_until)
                if standing.promised_until
                else _("None"),
                "after": _("the day chosen here"),
            }
        ],
    )


@require_http_methods(["GET", "POST"])
@staff_only("payments.take")
def withdraw_promise(request: Request, number: str) -> HttpResponse:
    """Take a promise back."""
    customer = answers.customer(request, number)
    form = WithdrawForm(request.POST or None)
    until = customer.standing.promised_until
    if request.method == "POST" and form.is_valid():
        try:
            promises.withdraw(
                customer=customer, reason=form.full_reason(), at=clock.now(), actor=request.user
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return answers.done(request, _("The promise is taken back."), back=_back())
    return _dialog(
        request,
        form,
        heading=_("Take back the promise of %(name)s?") % {"name": customer.name},
        confirm_label=_("Take back"),
        is_possible=until is not None,
        refusal=_("There is no promise to take back."),
        effects=[_("The days of grace alone decide again when the service is cut off.")],
        changes=[
            {
                "label": _("Promise"),
                "before": words.day(until) if until else _("None"),
                "after": _("None"),
            }
        ],
    )


@require_http_methods(["GET", "POST"])
@staff_only("services.switch")
def never_suspend(request: Request, number: str) -> HttpResponse:
    """Take a customer out of automatic suspension, or put it back."""
    customer = answers.customer(request, number)
    is_never = not customer.is_never_suspended
    form = ExclusionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            promises.never_suspend(
                customer=customer, is_never=is_never, reason=form.full_reason(), at=clock.now(),
                actor=request.user,
            )  # fmt: skip
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            said = {"name": customer.name}
            text = (
                _("%(name)s is never suspended automatically.") % said
                if is_never
                else _("%(name)s may be suspended again.") % said
            )
            return answers.done(request, text, back=_back())
    return _dialog(
        request,
        form,
        heading=_exclusion_heading(customer, is_never=is_never),
        confirm_label=_("Exclude") if is_never else _("Put back"),
        is_possible=True,
        refusal="",
        effects=[
            _("No run cuts this customer off, however much is owed, until somebody puts it back.")
            if is_never
            else _("The next run may cut this customer off when the days of grace are over."),
            _("Suspending by hand stays possible."),
        ],
        changes=[
            {
                "label": _("Automatic suspension"),
                "before": _("yes") if is_never else _("never"),
                "after": _("never") if is_never else _("yes"),
            }
        ],
    )


def _exclusion_heading(customer: Customer, *, is_never: bool) -> str:
    said = {"name": customer.name}
    if is_never:
        return _("Exclude %(name)s from suspension?") % said
    return _("Let %(name)s be suspended again?") % said


def _dialog(request: Request, form: ReasonForm, **context: Any) -> HttpResponse:
    context |= {"form": form, "form_action": request.path, "back_url": _back()}
    status = 422 if form.errors else 200
    return answers.varied(render(request, "billing/staff/reason.html", context, status=status))


def _back() -> str:
    return reverse("staff_billing:dunning")


def _start(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0


def _row(one: Judged, lines: list[Access], *, on: Any) -> dict[str, Any]:
    overdue = words.days_overdue(one.decision.facts.due_date, on)
    return {
        "one": one,
        "overdue": ngettext("%(days)d day", "%(days)d days", overdue) % {"days": overdue},
        "why": words.why_suspended(one),
        "promised_until": one.decision.facts.promised_until,
        "customer_url": answers.address("staff_customers:customer", one.number),
        "router": _router_words(lines),
    }


def _router_words(lines: list[Access]) -> dict[str, Any]:
    """Say what the routers have confirmed of a customer's lines."""
    if not lines:
        return {"word": _("No line"), "tone": "neutral", "symbol": "circle-dashed"}
    if any(not line.is_settled for line in lines):
        return {"word": _("Being switched"), "tone": "warning", "symbol": "clock"}
    states = {line.confirmed_state for line in lines}
    if states == {Access.State.OPEN}:
        return {"word": _("Line open"), "tone": "success", "symbol": "plug-connected"}
    if states == {Access.State.WALLED}:
        return {"word": _("Line closed"), "tone": "danger", "symbol": "plug-off"}
    return {"word": _("Partly open"), "tone": "info", "symbol": "circle-half-2"}
