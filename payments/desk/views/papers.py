"""PDFs for people who hold a link: a bill and a receipt, after the phone's last digits.

A customer who is signed in to the portal is not asked. Who has typed them is remembered for half
an hour, by a signed cookie that names the account.
"""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from billing.invoices.models import Invoice
from billing.receivables.queries import receipts
from billing.receivables.views import documents
from billing.receivables.views.documents import Asked
from customers.models import Customer
from ispbill.accounts.access import public
from ispbill.accounts.http import client_ip, with_wait
from ispbill.accounts.services import throttle
from ispbill.core import clock, pay_links
from ispbill.core.errors import DomainError
from payments.desk.services.documents import A4
from payments.desk.services.documents import KIND as RECEIPT
from payments.online.forms.online import LastDigits
from payments.online.services import last_digits
from payments.online.views import payer

COOKIE = "ispbill_paper"
REMEMBERED = 30 * 60  # seconds
_SALT = "payments.last_digits"


@public
@never_cache
@require_http_methods(["GET", "POST"])
def bill(request: HttpRequest, token: str) -> HttpResponse:
    """The PDF of the bill a pay link names; 404 without one, 410 when the link's time is over."""
    link = pay_links.read(token)
    if link is None:
        raise Http404
    if link.until < clock.today():
        context = payer.frame(request, link.customer_id)
        return render(request, "payments/online/pay/expired.html", context, status=410)
    issued = Invoice.objects.exclude(status=Invoice.Status.DRAFT).select_related("customer")
    found = get_object_or_404(issued, pk=link.invoice_id, customer=link.customer_id)
    asked = Asked(
        "INVOICE", found.pk, found.language, found.customer, str(found.number), payer.PUBLIC
    )
    return _after_digits(request, found.customer, asked)


@public
@never_cache
@require_http_methods(["GET", "POST"])
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """The PDF of the receipt a signed link names; 404 for any other word."""
    payment = receipts.by_token(token)
    if payment is None:
        raise Http404
    customer = payment.customer
    asked = Asked(
        RECEIPT,
        payment.pk,
        customer.language,
        customer,
        str(payment.receipt_number),
        payer.PUBLIC,
        A4,
    )
    return _after_digits(request, customer, asked)


def _after_digits(request: HttpRequest, customer: Customer, asked: Asked) -> HttpResponse:
    if payer.is_inside(request, customer.pk) or _is_known(request, customer):
        return payer.private(documents.answer(request, asked))
    form, status, wait = LastDigits(request.POST or None), 200, 0
    if form.is_valid():
        try:
            last_digits.check(
                customer=customer, digits=form.cleaned_data["digits"], ip=client_ip(request)
            )
        except throttle.TooManyTries as refusal:
            form.add_error(None, str(refusal))
            status, wait = 429, refusal.wait_seconds
        except DomainError as refusal:
            form.add_error("digits", str(refusal))
        else:
            return _remembered(redirect(request.path), customer)
    if form.errors and status == 200:
        status = 422
    context = {"form": form, "title": asked.title}
    response = payer.private(
        render(request, "payments/desk/public/last_digits.html", context, status=status)
    )
    return with_wait(response, wait) if wait else response


def _is_known(request: HttpRequest, customer: Customer) -> bool:
    known = request.get_signed_cookie(COOKIE, default="", salt=_SALT, max_age=REMEMBERED)
    return known == str(customer.pk)


def _remembered(response: HttpResponse, customer: Customer) -> HttpResponse:
    response.set_signed_cookie(
        COOKIE,
        str(customer.pk),
        salt=_SALT,
        max_age=REMEMBERED,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return payer.private(response)
