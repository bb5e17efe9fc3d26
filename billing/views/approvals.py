"""The queue of corrections that wait for a second person."""

from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from billing.forms.corrections import DecisionForm, charge_kinds
from billing.models import Approval, InvoiceLine
from billing.queries import waiting
from billing.services import approvals
from billing.views import answers
from ispbill.accounts.access import demand_proof, may, staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock, formats
from ispbill.core.errors import DomainError

_MONEY_OUT = {Approval.Kind.REFUND, Approval.Kind.DEPOSIT_RETURN}


@require_GET
@staff_only("billing.view")
def index(request: Request) -> HttpResponse:
    """Show what waits, and what was decided last."""
    context = {
        "waiting": [_row(request, one) for one in waiting.pending(request.user)],
        "decided": [_row(request, one) for one in waiting.decided(request.user)],
    }
    name = "_approvals.html" if answers.is_fragment(request, "approvals") else "approvals.html"
    return answers.varied(render(request, f"billing/staff/{name}", context))


@require_http_methods(["GET", "POST"])
@staff_only("approvals.decide")
def decide(request: Request, pk: int) -> HttpResponse:
    """Show one request with all it would do; approve or reject it."""
    approval = get_object_or_404(waiting.visible_to(request.user), pk=pk)
    form = DecisionForm(request.POST or None)
    back = reverse("staff_billing:approvals")
    if request.method == "POST" and form.is_valid():
        if approval.kind in _MONEY_OUT:  # it waits because it is above the limit
            demand_proof(request)
        try:
            return answers.done(request, _decided(request, approval, form), back=back)
        except DomainError as error:
            form.add_error(None, str(error))
            approval.refresh_from_db()
    context = {
        "approval": approval,
        "form": form,
        "facts": facts_of(approval),
        "is_current": approval.is_pending and approvals.is_current(approval),
        "is_own": approval.requested_by_id == request.user.pk,
        "back_url": back,
    }
    status = 422 if form.errors else 200
    return answers.varied(render(request, "billing/staff/approval.html", context, status=status))


@require_POST
@staff_only("billing.view")
def withdraw(request: Request, pk: int) -> HttpResponse:
    """Take back an own request."""
    approval = get_object_or_404(waiting.visible_to(request.user), pk=pk)
    back = reverse("staff_billing:approvals")
    try:
        approvals.withdraw(approval=approval, at=clock.now(), actor=request.user)
    except DomainError as error:
        return answers.done(request, str(error), back=back, level="warning")
    return answers.done(request, _("The request is withdrawn."), back=back)


def facts_of(approval: Approval) -> list[tuple[str, str]]:
    """Return what a request would do, as label and value."""
    payload: dict[str, Any] = approval.payload
    if approval.kind == Approval.Kind.CREDIT:
        nets, taxes = payload["nets"], payload.get("taxes", {})
        lines = InvoiceLine.objects.filter(pk__in=list(nets)).order_by("pk")
        return [
            (line.description, _asked(nets[str(line.pk)], taxes.get(str(line.pk))))
            for line in lines
        ]
    if approval.kind == Approval.Kind.CHARGE:
        kinds = dict(charge_kinds())
        return [
            (f"{kinds[what]}: {text}", _("%(amount)s before tax") % {"amount": _money(amount)})
            for what, text, amount, _rate in payload["lines"]
        ]
    facts = [(_("Amount"), _money(payload["amount"]))]
    if payload.get("method"):
        facts.append((_("Paid out by"), f"{payload['method']} {payload['reference']}".strip()))
    return facts


def _asked(net: str, tax: str | None) -> str:
    if tax is None:
        return _("%(amount)s before tax") % {"amount": _money(net)}
    gross = f"{Decimal(net) + Decimal(tax):f}"
    return _("%(gross)s with tax, %(net)s before") % {"gross": _money(gross), "net": _money(net)}


def _decided(request: Request, approval: Approval, form: DecisionForm) -> str:
    at, note = clock.now(), form.cleaned_data["note"]
    if request.POST.get("decision") == "approve":
        document = approvals.approve(
            approval=approval, on=clock.local_date(at), at=at, actor=request.user, note=note
        )
        return _("Approved: %(document)s.") % {"document": document}
    approvals.reject(approval=approval, note=note, at=at, actor=request.user)
    return _("The request is rejected.")


def _row(request: Request, approval: Approval) -> dict[str, Any]:
    is_own = approval.requested_by_id == request.user.pk
    return {
        "one": approval,
        "is_own": is_own,
        "may_decide": not is_own and may(request.user, "approvals.decide"),
        "customer_url": answers.address("staff_customers:customer", approval.customer.number),
    }


def _money(amount: str) -> str:
    return formats.money(Decimal(amount))
