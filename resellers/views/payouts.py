"""/admin/payouts/: what each reseller has to come, and paying it."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from billing.receivables.views import documents
from billing.receivables.views.documents import Asked
from ispbill.accounts import responses
from ispbill.accounts.access import demand_proof, may, staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock, pdf
from ispbill.core.acts import Act
from resellers.forms.payouts import PayoutForm
from resellers.models import Commission, Payout
from resellers.queries import commissions as queries
from resellers.queries import payout_sums
from resellers.services import papers, payouts

SHOWN = 50


@require_GET
@staff_only("resellers.view")
def index(request: Request) -> HttpResponse:
    """Every reseller with what is to come, and the latest payouts."""
    context = {
        "resellers": queries.sums_of(queries.visible_resellers(request.user)),
        "payouts": queries.visible_payouts(request.user).order_by("-pk")[:SHOWN],
        "may_pay": may(request.user, "payouts.pay"),
    }
    return render(request, "resellers/staff/payouts.html", context)


@require_http_methods(["GET", "POST"])
@staff_only("payouts.pay")
def record(request: Request, pk: int) -> HttpResponse:
    """Pay one reseller all approved commissions, less what is claimed back."""
    reseller = get_object_or_404(queries.visible_resellers(request.user), pk=pk)
    sums = payout_sums.reckon(reseller)
    form = PayoutForm(request.POST or None, initial={"expected": sums.amount})
    if form.is_valid():
        if payouts.needs_second(sums.amount):
            demand_proof(request)
        now = clock.now()
        with responses.refusals_in(form):
            payout = payouts.record(
                reseller=reseller,
                method=form.cleaned_data["method"],
                reference=form.cleaned_data["reference"],
                note=form.cleaned_data["note"],
                expected=form.cleaned_data["expected"],
                act=Act(request.user, now),
            )
            said = (
                _("Recorded.") if not payout.is_waiting else _("Somebody else has to approve it.")
            )
            messages.success(request, f"{payout.number}: {said}")
            return redirect("staff_resellers:payout", payout.number)
    context = {"reseller": reseller, "sums": sums, "form": form}
    return responses.form_page(request, "resellers/staff/record_payout.html", context)


@require_GET
@staff_only("resellers.view")
def show(request: Request, number: str) -> HttpResponse:
    """One payout: what it pays, what it deducts, and who decided."""
    payout = get_object_or_404(queries.visible_payouts(request.user), number=number)
    context = {
        "payout": payout,
        "commissions": Commission.objects.filter(payout=payout)
        .select_related("customer", "payment", "subscription")
        .order_by("pk"),
        "claims": payout.claims.select_related(
            "commission__payment", "commission__subscription"
        ).order_by("pk"),
        "may_approve": may(request.user, "payouts.pay") and payout.is_waiting,
        "is_own": payout.prepared_by_id == request.user.pk,
        "pdf_available": pdf.is_available(),
    }
    return render(request, "resellers/staff/payout.html", context)


@require_POST
@staff_only("payouts.pay")
def decide(request: Request, number: str, what: str) -> HttpResponse:
    """Approve or withdraw a waiting payout."""
    payout = get_object_or_404(queries.visible_payouts(request.user), number=number)
    if what not in {"approve", "withdraw"}:
        raise Http404
    if what == "approve" and payout.needs_second:
        demand_proof(request)
    now = clock.now()
    with responses.refusals_told(request):
        if what == "approve":
            payouts.approve(payout=payout, act=Act(request.user, now))
        else:
            payouts.withdraw(payout=payout, act=Act(request.user, now))
        messages.success(request, _("Done."))
    return redirect("staff_resellers:payout", number)


@require_http_methods(["GET", "POST"])
@staff_only("resellers.view")
def paper(request: Request, number: str) -> HttpResponse:
    """The statement of a paid payout as PDF."""
    payout = get_object_or_404(
        queries.visible_payouts(request.user), number=number, status=Payout.Status.PAID
    )
    asked = Asked(papers.PAYOUT, payout.pk, "en", None, number, "staff/shell.html")
    return documents.answer(request, asked)
