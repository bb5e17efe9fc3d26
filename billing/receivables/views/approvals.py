"""The queue of corrections that wait for a second person."""

from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from billing.approvals.models import Approval
from billing.approvals.services import approvals
from billing.invoices.models import InvoiceLine
from billing.ledger.views import answers
from billing.receivables.forms.corrections import DecisionForm, charge_kinds
from billing.receivables.queries import waiting
from customers.views import links
from ispbill.accounts import responses
from ispbill.accounts.access import demand_proof, may, staff_only
from ispbill.accounts.http import Request
from ispbill.core import formats
from ispbill.core.acts import Act
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
    name = "_approvals.html" if responses.is_fragment(request, "approvals") else "approvals.html"
    return responses.varied(render(request, f"billing/receivables/staff/{name}", context))


@require_http_methods(["GET", "POST"])
@staff_only("approvals.decide")
def decide(request: Request, pk: int) -> HttpResponse:
    """Show one request with all it would do; approve or reject it."""
    approval = get_object_or_404(waiting.visible_to(request.user), pk=pk)
    form = DecisionForm(request.POST or None)
    back = reverse("staff_billing:approvals")
    if request.method == "POST" and form.is_valid():
        is_approved = request.POST.get("decision") == "approve"
        note = form.cleaned_data["note"]
        try:
            said = decided(request, approval, is_approved=is_approved, note=note)
            return answers.done(request, said, back=back)
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
    return responses.form_page(request, "billing/receivables/staff/approval.html", context)


@require_POST
@staff_only("billing.view")
def withdraw(request: Request, pk: int) -> HttpResponse:
    """Take back an own request."""
    approval = get_object_or_404(waiting.visible_to(request.user), pk=pk)
    back = reverse("staff_billing:approvals")
    try:
        approvals.withdraw(approval=approval, act=Act.now(request.user))
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
    facts = [(_("Amount"), formats.money(approval.amount))]
    if "days" in payload:
        facts.append((_("Days"), str(payload["days"])))
    if "percent" in payload:
        facts.append((_("Percent"), f"{payload['percent']} %"))
        facts.append((_("For so many billing periods"), str(payload["cycles"])))
    if payload.get("method"):
        facts.append((_("Paid out by"), f"{payload['method']} {payload['reference']}".strip()))
    return facts


def _asked(net: str, tax: str | None) -> str:
    if tax is None:
        return _("%(amount)s before tax") % {"amount": _money(net)}
    gross = f"{Decimal(net) + Decimal(tax):f}"
    return _("%(gross)s with tax, %(net)s before") % {"gross": _money(gross), "net": _money(net)}


def decided(request: Request, approval: Approval, *, is_approved: bool, note: str) -> str:
    """Approve or reject a request, and say what came of it. Raises as `approvals` does.

    For money that leaves, only who has just proven who they are: it is above the limit.
    """
    if approval.kind in _MONEY_OUT:
        demand_proof(request)
    act = Act.now(request.user)
    if is_approved:
        document = approvals.approve(approval=approval, act=act, note=note)
        return _("Approved: %(document)s.") % {"document": document}
    approvals.reject(approval=approval, note=note, act=act)
    return _("The request is rejected.")


def _row(request: Request, approval: Approval) -> dict[str, Any]:
    is_own = approval.requested_by_id == request.user.pk
    return {
        "one": approval,
        "is_own": is_own,
        "may_decide": not is_own and may(request.user, "approvals.decide"),
        "customer_url": links.address("staff_customers:customer", approval.customer.number),
    }


def _money(amount: str) -> str:
    return formats.money(Decimal(amount))
