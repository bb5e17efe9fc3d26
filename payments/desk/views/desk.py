"""The cash desk: find who stands at the counter, take the money, give the receipt.

One page and one dialog over the same fragments. Finding is one request (the best hit's form comes
with the hits), taking is the second; without JavaScript both are plain forms.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from billing.allocation.models import Payment
from billing.invoices.models import Invoice
from billing.receivables.queries import desk
from billing.receivables.services import announcing, reversal, settlement
from billing.receivables.services.admission import Asked, KeyReused, PossibleDuplicate
from customers.models import Customer
from ispbill.accounts import responses
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock, formats
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.money import AmountRefused, parse_number
from payments.desk.forms.staff import Pay
from payments.desk.queries import register, tills
from payments.desk.services import reversing


@require_http_methods(["GET", "POST"])
@staff_only("payments.take")
def cash_desk(request: Request) -> HttpResponse:
    """Show the cash desk (`?q=`, `?customer=CT-…`), or take a payment."""
    if request.method == "POST":
        return _take(request, place="desk")
    return _show(request, _found(request), place="desk")


@require_http_methods(["GET", "POST"])
@staff_only("payments.take")
def pay(request: Request) -> HttpResponse:
    """Show the same as a dialog over any page; `?customer=CT-…` leaves out the search."""
    if request.method == "POST":
        return _take(request, place="dialog")
    return _show(request, _found(request), place="dialog")


@require_POST
@staff_only("payments.take")
def undo(request: Request, receipt: str) -> HttpResponse:
    """Take back what this person has just entered."""
    payment = get_object_or_404(register.visible_to(request.user), receipt_number=receipt)
    place = "dialog" if request.POST.get("place") == "dialog" else "desk"
    try:
        payment = reversing.undo(payment=payment, act=Act.now(request.user))
    except DomainError as refusal:
        if not request.htmx:
            messages.error(request, str(refusal))
            return redirect("staff_payments:detail", receipt)
        payment.refresh_from_db()
        context = _result(payment, at=clock.now()) | {"refusal": str(refusal)}
        return _show(request, context, place=place, status=422)
    if not request.htmx:
        messages.success(request, _("%(receipt)s is undone.") % {"receipt": receipt})
        return redirect("staff_payments:cash-desk")
    return _show(request, _result(payment, at=clock.now()), place=place)


@require_POST
@staff_only("payments.take")
def send_receipt(request: Request, receipt: str) -> HttpResponse:
    """Send the receipt by SMS once more."""
    payment = get_object_or_404(register.visible_to(request.user), receipt_number=receipt)
    queued = announcing.send_again(payment, act=Act.now(request.user))
    said = _("The receipt is on its way.") if queued else _("It has just been sent.")
    if not request.htmx:
        messages.success(request, said)
        return redirect("staff_payments:detail", receipt)
    return responses.toast(HttpResponse(status=204), said)


def _take(request: Request, *, place: str) -> HttpResponse:
    account = _account(request, request.POST.get("customer", ""))
    form = Pay(request.POST, account=account)
    context: dict[str, Any] = {"account": account, "form": form}
    if not form.is_valid():
        return _show(request, context, place=place, status=422)
    given, now = form.cleaned_data, clock.now()
    try:
        settled = settlement.settle(
            Asked(
                customer_id=account.customer.pk,
                amount=given["amount"],
                method=given["method"],
                reference=given["reference"],
                chosen=[invoice.pk for invoice in Invoice.objects.filter(pk__in=given["invoices"])],
                received_by=request.user,
                received_at=now,
                key=str(given["key"]),
                is_repeat_confirmed=form.is_repeat_confirmed,
                act=Act(request.user, now),
            )
        )
    except PossibleDuplicate as asked:
        form.ask_to_confirm()
        now_true = {"account": _account(request, account.customer.number), "repeat": str(asked)}
        return _show(request, context | now_true, place=place, status=422)
    except KeyReused as refusal:
        form.add_error(None, str(refusal))
        response = _show(request, context, place=place, status=409)
        response["X-Error-Message"] = quote(str(refusal))
        return response
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return _show(request, context, place=place, status=422)
    change = _change(given["tendered"], settled.payment)
    if not request.htmx:
        query = {
            "receipt": settled.payment.receipt_number,
            **({"change": change} if change else {}),
        }
        return redirect(f"{reverse('staff_payments:cash-desk')}?{urlencode(query)}")
    result = _result(settled.payment, at=now) | {
        "change": change,
        "reactivated": settled.reactivated,
    }
    return _show(request, result, place=place)


def _found(request: Request) -> dict[str, Any]:
    """Read the address: a receipt just given, a customer, or words to search for."""
    number, text = request.GET.get("customer", ""), request.GET.get("q", "")
    if request.GET.get("receipt"):
        payment = get_object_or_404(
            register.visible_to(request.user).filter(received_by=request.user),
            receipt_number=request.GET["receipt"],
        )
        change = _amount(request.GET.get("change", ""))
        return _result(payment, at=clock.now()) | {"change": change}
    if number:
        return _opened(request, _account(request, number)) | {"is_given": not text}
    hits = desk.find(desk.visible_to(request.user), text, on=clock.today())
    context: dict[str, Any] = {"q": text, "hits": hits}
    return context | _opened(request, desk.account(hits[0])) if hits else context


def _opened(request: Request, account: desk.Account) -> dict[str, Any]:
    has_shift = tills.open_of(request.user) is not None  # an open drawer takes cash
    usual = Payment.Method.CASH.value if has_shift else desk.usual_method(request.user)
    form = Pay(account=account, usual_method=usual)
    return {"account": account, "form": form, "now": clock.now()}


def _account(request: Request, number: str) -> desk.Account:
    customers = desk.visible_to(request.user).select_related("area", "account_state")
    try:
        return desk.account(customers.get(number=number))
    except Customer.DoesNotExist as error:
        raise Http404 from error


def _result(payment: Payment, *, at: datetime) -> dict[str, Any]:
    """Return what the panel after a payment shows, with the seconds left for undoing."""
    customer = Customer.objects.select_related("account_state").get(pk=payment.customer_id)
    left = reversal.undo_time() - (at - payment.received_at)
    return {
        "payment": payment,
        "customer": customer,
        "balance": customer.account_state.balance_amount,
        "undo_seconds": 0 if payment.is_reversed else max(int(left.total_seconds()), 0),
    }


def _change(tendered: Decimal | None, payment: Payment) -> Decimal | None:
    if tendered is None or tendered <= payment.amount:
        return None
    return tendered - payment.amount


def _amount(text: str) -> Decimal | None:
    try:
        amount = parse_number(text)
    except AmountRefused:
        return None
    return amount if amount > 0 else None


def _show(
    request: Request, context: dict[str, Any], *, place: str, status: int = 200
) -> HttpResponse:
    """Render what was asked for: the hits, one form or result, the dialog, or the whole page."""
    context["place"] = place
    address = "staff_payments:cash-desk" if place == "desk" else "staff_payments:pay"
    context["address"] = reverse(address)
    target = request.htmx.target if request.htmx else None
    if target == f"{place}-panel":
        return render(request, "payments/desk/staff/_panel.html", context, status=status)
    if place == "desk":
        context |= _my_day(request)
    if target == f"{place}-found":
        return render(request, "payments/desk/staff/_found.html", context, status=status)
    page = (
        "payments/desk/staff/cash_desk.html" if place == "desk" else "payments/desk/staff/pay.html"
    )
    return render(request, page, context, status=status)


def _my_day(request: Request) -> dict[str, Any]:
    on = clock.today()
    return {
        "day": register.day_of(request.user, on=on),
        "latest": register.latest_of(request.user, on=on),
        "day_words": formats.day(on, get_language() or "en"),
        "shift": tills.open_of(request.user),
        "offers": list(tills.waiting_for(request.user)),
        "today": on,
    }
