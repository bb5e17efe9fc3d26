"""/portal/payment-methods/: a customer's own ways to pay and debit order (C-12).

Pages read as the portal role, which never sees the sealed details; services write as the house.
NetCash is asked whether the number can be right before a transaction is open, a few seconds at
most; all the rest is asked by a task after the commit.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from customers.models import Customer
from customers.views import own_account
from ispbill.accounts import responses
from ispbill.accounts.access import customer_only, freshly_proven, is_proven
from ispbill.accounts.http import Request
from ispbill.accounts.models import User
from ispbill.accounts.services import throttle
from ispbill.core import clock, rls
from ispbill.core.acts import Act
from payments.debits.forms.debits import NewDebit, Permit, TransferAccount
from payments.debits.models import DebitOrder, DebitSettings, Mandate
from payments.debits.services import checking, mandates, methods, removing
from payments.debits.views.methods import suggested_ceiling
from payments.online.models import PaymentMethod

# What the portal role may read of a way to pay: everything but the sealed details.
_SHOWN = ("id", "customer_id", "kind", "label", "holder", "is_primary", "created_at", "removed_at")
_MANDATE = (
    "id", "customer_id", "method_id", "account_reference", "state", "state_reason", "need",
    "debit_day", "ceiling_amount", "url", "asked_at", "failures",
)  # fmt: skip
_CHECKS = 10  # numbers one person may have checked in fifteen minutes
_ORDER = ("id", "customer_id", "amount", "action_date", "state", "reason", "is_retried")


@customer_only
@require_GET
def show(request: Request) -> HttpResponse:
    """The masked list, the debit order and its last collections."""
    customer = own_account.of(request)
    own = list(_methods(customer).order_by("-is_primary", "pk"))
    labels = {method.pk: method.label for method in own}
    found = list(Mandate.objects.only(*_MANDATE).filter(customer=customer).order_by("-pk")[:3])
    shown = [
        {"mandate": one, "label": labels.get(one.method_id, "")}
        for place, one in enumerate(found)
        if one.is_open or place == 0
    ]
    context = {
        "customer": customer,
        "methods": own,
        "mandates": shown,
        "is_waiting": any(one.state in mandates.WAITING for one in found),
        "is_asked": any(one.state == Mandate.State.PENDING for one in found),
        "has_debit": {one.method_id for one in found if one.state == Mandate.State.ACTIVE},
        "orders": DebitOrder.objects.only(*_ORDER).filter(customer=customer).order_by("-pk")[:5],
        "choices": DebitSettings.current(),
    }
    return render(request, "payments/debits/portal/methods.html", context)


def _number_checked(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Ask NetCash about the account typed in, then open the view with its transaction.

    Only for customers the view lets in, who have proven who they are. Who asks too often is
    answered later, by the worker.
    """

    @wraps(view)
    def asked(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        user, form = request.user, NewDebit(request.POST or None)
        is_customer = user.is_authenticated and user.role == User.Role.CUSTOMER
        if is_customer and is_proven(request) and DebitSettings.current().is_on and form.is_valid():
            request.checked = _asked(user, form)  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)

    return asked


def _asked(user: User, form: NewDebit) -> checking.Checked:
    try:
        throttle.count_in([(f"debits:check:{user.pk}", _CHECKS)])
    except throttle.TooManyTries:
        return checking.Checked(PaymentMethod.Check.WAITING)
    return checking.ask(form.details)


