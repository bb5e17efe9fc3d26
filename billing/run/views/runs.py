"""Billing runs in the console: preview, confirm, watch, try again, and tell the customers."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from billing.ledger.views import answers
from billing.pricing.views import words
from billing.run.forms.runs import ConfirmForm, ScopeForm
from billing.run.models import BillingRun
from billing.run.queries import preview, runs
from billing.run.services import cycle, run_requests
from billing.run.services.run_requests import Wanted
from customers.views import links
from ispbill.accounts import responses
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock, jobs
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.models import Company
from ispbill.core.money import Taxed

_PER_PAGE = 50
_LISTS: dict[str, Any] = {
    "prorated": gettext_lazy("Part of a period"),
    "changed": gettext_lazy("Price changed"),
    "jumps": gettext_lazy("More than half above the period before"),
    "zero": gettext_lazy("Price zero"),
    "no_router": gettext_lazy("No line on a router"),
    "no_phone": gettext_lazy("No phone number"),
}


@require_GET
@staff_only("billing.run")
def index(request: Request) -> HttpResponse:
    """Show the runs, the latest first."""
    after = request.GET.get("after", "")
    found = runs.all_runs()
    if after.isascii() and after.isdigit() and len(after) < 19:
        found = found.filter(pk__lt=int(after))
    listed = list(found[: _PER_PAGE + 1])
    at = clock.now()
    context = {
        "rows": [runs.row(run, at=at) for run in listed[:_PER_PAGE]],
        "pager": {
            "older": str(listed[_PER_PAGE - 1].pk) if len(listed) > _PER_PAGE else "",
            "newer": "",
            "total": None,
        },
        "is_first_page": not after,
    }
    return render(request, "billing/run/staff/runs.html", context)


@require_GET
@staff_only("billing.run")
def new(request: Request) -> HttpResponse:
    """Choose a scope and see what a run of it would do."""
    at = clock.now()
    asked = "date" in request.GET
    form = ScopeForm(request.GET if asked else None, initial={"date": clock.local_date(at)})
    context: dict[str, Any] = {
        "form": form,
        "under_way": runs.under_way(at=at),
        "lead_days": Company.current().invoice_lead_days,
    }
    if asked and form.is_valid():
        wanted = form.wanted()
        scope = cycle.scope_for(on=wanted.on, bill_day=wanted.bill_day, branch_id=wanted.branch_id)
        shown = preview.preview(scope, issued_on=wanted.on)
        context |= {
            **preview_context(shown),
            "wanted": wanted,
            "horizon": scope.horizon,
            "key": uuid4(),
            "is_ahead": wanted.on > clock.local_date(at),
        }
    status = 422 if asked and form.errors else 200
    return render(request, "billing/run/staff/new_run.html", context, status=status)


@require_POST
@staff_only("billing.run")
def confirm(request: Request) -> HttpResponse:
    """Order the run that was previewed; once, however often the button is pressed."""
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        context = {"form": form, "lead_days": Company.current().invoice_lead_days}
        return render(request, "billing/run/staff/new_run.html", context, status=422)
    return order(request, key=str(form.cleaned_data["key"]), wanted=form.wanted())


@require_GET
@staff_only("billing.run")
def ordered(request: Request, key: str) -> HttpResponse:
    """Wait for the worker to take up an order; then go to its run."""
    order = run_requests.find(key)
    if order is None:
        raise Http404
    progress = runs.progress_of(order, at=clock.now())
    if progress.run is not None:
        address = reverse("staff_billing:run", args=[progress.run.pk])
        return responses.go(request, address)
    context = {"progress": progress, "key": key, "scope": runs.scope_of(order)}
    return responses.polled(
        request,
        context,
        part="billing/run/staff/_run_order.html",
        page="billing/run/staff/run_order.html",
        is_over=not progress.is_waiting,
        target="order",
    )


@require_GET
@staff_only("billing.run")
def detail(request: Request, pk: int) -> HttpResponse:
    """Show a run: live while it works, its sums and what could not be billed when it is over."""
    run = get_object_or_404(runs.all_runs(), pk=pk)
    row = runs.row(run, at=clock.now())
    context = {"row": row, "run": run}
    if responses.is_fragment(request, "run-progress"):
        if not row.is_live:
            return responses.reloaded(request)
        return responses.varied(render(request, "billing/run/staff/_run_progress.html", context))
    found = runs.problems(run)
    context |= {
        "problems": [
            {"one": one, "url": links.address("staff_customers:customer", one.customer.number)}
            for one in found
        ],
        "still_due": sum(one.is_due for one in found),
        "retry_key": uuid4(),
        "invoices_url": f"{reverse('staff_billing:invoices')}?run={run.pk}",
        "chosen": None if run.customer_ids is None else len(run.customer_ids),
    }
    return responses.varied(render(request, "billing/run/staff/run.html", context))


@require_POST
@staff_only("billing.run")
def retry(request: Request, pk: int) -> HttpResponse:
    """Order the same scope again: it bills what is still due and nothing else."""
    run = get_object_or_404(BillingRun, pk=pk)
    form = ConfirmForm(
        {
            **request.POST.dict(),
            "date": run.business_date.isoformat(),
            "bill_day": run.bill_day or "",
            "branch": run.branch_id or "",
        }
    )
    if not form.is_valid():
        return HttpResponse(_("The form has run out. Load the page again."), status=422)
    chosen = None if run.customer_ids is None else tuple(run.customer_ids)
    wanted = replace(form.wanted(), customers=chosen)
    return order(request, key=str(form.cleaned_data["key"]), wanted=wanted)


@require_http_methods(["GET", "POST"])
@staff_only("billing.run")
def announce(request: Request, pk: int) -> HttpResponse:
    """Ask, then send the messages of a finished run; they go out once."""
    run = get_object_or_404(BillingRun, pk=pk)
    back = reverse("staff_billing:run", args=[pk])
    if request.method == "POST":
        if run.messages_sent_at is None and run.status != BillingRun.Status.RUNNING:
            jobs.enqueue("billing.announce_run", run_id=run.pk, actor_id=request.user.pk)
            return answers.done(request, _("The messages are being queued."), back=back)
        text = _("The messages of this run were sent before.")
        return answers.done(request, text, back=back, level="warning")
    who = runs.audience(run)
    context = {
        "heading": _("Send messages?"),
        "text": _("Tell the customers of this run about their invoices."),
        "details": [
            _("Invoices still owed: %(count)s") % {"count": who.invoices},
            _("SMS: %(count)s") % {"count": who.sms},
            _("WhatsApp: %(count)s") % {"count": who.whatsapp},
            _("E-mail: %(count)s") % {"count": who.email},
            _("Each customer is told once, whoever presses the button again."),
        ],
        "form_action": request.path,
        "confirm_label": _("Send messages"),
        "back_url": back,
    }
    return responses.varied(render(request, "billing/run/staff/confirm.html", context))


def order(request: Request, *, key: str, wanted: Wanted) -> HttpResponse:
    """Order a run that was shown, and go where it can be watched."""
    try:
        is_new = run_requests.request(key=key, wanted=wanted, act=Act.now(request.user))
    except DomainError as error:
        messages.warning(request, str(error))
        busy = runs.under_way(at=clock.now())
        if busy is not None:
            return redirect("staff_billing:run", busy.pk)
        return redirect("staff_billing:runs")
    if not is_new:
        messages.info(request, _("This run was confirmed before; it is not started twice."))
    return redirect("staff_billing:run-order", key)


def preview_context(shown: preview.Preview) -> dict[str, Any]:
    """Return what `billing/run/staff/_preview.html` shows."""
    return {
        "shown": shown,
        "largest": [_line(one) for one in shown.largest],
        "lists": [
            {
                "key": key,
                "label": label,
                "count": shown.counts[key],
                "rows": [_line(one) for one in shown.lists.get(key, [])],
            }
            for key, label in _LISTS.items()
        ],
        "change_percent": _change_percent(shown),
    }


def _line(one: preview.Shown) -> dict[str, Any]:
    return {
        "shown": one,
        "days": words.period(one.start, one.end),
        "why": words.why_amount(one.explanation, Taxed(one.net, one.tax), one.tax_rate),
    }


def _change_percent(shown: preview.Preview) -> str:
    if not shown.last_period_net:
        return ""
    percent = shown.change / shown.last_period_net * 100
    sign = "+" if percent >= 0 else "−"
    return f"{sign}{abs(percent):.1f} %"
