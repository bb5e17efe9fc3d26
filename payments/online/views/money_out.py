"""Pay credit out, and take, use and pay back security; each leaves a voucher."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from billing.allocation.models import Payment, Refund
from billing.approvals.models import Approval
from billing.approvals.services import approvals
from billing.approvals.services.approvals import Outcome
from billing.ledger.views import answers
from billing.receivables.models import DepositMove
from billing.receivables.services import deposits
from billing.receivables.views import documents
from billing.receivables.views.documents import Asked
from customers.models import Customer
from customers.views import links
from ispbill.accounts import responses
from ispbill.accounts.access import branch_scope, demand_proof, staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock, formats
from ispbill.core.acts import Act
from ispbill.core.models import Company
from payments.online.forms.money_out import (
    ApplyDepositForm,
    RefundForm,
    ReturnDepositForm,
    TakeDepositForm,
    ToWalletForm,
)
from payments.online.queries import refundable
from payments.online.services import money_out_papers, refunds


@dataclass(frozen=True)
class _Act:
    """What a dialog asks for and does."""

    heading: str | Promise
    confirm: str | Promise
    form: type[Any]
    most: Callable[[Customer], Decimal | None]
    nothing: str | Promise
    effects: Callable[[Customer], list[str]]
    do: Callable[[Customer, Any, datetime, Any], Outcome | models.Model]
    kind: str = ""  # of the approval it needs above the company's limit; "" never needs one


@require_http_methods(["GET", "POST"])
@staff_only("payments.refund")
def refund(request: Request, number: str) -> HttpResponse:
    """Pay a customer's credit out."""
    return _dialog(request, number, _REFUND)


@require_http_methods(["GET", "POST"])
@staff_only("payments.refund")
def to_wallet(request: Request, number: str) -> HttpResponse:
    """Give credit that a reseller's wallet paid back into that wallet."""
    return _dialog(request, number, _TO_WALLET)


@require_http_methods(["GET", "POST"])
@staff_only("payments.take")
def take_deposit(request: Request, number: str) -> HttpResponse:
    """Take security from a customer."""
    return _dialog(request, number, _TAKE)


@require_http_methods(["GET", "POST"])
@staff_only("payments.refund")
def apply_deposit(request: Request, number: str) -> HttpResponse:
    """Pay a customer's bills from the deposit."""
    return _dialog(request, number, _APPLY)


@require_http_methods(["GET", "POST"])
@staff_only("payments.refund")
def return_deposit(request: Request, number: str) -> HttpResponse:
    """Pay security back."""
    return _dialog(request, number, _RETURN)


@require_http_methods(["GET", "POST"])
@staff_only("payments.view")
def paper(request: Request, number: str) -> HttpResponse:
    """The PDF of a refund or of a move of a deposit."""
    rows: models.QuerySet[Any] = (
        Refund.objects.all() if number.startswith("RF") else DepositMove.objects.all()
    )
    branch = branch_scope(request.user)
    if branch is not None:
        rows = rows.filter(branch_id=branch)
    row = rows.select_related("customer").filter(number=number).first()
    if row is None:
        raise Http404
    kind = money_out_papers.REFUND if isinstance(row, Refund) else money_out_papers.DEPOSIT
    asked = Asked(kind, row.pk, row.customer.language, row.customer, number, "staff/shell.html")
    return documents.answer(request, asked)


def _dialog(request: Request, number: str, act: _Act) -> HttpResponse:
    customer = answers.customer(request, number)
    most = act.most(customer)
    form = act.form(request.POST or None, most=most)
    back = links.address("staff_customers:customer", number) or reverse("staff_payments:index")
    if request.method == "POST" and form.is_valid():
        if act.kind and approvals.needs_second(act.kind, form.cleaned_data["amount"]):
            demand_proof(request)
        with responses.refusals_in(form):
            came_of = act.do(customer, form, clock.now(), request.user)
            return _done(request, came_of, back)
    context = {
        "heading": f"{act.heading}: {customer.name}",
        "form": form,
        "form_action": request.path,
        "confirm_label": act.confirm,
        "is_possible": most is None or most > 0,
        "refusal": act.nothing,
        "effects": act.effects(customer),
        "back_url": back,
    }
    return responses.form_page(request, "billing/pricing/staff/reason.html", context)


def _done(request: Request, came_of: Outcome | models.Model, back: str) -> HttpResponse:
    if isinstance(came_of, Outcome) and came_of.approval is not None:
        text = _("%(what)s waits for a second person.") % {"what": came_of.approval}
        return answers.done(request, text, back=back, level="info")
    document = came_of.document if isinstance(came_of, Outcome) else came_of
    text = _("%(document)s is issued.") % {"document": document}
    return answers.done(request, text, back=back)