@_number_checked
@customer_only
@freshly_proven
@require_http_methods(["GET", "POST"])
def add(request: Request) -> HttpResponse:
    """Add a bank account and ask for its debit order: account details → request sent."""
    customer = own_account.of(request)
    if not DebitSettings.current().is_on:
        raise Http404
    initial = {"holder": customer.name, "ceiling": f"{suggested_ceiling(customer):f}"}
    form = NewDebit(request.POST or None, initial=initial)
    checked = getattr(request, "checked", checking.Checked(PaymentMethod.Check.NONE))
    if checked.words:
        form.add_error("number", _(checked.words))
    if form.is_bound and form.is_valid():
        given, at = form.cleaned_data, clock.now()
        with responses.refusals_in(form):
            with rls.as_house():
                mandates.request_on_new_account(
                    customer=customer,
                    details=form.details,
                    holder=given["holder"],
                    bank=form.bank_name,
                    debit_day=given["day"],
                    ceiling=given["ceiling"],
                    act=Act(request.user, at),
                    check=checked.state,
                )
            if checked.state == PaymentMethod.Check.WAITING:
                said = _("Your account is kept. It will be checked; then we send you the link.")
            else:
                said = _("The request is sent. Approve it in your banking app.")
            messages.success(request, said)
            return redirect("portal:methods")
    context = {"customer": customer, "form": form}
    return responses.form_page(request, "payments/debits/portal/new_debit.html", context)


@customer_only
@freshly_proven
@require_http_methods(["GET", "POST"])
def add_transfer(request: Request) -> HttpResponse:
    """Name the account one transfers from; staff are then shown whose its transfers may be."""
    customer = own_account.of(request)
    form = TransferAccount(request.POST or None, initial={"holder": customer.name})
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        with responses.refusals_in(form):
            with rls.as_house():
                methods.add(
                    customer=customer,
                    kind=PaymentMethod.Kind.EFT,
                    details=form.details,
                    holder=given["holder"],
                    bank=given["bank"],
                    act=Act.now(request.user),
                )
            messages.success(request, _("Kept. We recognise your transfers from it."))
            return redirect("portal:methods")
    context = {"customer": customer, "form": form}
    return responses.form_page(request, "payments/debits/portal/new_transfer.html", context)


@customer_only
@require_http_methods(["GET", "POST"])
def request_mandate(request: Request, pk: int) -> HttpResponse:
    """Ask for a debit order on an account that is kept already."""
    customer = own_account.of(request)
    method = _method(customer, pk)
    if not DebitSettings.current().is_on or method.kind != PaymentMethod.Kind.BANK_ACCOUNT:
        raise Http404
    form = Permit(request.POST or None, initial={"ceiling": f"{suggested_ceiling(customer):f}"})
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        with responses.refusals_in(form):
            with rls.as_house():
                mandates.request(
                    method=method,
                    debit_day=given["day"],
                    ceiling=given["ceiling"],
                    act=Act.now(request.user),
                )
            messages.success(request, _("The request is sent. Approve it in your banking app."))
            return redirect("portal:methods")
    context = {"customer": customer, "form": form, "method": method}
    return responses.form_page(request, "payments/debits/portal/new_debit.html", context)


@customer_only
@require_POST
def make_primary(request: Request, pk: int) -> HttpResponse:
    """Make one the way money is taken from now on."""
    method = _method(own_account.of(request), pk)
    with responses.refusals_told(request), rls.as_house():
        methods.make_primary(method=method, act=Act.now(request.user))
    return redirect("portal:methods")


@customer_only
@require_http_methods(["GET", "POST"])
def remove(request: Request, pk: int) -> HttpResponse:
    """Remove one, after a look at what ends with it."""
    customer = own_account.of(request)
    method = _method(customer, pk)
    if request.method == "POST":
        with responses.refusals_told(request):
            with rls.as_house():
                removing.remove(method=method, act=Act.now(request.user))
            messages.success(request, _("Removed."))
        return redirect("portal:methods")
    return render(
        request,
        "payments/debits/portal/remove_method.html",
        {"customer": customer, "method": method},
    )


def _methods(customer: Customer) -> QuerySet[PaymentMethod]:
    return PaymentMethod.objects.only(*_SHOWN).filter(customer=customer, removed_at__isnull=True)


def _method(customer: Customer, pk: int) -> PaymentMethod:
    found = _methods(customer).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
