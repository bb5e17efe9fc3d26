"""/technician/round/…: what a collector's phone keeps and sends, and handing cash over."""

import json
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fieldservice.rounds.forms.hand_over import HandOverForm
from fieldservice.rounds.models import RoundReceipt
from fieldservice.rounds.queries import rounds
from fieldservice.rounds.rules import numbers
from fieldservice.rounds.services import receipts
from fieldservice.rounds.services.receipts import Taken
from fieldservice.rounds.views.words import FLAGS
from ispbill.accounts import responses
from ispbill.accounts.access import may, technician_only
from ispbill.accounts.http import Request
from ispbill.accounts.models import User
from ispbill.core import clock, formats, rls
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.models import Company
from ispbill.core.money import parse_number
from payments.desk.queries import tills
from payments.desk.services import handovers

MOST_CHARACTERS = 10_000


@technician_only
@require_safe
def day(request: Request) -> JsonResponse:
    """The doors of today with what each owes, and the cash in the collector's pocket."""
    _refuse(request)
    with rls.as_house():
        company = Company.current()
        said = {
            "stops": rounds.stops(request.user),
            "company": company.name,
            "style": asdict(formats.defaults().style),
            "collector": request.user.name,
            **rounds.pocket(request.user),
        }
    return JsonResponse(said)


@technician_only
@require_POST
def device(request: Request) -> JsonResponse:
    """Give this phone the code its receipts begin with."""
    _refuse(request)
    with rls.as_house():
        made = receipts.register_device(act=Act.now(request.user))
    return JsonResponse({"code": made.code})


@technician_only
@require_POST
def receive(request: Request) -> JsonResponse:
    """Take in one payment; 404 where the phone or the customer is not this collector's."""
    _refuse(request)
    with rls.as_house():
        try:
            code, taken = _read(request)
        except (ValueError, KeyError, TypeError, ArithmeticError):
            return JsonResponse({"why": "unreadable"}, status=400)
        phone = rounds.device(request.user, code)
        if phone is None:
            raise Http404
        try:
            row = receipts.take_in(device=phone, taken=taken, act=Act.now(request.user))
        except DomainError as refusal:
            return JsonResponse({"why": str(refusal)}, status=422)
        differs = row.state == RoundReceipt.State.DIFFERS
        return JsonResponse(_answer(row), status=409 if differs else 200)


@technician_only
@require_http_methods(["GET", "POST"])
def hand_over(request: Request) -> HttpResponse:
    """Say how much cash goes to whom; it is theirs once they have counted it."""
    _refuse(request)
    with rls.as_house():
        shift = tills.open_of(request.user)
        held = shift.held_amount if shift else Decimal(0)
        form = HandOverForm(request.POST or None, user=request.user, initial={"amount": held})
        if request.method == "POST" and shift is not None and form.is_valid():
            values = form.cleaned_data
            with responses.refusals_in(form):
                handovers.offer(
                    shift=shift,
                    to_person=values["to_person"],
                    amount=values["amount"],
                    note="",
                    act=Act.now(request.user),
                )
                messages.success(request, _("Offered. It is theirs once they have counted it."))
                return HttpResponseRedirect(reverse("technician:round"))
        context = {"form": form, "held": held, "pocket": rounds.pocket(request.user)}
        status = 422 if form.errors else 200
        return render(request, "fieldservice/rounds/hand_over.html", context, status=status)


def _refuse(request: Request) -> None:
    if not may(request.user, "payments.take"):
        raise PermissionDenied


def _read(request: Request) -> tuple[str, Taken]:
    """Return the device's code and the payment. Raises ValueError, KeyError, Http404."""
    text = request.POST.get("action", "")
    if len(text) > MOST_CHARACTERS:
        raise ValueError
    said: dict[str, Any] = json.loads(text)
    return read_payment(request.user, said, sent_at=_moment(request.POST.get("sent_at", "")))


def read_payment(user: User, said: dict[str, Any], *, sent_at: datetime) -> tuple[str, Taken]:
    """Return the device's code and the payment a phone describes. Raises ValueError, Http404."""
    payload = said["payload"]
    number = str(payload["number"])
    code, _counter = numbers.read(number)
    customer = rounds.payable_by(user).filter(number=str(payload["customer"])).first()
    if customer is None:
        raise Http404
    return code, Taken(
        number=number,
        customer=customer,
        amount=parse_number(str(payload["amount"])),
        client_at=_moment(said["client_at"]),
        sent_at=sent_at,
        void_reason=str(payload.get("void_reason", ""))[:200],
    )


def _answer(row: RoundReceipt) -> dict[str, Any]:
    """Return what the phone shows: the receipt, what became credit, what is still owed."""
    balance = row.customer.account_state.balance_amount
    payment = row.payment
    return {
        "state": row.state,
        "why": "" if row.state != RoundReceipt.State.DIFFERS else str(FLAGS["differs"]),
        "receipt": payment.receipt_number if payment else "",
        "taken": row.taken_at.astimezone(clock.zone()).strftime("%Y-%m-%d %H:%M"),
        "credit": f"{min(-balance, row.amount):.2f}" if balance < 0 else "",
        "balance": f"{max(balance, Decimal(0)):.2f}",
        "flags": [str(FLAGS[flag]) for flag in row.flags],
    }


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError
    return found
