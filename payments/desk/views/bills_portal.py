"""/portal/bills/ and the receipts: what was billed to the own account, and what was paid."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods

from billing.allocation.models import Payment
from billing.dunning.queries import own_account as account
from billing.invoices.queries import own_bills
from billing.receivables.queries import own_payments, receipts
from billing.receivables.views import documents
from billing.receivables.views.documents import Asked
from customers.views import own_account
from ispbill.accounts import responses
from ispbill.accounts.access import customer_only
from ispbill.accounts.http import Request
from ispbill.core import clock, digits, formats, pdf, receipt_links, rls
from payments.desk.services.documents import A4
from payments.desk.services.documents import KIND as RECEIPT
from payments.online.queries import under_way


@customer_only
@require_GET
def bills(request: Request) -> HttpResponse:
    """The bills, newest first, and the payments with their receipts."""
    mine = under_way.noted(own_account.accounts(request), at=clock.now())
    customer = own_account.of(request, among=mine)
    page, following = own_bills.page(customer, before=digits.row_id(request.GET.get("before", "")))
    paid, older = own_payments.page(
        customer, before=digits.row_id(request.GET.get("paid_before", ""))
    )
    context = {
        "customer": customer,
        "today": clock.today(),
        "bills": page,
        "next_bills": following,
        "payments": paid,
        "next_payments": older,
        "pdf_available": pdf.is_available(),
    }
    if request.htmx:
        part = "payments" if "paid_before" in request.GET else "bills"
        response = render(request, f"payments/desk/portal/_{part}.html", context)
    else:
        context["owing"] = account.owing(customer, on=clock.today())
        context["going"] = under_way.seen(customer, at=clock.now())
        response = render(request, "payments/desk/portal/bills.html", context)
    return responses.varied(response)


@customer_only
@require_GET
def receipt_page(request: Request, number: str) -> HttpResponse:
    """The receipt of an own payment, to look at, print, keep as PDF or pass on."""
    mine = Payment.objects.filter(customer_id__in=request.customer_ids)
    payment = get_object_or_404(mine.select_related("customer"), receipt_number=number)
    with rls.as_house():
        found = receipts.receipt(payment)
    context = {
        "receipt": found,
        "payment": payment,
        "words": formats.amount_in_words(payment.amount, payment.currency, get_language() or "en"),
        "public_url": receipt_links.url(number),
    }
    return render(request, "payments/desk/portal/receipt.html", context)


@customer_only
@require_http_methods(["GET", "POST"])
def receipt(request: Request, number: str) -> HttpResponse:
    """The receipt of an own payment as PDF."""
    mine = Payment.objects.filter(customer_id__in=request.customer_ids)
    payment = get_object_or_404(mine.select_related("customer"), receipt_number=number)
    asked = Asked(
        RECEIPT,
        payment.pk,
        payment.customer.language,
        payment.customer,
        number,
        "customer/shell.html",
        A4,
    )
    return documents.answer(request, asked)
