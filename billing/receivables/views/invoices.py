"""Invoices in the console: the list, the file of it, one invoice, and voiding it."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from billing.invoices.models import Invoice
from billing.invoices.queries import bills
from billing.ledger.forms.reasons import VoidForm
from billing.ledger.views import answers
from billing.pricing.views import words
from billing.receivables.forms.invoices import InvoiceFilter
from billing.receivables.queries import invoice_page, register
from billing.receivables.services import voiding
from customers.views import links
from ispbill.accounts import responses
from ispbill.accounts.access import MOST_UNPROVEN, demand_proof_for_file, may, staff_only
from ispbill.accounts.http import Request
from ispbill.core import chips, clock, formats, paging, sheets
from ispbill.core.acts import Act
from ispbill.core.models import Company
from ispbill.core.paging import Pager

_POSITION = {*paging.POSITION, "size", "sort"}


@require_GET
@staff_only("billing.view")
def index(request: Request) -> HttpResponse:
    """Show a page of invoices; htmx asks for the list region alone."""
    on = clock.today()
    form = InvoiceFilter(request.GET)
    found = _found(request, form)
    by_due_date = request.GET.get("sort") == "due"
    size = answers.size_of(request.GET.get("size", ""), register.SIZES)
    listed = register.page(
        found,
        on=on,
        by_due_date=by_due_date,
        size=size,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    summed = register.totals(found.filter(register.OWED) if by_due_date else found)
    context = {
        "rows": listed.rows,
        "totals": summed,
        "by_due_date": by_due_date,
        "pager": Pager(
            newer=listed.before,
            older=listed.after,
            size=size,
            sizes=register.SIZES,
            total=summed.count if summed.is_exact else None,
            first=paging.first_row(request.GET),
            shown=len(listed.rows),
        ),
        "is_swap": responses.is_fragment(request, "list"),
        "chips": chips.of(form, request.GET),
        "is_filtered": any(value for key, value in request.GET.items() if key not in _POSITION),
        "newest_url": paging.asked_anew(request.GET, "sort"),
        "due_url": f"{paging.asked_anew(request.GET, 'sort')}&sort=due",
        "pay_url": _pay_url(request),
        "may_void": may(request.user, "billing.correct"),
    }
    if context["is_swap"]:
        return responses.varied(
            render(request, "billing/receivables/staff/_invoice_list.html", context)
        )
    context |= {
        "form": form,
        "tabs": _views(request),
        "exports": _exports(request),
        "run_url": reverse("staff_billing:new-run") if may(request.user, "billing.run") else "",
    }
    return responses.varied(render(request, "billing/receivables/staff/invoices.html", context))


@require_GET
@staff_only("billing.view")
def export(request: Request) -> HttpResponseBase:
    """Return the filtered list as CSV or XLSX."""
    found = _found(request, InvoiceFilter(request.GET))
    demand_proof_for_file(request, _people(found))
    head = [
        _("Number"), _("Status"), _("Customer number"), _("Customer"), _("Issued"), _("Due"),
        _("Total"), _("Paid and credited"), _("Amount due"), _("Currency"),
    ]  # fmt: skip
    currency = Company.current().currency
    rows = (
        (
            row.number,
            row.state,
            row.customer_number,
            row.customer_name,
            row.issued_on,
            row.due_date,
            row.total,
            row.paid,
            row.due,
            currency,
        )
        for row in register.every(found, on=clock.today())
    )
    response: HttpResponseBase
    if request.GET.get("as") == "xlsx":
        response = HttpResponse(sheets.xlsx("invoices", head, rows), content_type=sheets.XLSX)
        response["Content-Disposition"] = 'attachment; filename="invoices.xlsx"'
    else:
        response = StreamingHttpResponse(sheets.csv_lines(head, rows), content_type=sheets.CSV)
        response["Content-Disposition"] = 'attachment; filename="invoices.csv"'
    return response


@require_GET
@staff_only("billing.view")
def detail(request: Request, number: str) -> HttpResponse:
    """Show one invoice with the arithmetic of each line."""
    invoice = _invoice(request, number)
    shown = invoice_page.show(invoice, on=clock.today())
    context = {
        "invoice": invoice,
        "shown": shown,
        "lines": [
            {
                "line": line,
                "days": words.period(line.span.lower, line.span.upper) if line.span else "",
                "why": words.why_amount(line.explanation, invoice_page.taxed(line), line.tax_rate),
            }
            for line in shown.lines
        ],
        "tax_name": Company.current().tax_name,
        "taxes": [
            {"rate": words.percent(rate), "net": net, "tax": tax} for rate, net, tax in shown.taxes
        ],
        "days_overdue": words.count_of_days(words.days_overdue(invoice.due_date, clock.today())),
        "pay_url": _pay_url(request),
        "pdf_url": links.address("staff_billing:invoice-pdf", number),
        "customer_url": links.address("staff_customers:customer", invoice.customer.number),
        "payments_url": links.address("staff_payments:invoice-panel", number)
        if may(request.user, "payments.view")
        else "",
        "messages_url": links.address("staff_notifications:invoice-panel", number)
        if may(request.user, "messages.view")
        else "",
        "may_void": may(request.user, "billing.correct"),
        "may_see_books": may(request.user, "ledger.view"),
    }
    return responses.varied(render(request, "billing/receivables/staff/invoice.html", context))


@require_http_methods(["GET", "POST"])
@staff_only("billing.correct")
def void(request: Request, number: str) -> HttpResponse:
    """Ask why, and void an invoice no money was applied to."""
    invoice = _invoice(request, number)
    form = VoidForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        at = clock.now()
        with responses.refusals_in(form):
            voiding.void(invoice=invoice, act=Act(request.user, at, reason=form.full_reason()))
            text = _("Invoice %(number)s is void.") % {"number": number}
            return answers.done(request, text, back=reverse("staff_billing:invoice", args=[number]))
    is_possible = invoice.status == Invoice.Status.OPEN and not (
        invoice.paid_amount or invoice.credited_amount
    )
    context = {
        "heading": _("Void invoice %(number)s?") % {"number": number},
        "form": form,
        "form_action": request.path,
        "confirm_label": _("Void invoice"),
        "danger": True,
        "is_possible": is_possible,
        "refusal": _void_refusal(invoice),
        "instead_url": reverse("staff_billing:invoice-credit", args=[number])
        if invoice.status == Invoice.Status.OPEN
        else "",
        "instead_label": _("Issue credit note"),
        "effects": _void_effects(invoice) if is_possible else [],
        "back_url": reverse("staff_billing:invoice", args=[number]),
    }
    return responses.form_page(request, "billing/pricing/staff/reason.html", context)


def _found(request: Request, form: InvoiceFilter) -> Any:
    invoices = bills.visible_to(request.user)
    chosen = answers.chosen_branch(request)
    if chosen is not None:
        invoices = invoices.filter(branch_id=chosen)
    return register.filtered(invoices, form.filters(), on=clock.today())


def _people(found: Any) -> int:
    customers = found.order_by().values("customer_id").distinct()
    return int(customers[: MOST_UNPROVEN + 1].count())


def _invoice(request: Request, number: str) -> Invoice:
    reach = bills.visible_to(request.user).select_related(
        "customer__account_state", "branch", "run"
    )
    return get_object_or_404(reach, number=number)


def _pay_url(request: Request) -> str:
    return links.address("staff_payments:pay") if may(request.user, "payments.take") else ""


def _views(request: Request) -> list[dict[str, Any]]:
    today = clock.today()
    week = {"state": "OPEN", "due_from": today, "due_to": today + timedelta(days=7), "sort": "due"}
    here = request.GET.copy()
    for key in ("after", "before", "size"):
        here.pop(key, None)
    views = []
    for label, query in (
        (_("All"), {}),
        (_("Due this week"), week),
        (_("Overdue"), {"state": "OVERDUE", "sort": "due"}),
        (_("Partly paid"), {"state": "PARTIAL", "sort": "due"}),
    ):
        text = urlencode(query)
        views.append(
            {"label": label, "url": f"?{text}", "current": dict(here.items()) == _texts(query)}
        )
    return views


def _exports(request: Request) -> list[dict[str, str]]:
    address = f"{reverse('staff_billing:invoices-export')}?{request.GET.urlencode()}"
    return sheets.offered(address, f"{address}&as=xlsx")


def _texts(query: dict[str, Any]) -> dict[str, str]:
    return {key: str(value) for key, value in query.items()}


def _void_refusal(invoice: Invoice) -> str:
    if invoice.status == Invoice.Status.VOID:
        return _("This invoice is void already.")
    if invoice.paid_amount or invoice.credited_amount:
        return _(
            "Money has been applied to this invoice, so it cannot be voided. Issue a credit note,"
            " or reverse the payment first."
        )
    return ""


def _void_effects(invoice: Invoice) -> list[str]:
    effects = [
        _("The customer owes %(amount)s less.") % {"amount": formats.money(invoice.amount_due)},
        _("The number stays taken; the invoice is kept and marked void."),
        _("The books get a reversing entry; nothing is removed."),
    ]
    for days in invoice_page.days_freed(invoice):
        said = {"service": days.service, "days": words.period(days.start, days.end)}
        if days.is_free:
            effects.append(
                _("%(service)s: %(days)s become billable again; the next run bills them.") % said
            )
        else:
            effects.append(
                _("%(service)s: %(days)s are not billed again, later days are billed already.")
                % said
            )
    return effects
