"""Dry runs in the console: work a day out, look, approve by the hash, see what became of it."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from billing.dunning.views import dunning_words
from billing.pricing.views import words
from billing.run.forms.runs import ScopeForm
from billing.run.models import DryRun
from billing.run.queries import shares
from billing.run.services import dry_runs
from billing.run.services.projections import Projection, project
from billing.run.views.runs import preview_context
from customers.models import Customer
from ispbill.accounts import responses
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.notifications.rules import events

_SHOWN = 50


@require_GET
@staff_only("billing.run")
def index(request: Request) -> HttpResponse:
    """Show the latest dry runs and the form for another."""
    form = ScopeForm(initial={"date": clock.local_date(clock.now())})
    return _list(request, form)


@require_POST
@staff_only("billing.run")
def new(request: Request) -> HttpResponse:
    """Work out a day and keep it for approval."""
    form = ScopeForm(request.POST)
    if form.is_valid():
        wanted = form.wanted()
        with responses.refusals_in(form):
            row = dry_runs.propose(
                on=wanted.on,
                bill_day=wanted.bill_day,
                branch_id=wanted.branch_id,
                act=Act.now(request.user),
            )
            return redirect("staff_billing:dry-run", row.pk)
    return _list(request, form, status=422)


@require_GET
@staff_only("billing.run")
def detail(request: Request, dry_run_id: int) -> HttpResponse:
    """Show a dry run: what it would do now while it is open, what it did when it is over."""
    row = get_object_or_404(_all(), pk=dry_run_id)
    context: dict[str, Any] = {
        "row": _with_money(row),
        "routers": row.figures["routers"].items(),
        "commissions": _commissions(row),
    }
    if row.status == DryRun.Status.PROPOSED:
        now = project(on=row.business_date, bill_day=row.bill_day, branch_id=row.branch_id)
        context |= {
            **preview_context(now.shown),
            **_dunning_context(now),
            "cuts": [{"one": one, "why": dunning_words.why(one)} for one in now.cuts],
            "commissions": shares.by_partner(now.commissions),
            "is_barred": row.is_barred_to(request.user.pk),
            "is_changed": now.plan_hash != row.plan_hash,
            "is_day": row.business_date == clock.local_date(clock.now()),
        }
    else:
        context |= {
            "changed_customers": Customer.objects.filter(pk__in=row.outcome.get("customers", [])),
            "not_suspended": [
                (words.left_alone(reason), count)
                for reason, count in row.outcome.get("not_suspended", {}).items()
            ],
        }
    return responses.varied(render(request, "billing/run/staff/dry_run.html", context))


@require_POST
@staff_only("billing.run")
def approve(request: Request, dry_run_id: int) -> HttpResponse:
    """Approve the plan whose hash was shown, and let the worker do it."""
    row = get_object_or_404(DryRun, pk=dry_run_id)
    try:
        dry_runs.approve(
            dry_run=row, plan_hash=request.POST.get("plan_hash", ""), act=Act.now(request.user)
        )
    except DomainError as error:
        messages.warning(request, str(error))
    return redirect("staff_billing:dry-run", row.pk)


@require_POST
@staff_only("billing.run")
def withdraw(request: Request, dry_run_id: int) -> HttpResponse:
    """Take back a plan nobody has approved."""
    row = get_object_or_404(DryRun, pk=dry_run_id)
    try:
        dry_runs.withdraw(dry_run=row, act=Act.now(request.user))
    except DomainError as error:
        messages.warning(request, str(error))
        return redirect("staff_billing:dry-run", row.pk)
    messages.success(request, _("The plan is withdrawn."))
    return redirect("staff_billing:dry-runs")


def _dunning_context(now: Projection) -> dict[str, Any]:
    """Say what would be written to whom, and what being late would cost, as the page shows it."""
    return {
        "message_counts": [
            (_event(event), count) for event, count in sorted(now.messages.counts.items())
        ],
        "message_total": now.messages.count,
        "planned_messages": [
            {"one": one, "words": _event(one.event)} for one in now.messages.first[:_SHOWN]
        ],
        "fees": now.fees[:_SHOWN],
        "fee_total": len(now.fees),
        "fee_amount": now.fee_amount,
    }


def _event(code: str) -> str:
    known = events.EVENTS.get(code)
    return _(known.title) if known is not None else code


def _list(request: Request, form: ScopeForm, *, status: int = 200) -> HttpResponse:
    rows = [_with_money(row) for row in _all()[:_SHOWN]]
    context = {"form": form, "rows": rows}
    return render(request, "billing/run/staff/dry_runs.html", context, status=status)


def _all() -> Any:
    people = ("branch", "proposed_by", "approved_by")
    return DryRun.objects.select_related(*people).order_by("-proposed_at", "-pk")


def _with_money(row: DryRun) -> Any:
    """Give the sums kept as text their type back, for the page."""
    shown: Any = row
    for name in ("net", "total", "cut_amount", "late_fee_amount", "commission_amount"):
        setattr(shown, name, Decimal(row.figures.get(name, 0)))
    before = row.figures.get("month_before", {})
    shown.earned_before = Decimal(before.get("commission_amount", 0))
    return shown


def _commissions(row: DryRun) -> list[shares.Sum]:
    """Return what resellers were to earn, by reseller, as the plan was kept."""
    return [
        shares.Sum(one["partner"], one["customers"], Decimal(one["billed"]), Decimal(one["amount"]))
        for one in row.figures.get("commissions", [])
    ]
