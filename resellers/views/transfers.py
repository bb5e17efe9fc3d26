"""/admin/resellers/…: money to and from a reseller, and what waits to be confirmed."""

from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ispbill.accounts.access import demand_proof, staff_only
from ispbill.accounts.http import Request
from ispbill.audit.forms import ReasonForm
from ispbill.core import formats
from ispbill.core.acts import Act
from ispbill.inbox.forms.confirm import Confirm
from resellers.forms.staff import Money
from resellers.models import Transfer
from resellers.queries import wallets
from resellers.services import checkouts, transfers
from resellers.views import register
from resellers.views.terms import ask

_KINDS = {"top-up": "TOPUP", "remittance": "REMITTANCE", "refund": "REFUND"}


@require_http_methods(["GET", "POST"])
@staff_only("payouts.pay")
def add(request: Request, number: str, kind: str) -> HttpResponse:
    """Take a top-up or a remittance at the desk, or prepare a refund of the wallet."""
    reseller = register.find(request, number)
    if kind not in _KINDS:
        raise Http404
    form = Money(request.POST or None, initial={"reference": reseller.number})

    def do(given: dict[str, Any]) -> str:
        act = Act.now(request.user)
        if kind == "refund":
            demand_proof(request)
        with transaction.atomic():
            sent = transfers.send(
                reseller=reseller,
                kind=_KINDS[kind],
                amount=given["amount"],
                method=given["method"],
                reference=given["reference"],
                key=f"staff-{given['key']}",
                act=act,
            )
            if kind != "refund" and sent.is_waiting:
                transfers.confirm(transfer=sent, act=act)
        if kind == "refund":
            return _("%(number)s: somebody else has to confirm it.") % {"number": sent.number}
        return _("%(number)s is booked.") % {"number": sent.number}

    words = {"top-up": _("Top up"), "remittance": _("Take remittance"), "refund": _("Refund")}
    effects = {
        "top-up": [_("The wallet is higher at once.")],
        "remittance": [_("What the reseller holds is less at once.")],
        "refund": [_("A second person confirms it; only then the wallet is lower.")],
    }
    return ask(request, reseller, form, do, label=words[kind], effects=effects[kind])


@require_http_methods(["GET", "POST"])
@staff_only("payouts.pay")
def decide(request: Request, number: str, what: str) -> HttpResponse:
    """Confirm that money has arrived (or was paid out), or reject it with a reason."""
    row = get_object_or_404(wallets.visible_transfers(request.user), number=number)
    if what == "take-back":
        return _take_back(request, row)
    if what not in {"confirm", "reject"}:
        raise Http404
    confirms = what == "confirm"
    form = Confirm(request.POST or None) if confirms else ReasonForm(request.POST or None)

    def do(given: dict[str, Any]) -> str:
        if confirms:
            if row.kind == Transfer.Kind.REFUND:
                demand_proof(request)
            transfers.confirm(transfer=row, act=Act.now(request.user))
        else:
            transfers.reject(transfer=row, act=Act.now(request.user, reason=given["reason"]))
        return _("%(number)s is decided.") % {"number": row.number}

    told = _("%(kind)s of %(amount)s, %(how)s") % {
        "kind": row.get_kind_display(),
        "amount": formats.money(row.amount),
        "how": f"{row.get_method_display()} {row.reference}".strip(),
    }
    label = _("Confirm") if confirms else _("Reject")
    return ask(request, row.reseller, form, do, label=label, effects=[told], danger=not confirms)


def _take_back(request: Request, row: Transfer) -> HttpResponse:
    """Take a top-up back whose money has gone."""
    form = ReasonForm(request.POST or None)

    def do(given: dict[str, Any]) -> str:
        demand_proof(request)
        transfers.take_back(transfer=row, act=Act.now(request.user, reason=given["reason"]))
        return _("%(number)s is taken back.") % {"number": row.number}

    effects = [
        _("%(amount)s leaves the wallet, below its limit if need be.")
        % {"amount": formats.money(row.amount)},
        _("Below its limit nothing is paid from it; nobody is cut off."),
    ]
    label = _("Take back")
    return ask(request, row.reseller, form, do, label=label, effects=effects, danger=True)


@require_http_methods(["GET", "POST"])
@staff_only("payouts.pay")
def decide_checkout(request: Request, order: str, what: str) -> HttpResponse:
    """Credit a top-up that was held for review, or refuse it."""
    row = get_object_or_404(wallets.visible_checkouts(request.user), order=order)
    if what not in {"accept", "refuse"}:
        raise Http404
    accepts = what == "accept"
    form = ReasonForm(request.POST or None)

    def do(given: dict[str, Any]) -> str:
        act = Act.now(request.user, reason=given["reason"])
        checkouts.decide(checkout=row, accepts=accepts, act=act)
        return _("Done.")

    paid = formats.money(row.paid_amount or row.amount)
    effects = [
        _("%(amount)s goes into the wallet.") % {"amount": paid}
        if accepts
        else _("%(amount)s goes back the way it came.") % {"amount": paid}
    ]
    label = _("Accept") if accepts else _("Refuse")
    return ask(request, row.reseller, form, do, label=label, effects=effects, danger=not accepts)
