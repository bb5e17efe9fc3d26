"""/reseller-portal/: taking money, the wallet or the cash held, and asking for a payout."""

import uuid
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from billing.receivables.queries import desk
from customers.models import Customer
from ispbill.accounts import responses
from ispbill.accounts.access import reseller_only
from ispbill.accounts.http import Request
from ispbill.core import clock, formats, rls
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from payments.online.queries import online
from resellers.forms.portal import Collect, NewCustomer, Sent
from resellers.forms.top_up import TopUp
from resellers.models import Transfer
from resellers.queries import own, own_customers, renewals, wallets
from resellers.queries.own import Login
from resellers.services import collecting, payouts, proposing, transfers
from resellers.services.wallets import WalletShort

SHOWN = 50


@reseller_only
@require_http_methods(["GET", "POST"])
def collect(request: Request) -> HttpResponse:
    """R-04: find an own customer (`?q=`, `?customer=`), and take the money."""
    login = login_of(request)
    if not login.may_collect:
        raise PermissionDenied
    number, text = request.GET.get("customer", ""), request.GET.get("q", "").strip()[:60]
    context: dict[str, Any] = {"login": login, "text": text, "account": None}
    if not number:
        page = own_customers.page(request.customer_ids, text=text)[0] if text else []
        context |= {"customers": page, "wallet": _wallet(login)}
        return render(request, "resellers/portal/collect.html", context)
    rows = Customer.objects.select_related("area", "account_state")
    customer = get_object_or_404(rows, pk__in=request.customer_ids, number=number)
    with rls.as_house():  # the customer was found as the portal; who took the last payment was not
        account = desk.account(customer)
    form = Collect(request.POST or None, initial={"amount": account.due or None})
    context |= {"account": account, "form": form, "short": None}
    if form.is_valid():
        try:
            with rls.as_house():
                done = collecting.collect(
                    reseller=login.reseller,
                    customer=customer,
                    amount=form.cleaned_data["amount"],
                    key=str(form.cleaned_data["key"]),
                    act=Act.now(request.user),
                )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
            context["short"] = refusal if isinstance(refusal, WalletShort) else None
        else:
            said = _("%(amount)s taken, receipt %(receipt)s. Your share: %(share)s.") % {
                "amount": formats.money(done.payment.amount),
                "receipt": done.payment.receipt_number,
                "share": formats.money(done.share),
            }
            messages.success(request, said)
            return redirect("reseller:collect")
    context["wallet"] = _wallet(login)
    status = 422 if form.errors else 200
    return render(request, "resellers/portal/collect.html", context, status=status)


@reseller_only
@require_http_methods(["GET", "POST"])
def money(request: Request) -> HttpResponse:
    """The wallet (or the cash held) and its movements; POST says what is on its way."""
    login = login_of(request)
    offered = _amount(request.GET.get("amount", ""))
    form = Sent(request.POST or None, offered=offered)
    if request.method == "POST" and not login.may_move_money:
        raise PermissionDenied
    if form.is_valid():
        prepaid = login.reseller.is_prepaid
        with responses.refusals_in(form):
            with rls.as_house():
                sent = transfers.send(
                    reseller=login.reseller,
                    kind=Transfer.Kind.TOPUP if prepaid else Transfer.Kind.REMITTANCE,
                    amount=form.cleaned_data["amount"],
                    method=form.cleaned_data["method"],
                    reference=form.cleaned_data["reference"],
                    key=f"own-{form.cleaned_data['key']}",
                    act=Act.now(request.user),
                )
            said = _("%(number)s is on its way; it counts once the office confirms it.")
            messages.success(request, said % {"number": sent.number})
            return redirect("reseller:money")
    with rls.as_house():
        context = {
            "login": login,
            "form": form,
            "wallet": wallets.wallet_of(login.reseller),
            "is_blocked": wallets.is_blocked(login.reseller),
            "is_low": wallets.is_low(login.reseller),
            "held_since": wallets.held_since(login.reseller),
            "waiting": list(wallets.waiting_of(login.reseller)),
            "moves": list(wallets.moves(login.reseller)[:SHOWN]),
            "skipped": renewals.skipped(login.reseller, on=clock.today()),
            "online": _online(login, offered),
        }
    status = 422 if form.errors else 200
    return render(request, "resellers/portal/money.html", context, status=status)


@reseller_only
@require_POST
def request_payout(request: Request) -> HttpResponse:
    """Ask for what is approved; the office decides."""
    login = login_of(request)
    if not login.may_move_money:
        raise PermissionDenied
    with responses.refusals_told(request):
        with rls.as_house():
            asked = payouts.record(
                reseller=login.reseller,
                method="EFT",
                reference=login.reseller.payout_account,
                act=Act.now(request.user),
                is_request=True,
            )
        messages.success(request, _("%(number)s is asked for.") % {"number": asked.number})
    return redirect("reseller:payouts")


@reseller_only
@require_http_methods(["GET", "POST"])
def add_customer(request: Request) -> HttpResponse:
    """R-02: add a customer; the office agrees first, unless that was agreed."""
    login = login_of(request)
    if not login.may_add:
        raise PermissionDenied
    with rls.as_house():
        form = NewCustomer(request.POST or None, reseller=login.reseller)
        if form.is_valid():
            with responses.refusals_in(form):
                lead = proposing.propose(
                    reseller=login.reseller, act=Act.now(request.user), **form.cleaned_data
                )
                said = _("%(name)s is proposed; the office gets in touch.")
                if lead.customer is not None:
                    said = _("%(name)s is a customer; the service waits to be installed.")
                messages.success(request, said % {"name": lead.name})
                if lead.customer is not None:
                    return redirect("reseller:customer", number=lead.customer.number)
                return redirect("reseller:customers")
        status = 422 if form.errors else 200
        context = {"form": form, "needs_approval": login.reseller.needs_approval}
        return render(request, "resellers/portal/add_customer.html", context, status=status)


def login_of(request: Request) -> Login:
    """Return whom somebody signs in for; refused (403) for a stranger."""
    with rls.as_house():
        login = own.login_of(request.user)
    if login is None:
        raise PermissionDenied
    return login


def _online(login: Login, offered: Decimal | None) -> TopUp | None:
    """Return the form of a top-up by a gateway; None where there is none, or no wallet."""
    accounts = online.accounts() if login.reseller.is_prepaid else []
    if not accounts:
        return None
    initial = {"amount": offered or login.reseller.minimum_top_up, "key": uuid.uuid4()}
    return TopUp(initial=initial, accounts=accounts)


def _wallet(login: Login) -> Any:
    with rls.as_house():
        return wallets.wallet_of(login.reseller)


def _amount(text: str) -> Decimal | None:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and 0 < amount < 10**9 else None
