"""/portal/: the customer's own pages. They run as the portal role, limited to the own accounts."""

import uuid

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from billing.models import Invoice
from billing.queries import bills as billing_bills
from billing.queries import credits
from billing.views import documents
from billing.views.documents import Asked
from customers.models import Customer
from customers.queries import directory
from ispbill.accounts.access import customer_only
from ispbill.accounts.http import Request
from ispbill.core import clock, formats, pdf, receipt_links, rls
from ispbill.core.pay_links import PayLink, Source
from ispbill.portals.queries import own_account
from payments.forms.online import Pay, suggested
from payments.models import Payment
from payments.queries import online, receipts, under_way
from payments.queries.online import AFTER_SEARCH
from payments.queries.under_way import UnderWay
from payments.services.documents import A4
from payments.services.documents import KIND as RECEIPT

CHOSEN_ACCOUNT = "portal_account"


@customer_only
@require_GET
def home(request: Request) -> HttpResponse:
    """What is owed, by when, and how the services are doing."""
    accounts = _accounts(request)
    if not accounts:
        return render(request, "customer/no_account.html")
    customer = _chosen(request, accounts)
    payments, _more = own_account.payments(customer, size=3)
    on = clock.today()
    services = own_account.services(customer, on=on)
    context = {
        "customer": customer,
        "accounts": accounts,
        "owing": own_account.owing(
            customer, on=on, among=[service.subscription for service in services]
        ),
        "going": _under_way(customer),
        "services": services,
        "payments": payments,
    }
    return render(request, "customer/home.html", context)


@customer_only
@require_POST
def switch_account(request: Request) -> HttpResponse:
    """Look at another of the own accounts."""
    number = request.POST.get("account", "")
    if not any(account.number == number for account in _accounts(request)):
        raise Http404
    request.session[CHOSEN_ACCOUNT] = number
    return redirect("portal:home")


@customer_only
@require_GET
def pay(request: Request) -> HttpResponse:
    """C-04: pay online, and the other ways with the amount and the reference to give.

    The form goes to the account's own pay link: money is started in one place, and never inside
    this page's transaction.
    """
    customer, today = own_account_of(request), clock.today()
    link = PayLink(customer.pk, today + AFTER_SEARCH, Source.PORTAL)
    with rls.as_house():
        payable = online.payable(link, at=clock.now())
    form = None
    if payable is not None:
        amount = suggested(request.GET.get("amount", "")) or payable.suggested
        initial = {"amount": amount, "key": uuid.uuid4()}
        form = Pay(initial=initial, accounts=payable.accounts)
    context = {
        "customer": customer, "owing": own_account.owing(customer, on=today),
        "payable": payable, "link": link, "form": form,
    }  # fmt: skip
    return render(request, "customer/pay.html", context)


@customer_only
@require_GET
def bills(request: Request) -> HttpResponse:
    """The bills, newest first, and the payments with their receipts."""
    customer = own_account_of(request)
    page, following = own_account.bills(customer, before=_cursor(request, "before"))
    paid, older = own_account.payments(customer, before=_cursor(request, "paid_before"))
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
        response = render(request, f"customer/_{part}.html", context)
    else:
        context["owing"] = own_account.owing(customer, on=clock.today())
        context["going"] = _under_way(customer)
        response = render(request, "customer/bills.html", context)
    response["Vary"] = "HX-Request"
    return response


@customer_only
@require_GET
def invoice(request: Request, number: str) -> HttpResponse:
    """One bill, every line explained."""
    mine = billing_bills.visible_to(request.user, customer_ids=request.customer_ids)
    found = get_object_or_404(mine, number=number)
    language = get_language() or "en"
    context = {
        "invoice": found,
        "lines": own_account.lines_of(found, language=language),
        "notes": list(
            credits.visible_to(request.user, customer_ids=request.customer_ids)
            .filter(invoice=found)
            .order_by("pk")
        ),
        "today": clock.today(),
        "is_void": found.status == Invoice.Status.VOID,
        "change": billing_bills.change_of(found),
        "pdf_available": pdf.is_available(),
    }
    return render(request, "customer/invoice.html", context)


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
    return render(request, "customer/receipt.html", context)


@customer_only
@require_http_methods(["GET", "POST"])
def receipt(request: Request, number: str) -> HttpResponse:
    """The receipt of an own payment as PDF."""
    mine = Payment.objects.filter(customer_id__in=request.customer_ids)
    payment = get_object_or_404(mine.select_related("customer"), receipt_number=number)
    asked = Asked(
        RECEIPT, payment.pk, payment.customer.language, payment.customer, number,
        "customer/shell.html", A4,
    )  # fmt: skip
    return documents.answer(request, asked)


@customer_only
@require_GET
def usage(request: Request) -> HttpResponse:
    """The data used in the present billing period."""
    customer = own_account_of(request)
    context = {"customer": customer, "services": own_account.services(customer, on=clock.today())}
    return render(request, "customer/usage.html", context)


@customer_only
@require_GET
def support(request: Request) -> HttpResponse:
    """How to reach the office."""
    customer = own_account_of(request)
    return render(request, "customer/support.html", {"customer": customer})


@customer_only
@require_GET
def more(request: Request) -> HttpResponse:
    """Everything else: profile, language, sign-out."""
    accounts = _accounts(request)
    return render(request, "customer/more.html", {"accounts": accounts})


def _accounts(request: Request) -> list[Customer]:
    mine = directory.visible_to(request.user, customer_ids=request.customer_ids)
    paying = under_way.exists(at=clock.now())
    return list(mine.select_related("standing").annotate(is_paying=paying).order_by("pk"))


def _under_way(customer: Customer) -> UnderWay | None:
    """Return the own online payment that is under way; most of the time there is none."""
    is_paying = getattr(customer, "is_paying", True)
    return under_way.of_customer(customer.pk, at=clock.now()) if is_paying else None


def own_account_of(request: Request) -> Customer:
    """Return the account the person looks at now; 404 without one."""
    accounts = _accounts(request)
    if not accounts:
        raise Http404
    return _chosen(request, accounts)


def _chosen(request: Request, accounts: list[Customer]) -> Customer:
    number = request.session.get(CHOSEN_ACCOUNT)
    return next((account for account in accounts if account.number == number), accounts[0])


def _cursor(request: Request, name: str) -> int | None:
    given = request.GET.get(name, "")
    return int(given) if given.isdecimal() and len(given) < 19 else None
