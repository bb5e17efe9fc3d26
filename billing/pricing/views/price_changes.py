"""Price changes: plan one, look at what it does, confirm it, call it off."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from billing.pricing.forms.promotions import CancelChangeForm, PriceChangeForm
from billing.pricing.models import PriceChange
from billing.pricing.queries import price_changes as queries
from billing.pricing.services import price_changes
from ispbill.accounts import responses
from ispbill.accounts.access import branch_scope, may, staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.models import Company

_PER_PAGE = 50


@require_GET
@staff_only("packages.view")
def index(request: Request) -> HttpResponse:
    """List price changes, the latest to take effect first."""
    on = clock.today()
    context = {
        "rows": [{"one": one, "state": _state(one, on)} for one in queries.listed()[:200]],
        "may_edit": may(request.user, "packages.edit"),
    }
    return render(request, "billing/pricing/staff/price_changes.html", context)


@require_http_methods(["GET", "POST"])
@staff_only("packages.edit")
def add(request: Request) -> HttpResponse:
    """Plan a change; what it does is shown next, before anything happens."""
    at = clock.now()
    on = clock.local_date(at)
    typed = "gross" if Company.current().prices_include_tax else "net"
    start = {"includes_tax": typed, "package": request.GET.get("package")}
    form = PriceChangeForm(request.POST or None, on=on, initial=start)
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            change = price_changes.draft(
                wanted=form.wanted(), act=Act(request.user, at, reason=form.full_reason())
            )
            return HttpResponseRedirect(reverse("staff_billing:price-change", args=[change.pk]))
    return responses.form_page(
        request, "billing/pricing/staff/price_change_form.html", {"form": form}
    )


@require_GET
@staff_only("packages.view")
def detail(request: Request, pk: int) -> HttpResponse:
    """Show what a change does: how many services, the net a month, the largest jumps, each bill."""
    change, on = _change(pk), clock.today()
    context: dict[str, Any] = {
        "change": change,
        "state": _state(change, on),
        "is_draft": change.status == PriceChange.Status.DRAFT,
        "is_confirmed": change.status == PriceChange.Status.CONFIRMED,
        "may_cancel": _may_cancel(change, on),
        "may_edit": may(request.user, "packages.edit"),
        "notice_days": Company.current().price_notice_days,
    }
    if change.scope == PriceChange.Scope.ALL and change.status != PriceChange.Status.CANCELLED:
        given = request.GET.get("after", "")
        after = int(given) if given.isascii() and given.isdigit() and len(given) < 19 else 0
        seen = branch_scope(request.user)
        page = queries.touched(change, after=after, size=_PER_PAGE + 1, seen=seen)
        context |= {
            "preview": queries.preview(change, seen=seen),
            "rows": page[:_PER_PAGE],
            "older": page[_PER_PAGE - 1].subscription_id if len(page) > _PER_PAGE else None,
            "is_first_page": not after,
        }
    return render(request, "billing/pricing/staff/price_change.html", context)


@require_POST
@staff_only("packages.edit")
def confirm(request: Request, pk: int) -> HttpResponse:
    """Let a planned change take effect on its day."""
    change, at = _change(pk), clock.now()
    with responses.refusals_told(request):
        price_changes.confirm(change=change, act=Act(request.user, at))
        messages.success(request, _("The price change is confirmed."))
    return HttpResponseRedirect(reverse("staff_billing:price-change", args=[pk]))


@require_http_methods(["GET", "POST"])
@staff_only("packages.edit")
def cancel(request: Request, pk: int) -> HttpResponse:
    """Call a change off before it takes effect."""
    change, at = _change(pk), clock.now()
    on = clock.local_date(at)
    back = reverse("staff_billing:price-change", args=[pk])
    form = CancelChangeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            price_changes.cancel(
                change=change, act=Act(request.user, at, reason=form.full_reason())
            )
            return responses.go(request, back, _("The price change is called off."))
    context = {
        "heading": _("Call off the price change of %(package)s?")
        % {"package": change.package.name},
        "form": form,
        "form_action": request.path,
        "confirm_label": _("Call it off"),
        "danger": True,
        "is_possible": _may_cancel(change, on),
        "refusal": _("This change has taken effect or is called off already."),
        "back_url": back,
        "effects": [
            _("Services keep the price they have; new ones are sold at the price before."),
            _("Notices that wait are withdrawn; customers who have been told are told again."),
        ],
    }
    return responses.form_page(request, "billing/pricing/staff/reason.html", context)


def _change(pk: int) -> PriceChange:
    return get_object_or_404(
        PriceChange.objects.select_related("package", "branch", "reseller", "created_by"), pk=pk
    )


def _may_cancel(change: PriceChange, on: date) -> bool:
    if change.status == PriceChange.Status.DRAFT:
        return True
    return change.status == PriceChange.Status.CONFIRMED and change.effective_from > on


def _state(change: PriceChange, on: date) -> dict[str, str]:
    if change.status == PriceChange.Status.DRAFT:
        return {"word": _("Draft"), "tone": "neutral", "symbol": "pencil"}
    if change.status == PriceChange.Status.CANCELLED:
        return {"word": _("Called off"), "tone": "neutral", "symbol": "ban"}
    if change.effective_from > on:
        return {"word": _("Planned"), "tone": "violet", "symbol": "calendar-event"}
    return {"word": _("In effect"), "tone": "success", "symbol": "check"}
