"""/admin/ one package for many services: filter, look, confirm, follow."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from billing.changes.forms.changes import MassChangeForm, MassOrderForm
from billing.changes.queries import changes, mass_change
from billing.changes.queries.mass_change import Choice, Plan
from billing.changes.services import mass_changes
from billing.pricing.models import PackageChange, PackageChangeBatch
from ispbill.accounts import responses
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock

_SHOWN = 50


@require_http_methods(["GET", "POST"])
@staff_only("changes.decide")
def new(request: Request) -> HttpResponse:
    """Choose whom it concerns, see what it would do, and order exactly that."""
    at = clock.now()
    on = clock.local_date(at)
    if request.method == "POST":
        return _order(request)
    form = MassChangeForm(request.GET or None)
    plan = None
    if form.is_bound and form.is_valid():
        plan = mass_change.plan(_choice(form), user=request.user, on=on)
    return _page(request, form, plan)


@require_GET
@staff_only("changes.decide")
def batch(request: Request, pk: int) -> HttpResponse:
    """The progress of an order and what came of each service."""
    row = get_object_or_404(
        PackageChangeBatch.objects.select_related("package_from", "package_to", "ordered_by"), pk=pk
    )
    reach = changes.visible_to(request.user).filter(batch=row)
    counts = {
        "done": reach.filter(status=PackageChange.Status.APPLIED).count(),
        "approved": reach.filter(status=PackageChange.Status.APPROVED).count(),
        "left": reach.filter(status=PackageChange.Status.CANCELLED).count(),
        "waiting": reach.filter(status=PackageChange.Status.QUOTED).count(),
    }
    context = {
        "batch": row,
        "counts": counts,
        "dealt_with": row.total - counts["waiting"],
        "is_running": row.finished_at is None,
        "rows": reach.select_related("customer", "subscription", "invoice").order_by(
            "status", "pk"
        ),
    }
    return responses.polled(
        request,
        context,
        part="billing/changes/staff/_batch.html",
        page="billing/changes/staff/batch.html",
        is_over=row.finished_at is not None,
        target="batch",
    )


def _order(request: Request) -> HttpResponse:
    at = clock.now()
    on = clock.local_date(at)
    form = MassOrderForm(request.POST)
    plan = None
    if form.is_valid():
        choice = _choice(form)
        plan = mass_change.plan(choice, user=request.user, on=on)
        if str(form.cleaned_data["typed"]).strip().upper() != _word(plan):
            form.add_error("typed", _("Type %(word)s.") % {"word": _word(plan)})
        else:
            with responses.refusals_in(form):
                row = mass_changes.order(
                    choice=choice,
                    key=form.cleaned_data["key"],
                    fingerprint=form.cleaned_data["fingerprint"],
                    reason=form.cleaned_data["reason"],
                    user=request.user,
                    on=on,
                    at=at,
                )
                url = reverse("staff_billing:package-change-batch", args=[row.pk])
                return HttpResponseRedirect(url)
    return _page(request, form, plan, status=422)


def _page(
    request: Request, form: MassChangeForm, plan: Plan | None, *, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "plan": plan}
    if plan is not None:
        order = form if isinstance(form, MassOrderForm) else MassOrderForm()
        context |= {
            "order": order,
            "key": get_random_string(32),
            "word": _word(plan),
            "shown": plan.planned[:_SHOWN],
            "more": max(len(plan.planned) - _SHOWN, 0),
            "skipped": [
                (service, _("A change is waiting already.") if why == "WAITING" else why)
                for service, why in plan.skipped
            ],
            "most": mass_change.MOST,
        }
    return render(request, "billing/changes/staff/mass_change.html", context, status=status)


def _choice(form: MassChangeForm) -> Choice:
    given = form.cleaned_data
    return Choice(
        package_from=given["package_from"],
        package_to=given["package_to"],
        effective=given["effective"],
        branch=given["branch"],
        area=given["area"],
    )


def _word(plan: Plan) -> str:
    return f"CHANGE {len(plan.planned)}"
