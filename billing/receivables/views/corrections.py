"""Correct money by hand: credit note, write-off, one-off charge; each says first what it does."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from billing.approvals.models import Approval
from billing.approvals.services import approvals
from billing.approvals.services.approvals import Outcome
from billing.invoices.models import Invoice
from billing.invoices.queries import bills
from billing.ledger.rules.tax import document_total
from billing.ledger.views import answers
from billing.receivables.forms.corrections import ChargeForm, CreditForm, WriteOffForm
from billing.receivables.queries import credits
from billing.receivables.services import corrections, crediting, drafts
from customers.models import Customer
from customers.views import links
from ispbill.accounts import responses
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock, formats
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.models import Company
from ispbill.core.money import ZERO, Taxed


@require_http_methods(["GET", "POST"])
@staff_only("billing.correct")
def credit(request: Request, number: str) -> HttpResponse:
    """Credit lines of an invoice, or all that is left (`?whole=1`)."""
    invoice = _invoice(request, number)
    lines = credits.left_of_lines(invoice)
    form = CreditForm(request.POST or None, lines=lines, initial=_whole(request, lines))
    if request.method == "POST" and form.is_valid():
        at = clock.now()
        with responses.refusals_in(form):
            outcome = corrections.credit(
                invoice=invoice,
                nets=form.nets(),
                taxes=form.taxes(),
                act=Act(request.user, at, reason=form.full_reason()),
            )
            return done(request, outcome, _invoice_address(number))
    is_possible = invoice.status == Invoice.Status.OPEN and any(
        left.net or left.tax for _line, left in lines
    )
    context = {
        "heading": _("Credit note for %(number)s") % {"number": number},
        "form": form,
        "invoice": invoice,
        "is_possible": is_possible,
        "refusal": _("There is nothing left to credit on this invoice."),
        "preview": _preview(invoice, _nets(form), form.taxes() if form.is_bound else {}),
        "preview_url": reverse("staff_billing:credit-preview", args=[number]),
        "back_url": _invoice_address(number),
        "tax_name": Company.current().tax_name,
    }
    return responses.form_page(request, "billing/receivables/staff/credit.html", context)


@require_POST
@staff_only("billing.correct")
def credit_preview(request: Request, number: str) -> HttpResponse:
    """Show what the typed amounts would give back, with tax."""
    invoice = _invoice(request, number)
    form = CreditForm(request.POST, lines=credits.left_of_lines(invoice))
    form.is_valid()
    context = {
        "preview": _preview(invoice, form.nets(), form.taxes()),
        "tax_name": Company.current().tax_name,
    }
    return render(request, "billing/receivables/staff/_correction_preview.html", context)


@require_http_methods(["GET", "POST"])
@staff_only("billing.correct")
def write_off(request: Request, number: str) -> HttpResponse:
    """Give up what will not be paid on an invoice."""
    invoice = _invoice(request, number)
    form = WriteOffForm(request.POST or None, due=invoice.amount_due)
    if request.method == "POST" and form.is_valid():
        at = clock.now()
        with responses.refusals_in(form):
            outcome = corrections.write_off(
                invoice=invoice,
                amount=form.cleaned_data["amount"],
                act=Act(request.user, at, reason=form.full_reason()),
            )
            return done(request, outcome, _invoice_address(number))
    effects = [
        _("The customer owes that much less; the line opens again when nothing is overdue."),
        _("The books show it as a loss, tax included; no payment is touched."),
        _("The customer is not told. There is no way back but a new charge."),
    ]
    limit = Company.current().write_off_limit_amount
    if limit is not None:
        effects.append(_above(limit))
    context = {
        "heading": _("Write off %(number)s?") % {"number": number},
        "form": form,
        "form_action": request.path,
        "confirm_label": _("Write off"),
        "danger": True,
        "is_possible": invoice.status == Invoice.Status.OPEN and invoice.amount_due > 0,
        "refusal": _("Nothing is due on this invoice."),
        "effects": effects,
        "back_url": _invoice_address(number),
    }
    return responses.form_page(request, "billing/pricing/staff/reason.html", context)


@require_http_methods(["GET", "POST"])
@staff_only("billing.charge")
def charge(request: Request, number: str) -> HttpResponse:
    """Invoice something once."""
    customer = answers.customer(request, number)
    keeps = "keep" in request.POST
    form = _charge_form(customer, request.POST or None, keeps=keeps)
    if request.method == "POST" and form.is_valid():
        at = clock.now()
        if keeps:
            drafts.save(
                customer=customer,
                lines=form.charges(),
                due_date=form.cleaned_data["due_date"],
                act=Act(request.user, at),
            )
            text = _("The draft is saved.")
            return answers.done(request, text, back=reverse("staff_billing:drafts"))
        with responses.refusals_in(form):
            outcome = corrections.charge(
                customer=customer,
                lines=form.charges(),
                due_date=form.cleaned_data["due_date"],
                act=Act(request.user, at, reason=form.full_reason()),
            )
            return done(request, outcome, links.address("staff_customers:customer", number))
    context = {
        "heading": _("Charge %(name)s") % {"name": customer.name},
        "form": form,
        "preview": charge_preview_of(form),
        "preview_url": reverse("staff_billing:charge-preview", args=[number]),
        "back_url": links.address("staff_customers:customer", number),
        "tax_name": Company.current().tax_name,
    }
    return responses.form_page(request, "billing/receivables/staff/charge.html", context)


@require_POST
@staff_only("billing.charge")
def charge_preview(request: Request, number: str) -> HttpResponse:
    """Show what the typed lines would cost, with tax."""
    customer = answers.customer(request, number)
    form = _charge_form(customer, request.POST, keeps=True)
    form.is_valid()
    context = {"preview": charge_preview_of(form), "tax_name": Company.current().tax_name}
    return render(request, "billing/receivables/staff/_correction_preview.html", context)


def _charge_form(customer: Customer, data: Any, *, keeps: bool) -> ChargeForm:
    company, on = Company.current(), clock.today()
    return ChargeForm(
        data,
        on=on,
        is_draft=keeps,
        tax_rate=ZERO if customer.is_tax_exempt else company.tax_rate,
        initial={"due_date": on + timedelta(days=company.invoice_lead_days)},
    )


def charge_preview_of(form: ChargeForm) -> dict[str, Any] | None:
    """Return what the typed lines would cost; None while none is complete."""
    lines = form.charges() if form.is_bound else []
    if not lines:
        return None
    total = document_total(line.taxed for line in lines)
    effects = [_("An invoice is issued at once; credit the customer has pays it first.")]
    if approvals.needs_second(Approval.Kind.CHARGE, total.gross):
        effects.append(_second_person())
    return {"total": total, "effects": effects}


def _preview(
    invoice: Invoice, nets: dict[int, Decimal], taxes: dict[int, Decimal]
) -> dict[str, Any] | None:
    if not nets or invoice.status != Invoice.Status.OPEN:
        return None
    try:
        parts = crediting.reckon(invoice, corrections.given_of(invoice, nets, taxes))
    except DomainError:
        return None
    total = document_total(part.amount for part in parts)
    return {"total": total, "effects": _credit_effects(invoice, total)}


def _credit_effects(invoice: Invoice, total: Taxed) -> list[str]:
    freed = max(total.gross - invoice.amount_due, ZERO)
    due = max(invoice.amount_due - total.gross, ZERO)
    effects = [
        _("%(number)s then asks for %(amount)s.")
        % {"number": invoice.number, "amount": formats.money(due)}
    ]
    if freed:
        effects.append(
            _("%(amount)s of what was paid pays other open bills, or stays as credit.")
            % {"amount": formats.money(freed)}
        )
    effects.append(_("The days stay billed; they are not charged again."))
    effects.append(_("The customer gets a message and finds the credit note in the portal."))
    if approvals.needs_second(Approval.Kind.CREDIT, total.gross):
        effects.append(_second_person())
    return effects


def _whole(request: Request, lines: Any) -> dict[str, Decimal]:
    if not request.GET.get("whole"):
        return {}
    return {f"net_{line.pk}": abs(left.net) for line, left in lines if left.net}


def _nets(form: CreditForm) -> dict[int, Decimal]:
    if form.is_bound:
        return form.nets()
    found = {row.line.pk: form.initial.get(row.field.name) for row in form.rows()}
    return {pk: net for pk, net in found.items() if net}


def done(request: Request, outcome: Outcome, back: str) -> HttpResponse:
    """Answer a correction: its document, or that it waits for a second person."""
    if outcome.approval is not None:
        text = _("%(what)s waits for a second person.") % {"what": outcome.approval}
        return answers.done(request, text, back=back, level="info")
    text = _("%(document)s is issued.") % {"document": outcome.document}
    return answers.done(request, text, back=back)


def _second_person() -> str:
    return _("This is above the limit: somebody else has to approve it first.")


def _above(limit: Decimal) -> str:
    return _("Above %(limit)s somebody else has to approve it first.") % {
        "limit": formats.money(limit)
    }


def _invoice(request: Request, number: str) -> Invoice:
    reach = bills.visible_to(request.user).select_related("customer__account_state")
    return get_object_or_404(reach, number=number)


def _invoice_address(number: str) -> str:
    return reverse("staff_billing:invoice", args=[number])