def _way(form: Any) -> dict[str, Any]:
    return {"method": form.cleaned_data["method"], "reference": form.cleaned_data["reference"]}


def _refund_effects(customer: Customer) -> list[str]:
    credit = refundable.available(customer.pk)
    return [
        _("The customer has %(amount)s of credit.") % {"amount": formats.money(credit)},
        _("The money leaves the till or account of the method you choose."),
        _("It is not undone: money that comes back is recorded as a payment."),
        *_limit(Company.current().refund_limit_amount),
    ]


def _to_wallet_effects(customer: Customer) -> list[str]:
    credit = refundable.available(customer.pk, of_wallets=True)
    return [
        _("%(amount)s of the credit was paid from a reseller's wallet.")
        % {"amount": formats.money(credit)},
        _("It goes back into that wallet, less the reseller's share of it; never out in cash."),
        *_limit(Company.current().refund_limit_amount),
    ]


def _take_effects(_customer: Customer) -> list[str]:
    return [
        _("It is owed to the customer and pays no bill until somebody says so."),
        _("A voucher is made for the customer."),
    ]


def _apply_effects(customer: Customer) -> list[str]:
    held = formats.money(deposits.held(customer.pk))
    return [
        _("%(amount)s is held.") % {"amount": held},
        _("The oldest bills are paid first; a line cut off for non-payment opens again."),
        _("It becomes a payment with a receipt, which can be reversed like any other."),
    ]


def _return_effects(customer: Customer) -> list[str]:
    held = formats.money(deposits.held(customer.pk))
    return [
        _("%(amount)s is held.") % {"amount": held},
        _("The money leaves the till or account of the method you choose."),
        *_limit(Company.current().deposit_limit_amount),
    ]


def _limit(limit: Decimal | None) -> list[str]:
    if limit is None:
        return []
    words = _("Above %(limit)s somebody else has to approve it first.")
    return [words % {"limit": formats.money(limit)}]


def _usable(customer: Customer) -> Decimal:
    return max(min(deposits.held(customer.pk), customer.account_state.balance_amount), Decimal(0))


_REFUND = _Act(
    gettext_lazy("Pay credit out"),
    gettext_lazy("Pay out"),
    RefundForm,
    lambda customer: refundable.available(customer.pk),
    gettext_lazy("This customer has no credit."),
    _refund_effects,
    lambda customer, form, at, actor: refunds.refund(
        customer=customer,
        amount=form.cleaned_data["amount"],
        act=Act(actor, at, reason=form.full_reason()),
        **_way(form),
    ),
    Approval.Kind.REFUND,
)
_TO_WALLET = _Act(
    gettext_lazy("Credit back to the reseller's wallet"),
    gettext_lazy("Give back"),
    ToWalletForm,
    lambda customer: refundable.available(customer.pk, of_wallets=True),
    gettext_lazy("No credit of this customer was paid from a wallet."),
    _to_wallet_effects,
    lambda customer, form, at, actor: refunds.refund(
        customer=customer,
        amount=form.cleaned_data["amount"],
        method=Payment.Method.RESELLER,
        reference="",
        act=Act(actor, at, reason=form.full_reason()),
    ),
    Approval.Kind.REFUND,
)
_TAKE = _Act(
    gettext_lazy("Take a deposit"),
    gettext_lazy("Take deposit"),
    TakeDepositForm,
    lambda _customer: None,
    "",
    _take_effects,
    lambda customer, form, at, actor: deposits.take(
        customer=customer,
        amount=form.cleaned_data["amount"],
        act=Act(actor, at, reason=form.full_reason()),
        **_way(form),
    ),
)
_APPLY = _Act(
    gettext_lazy("Use the deposit for bills"),
    gettext_lazy("Use deposit"),
    ApplyDepositForm,
    _usable,
    gettext_lazy("There is no deposit, or nothing is owed."),
    _apply_effects,
    lambda customer, form, at, actor: deposits.apply(
        customer=customer,
        amount=form.cleaned_data["amount"],
        act=Act(actor, at, reason=form.full_reason()),
    ),
)
_RETURN = _Act(
    gettext_lazy("Pay the deposit back"),
    gettext_lazy("Pay back"),
    ReturnDepositForm,
    lambda customer: deposits.held(customer.pk),
    gettext_lazy("No deposit is held."),
    _return_effects,
    lambda customer, form, at, actor: deposits.give_back(
        customer=customer,
        amount=form.cleaned_data["amount"],
        act=Act(actor, at, reason=form.full_reason()),
        **_way(form),
    ),
    Approval.Kind.DEPOSIT_RETURN,
)
