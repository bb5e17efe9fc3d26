"""/admin/referrals/: who brought whom, what it earned, and what staff decide about it."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from customers.models import Referral
from customers.services import referrals
from ispbill.accounts import responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.audit.forms import ReasonForm
from ispbill.core import clock, digits, paging
from ispbill.core.acts import Act
from ispbill.core.models import Company
from payments.referrals.queries import referrals as queries
from payments.referrals.services import referral_rewards

PER_PAGE = 50


@require_GET
@staff_only("customers.view")
def index(request: Request) -> HttpResponse:
    """A-17: referrals, newest first; `?show=suspicious` those that wait for somebody."""
    visible = found = queries.visible_to(request.user)
    show = request.GET.get("show", "")
    if show == "suspicious":
        found = queries.suspicious(found)
    elif show in Referral.Status.values:
        found = found.filter(status=show)
    before = digits.row_id(request.GET.get("before", ""))
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(queries.with_rewards(found).order_by("-pk")[: PER_PAGE + 1])
    context = {
        "rows": rows[:PER_PAGE],
        "following": rows[PER_PAGE - 1].pk if len(rows) > PER_PAGE else None,
        "show": show,
        "tabs": paging.tabs(
            request.GET,
            "show",
            [
                ("", _("All")),
                ("suspicious", _("Suspicious, to be decided")),
                *Referral.Status.choices,
            ],
        ),
        "company": Company.current(),
        "cost": queries.cost(visible),
        "waiting": queries.suspicious(visible).count(),
        "may_decide": may(request.user, "referrals.decide"),
        "may_set": may(request.user, "settings.view"),
    }
    return render(request, "payments/referrals/staff/referrals.html", context)


@require_http_methods(["GET", "POST"])
@staff_only("referrals.decide")
def decide(request: Request, pk: int, what: str) -> HttpResponse:
    """Clear a suspicious referral (`approve`), or refuse one and take its reward back."""
    referral = get_object_or_404(queries.visible_to(request.user), pk=pk)
    if what not in {"approve", "refuse"}:
        raise Http404
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        deed = referrals.clear if what == "approve" else referral_rewards.refuse
        now = clock.now()
        with responses.refusals_in(form):
            deed(referral=referral, act=Act(request.user, now, reason=form.cleaned_data["reason"]))
            referral_rewards.settle(referral_id=referral.pk, at=now)
            messages.success(request, _("Done."))
            return redirect("staff_payments:referrals")
    is_approval = what == "approve"
    context = {
        "referral": referral,
        "form": form,
        "heading": _("Approve the referral") if is_approval else _("Refuse the referral"),
        "confirm": _("Approve") if is_approval else _("Refuse"),
    }
    return responses.form_page(request, "payments/referrals/staff/referral_decision.html", context)
