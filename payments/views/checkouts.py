"""A-14: online payments, what gateways said about them, and deciding about held money."""

import uuid
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRedirect

from billing.models import Approval
from billing.services import approvals
from billing.services.approvals import Outcome
from ispbill.accounts.access import demand_proof, may, staff_only
from ispbill.accounts.http import Request
from ispbill.audit.forms import ReasonForm
from ispbill.core import clock, formats
from ispbill.core.errors import DomainError
from payments.forms.online import SendBack, SentByHand
from payments.models import PaymentAttempt
from payments.queries import checkouts
from payments.rules import notice_fields
from payments.services import refunds
from payments.services.gateways import (
    giving_back,
    reconciling,
    refund_doubts,
    refund_totals,
    review,
)
from payments.views import answers, checkout_effects
from payments.views.checkout_effects import Change

MOST_MESSAGES = 50


@require_GET
@vary_on_headers("HX-Request")
@staff_only("payments.view")
def index(request: Request) -> HttpResponse:
    """List tries to pay, newest first, or (`?state=NOTICE`) messages that were not believed."""
    state, text = request.GET.get("state", ""), request.GET.get("q", "")
    if state == "NOTICE":
        return _notices(request, text)
    rows, following = checkouts.listed(
        checkouts.visible_to(request.user),
        state=state,
        text=text,
        before=request.GET.get("before", ""),
    )
    context = {
        "rows": rows, "following": following, "state": state, "text": text, "states": _states(),
        "list_template": "payments/staff/checkouts/_rows.html",
    }  # fmt: skip
    return _list(request, context)


@require_GET
@staff_only("payments.view")
def detail(request: Request, order: str) -> HttpResponse:
    """One try: what was asked, what is known, every message about it, and what can be done."""
    attempt = _attempt(request, order)
    is_here = giving_back.may_go(attempt)
    can_decide = attempt.state in PaymentAttempt.UNDECIDED and may(request.user, "payments.reverse")
    can_return = is_here and may(request.user, "payments.refund")
    context = {
        "attempt": attempt,
        "callbacks": attempt.callbacks.order_by("-pk")[:MOST_MESSAGES],
        "known_back": refund_totals.gone(attempt.refunds.all()),
        "further": attempt.further.order_by("pk"),
        "refunds": attempt.refunds.select_related("refund").order_by("-pk"),
        "can_refund": may(request.user, "payments.refund"),
        "sendable": refunds.sendable(attempt) if may(request.user, "payments.refund") else 0,
        "can_decide": can_decide,
        "can_credit": can_decide or (is_here and may(request.user, "payments.reverse")),
        "is_here": is_here,
        "can_return": can_return,
        "can_send": can_return and giving_back.can_send(attempt),
        "can_look": attempt.is_to_look_at and may(request.user, "payments.take"),
        "can_ask": attempt.state not in (*PaymentAttempt.UNDECIDED, "REVERSED", "REFUSED")
        and may(request.user, "payments.take"),
        "key": uuid.uuid4(),
    }
    return render(request, "payments/staff/checkouts/detail.html", context)


@require_POST
@staff_only("payments.take")
def ask(request: Request, order: str) -> HttpResponse:
    """Ask the gateway now."""
    attempt = _attempt(request, order)
    after = reconciling.ask(attempt, at=clock.now())
    if after is None:
        messages.error(request, _("The gateway does not answer. Nothing was changed."))
    elif after.state == attempt.state:
        messages.info(request, _("Asked: nothing new."))
    else:
        messages.success(
            request, _("Asked: it is now “%(state)s”.") % {"state": after.get_state_display()}
        )
    return redirect("staff_payments:checkout", order=order)


@require_POST
@staff_only("payments.take")
def look(request: Request, order: str) -> HttpResponse:
    """Note that an odd payment was looked at."""
    attempt = _attempt(request, order)
    try:
        review.look(attempt=attempt, actor=request.user, at=clock.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Noted."))
    return redirect("staff_payments:checkout", order=order)


@require_http_methods(["GET", "POST"])
@staff_only("payments.reverse")
def accept(request: Request, order: str) -> HttpResponse:
    """Credit money that was held, or that was refused and has not gone back."""
    verb = partial(review.accept, is_after_refusal=request.GET.get("after") == "refusal")
    effects = partial(checkout_effects.of_crediting, at=clock.now())
    return _decide(request, order, verb, effects, _("Credit what was paid"), is_danger=False)


@require_http_methods(["GET", "POST"])
@staff_only("payments.reverse")
def refuse(request: Request, order: str) -> HttpResponse:
    """Do not credit a held one: it is owed back."""
    effects = checkout_effects.of_refusing
    return _decide(request, order, review.refuse, effects, _("Do not credit"), is_danger=True)


@require_http_methods(["GET", "POST"])
@staff_only("payments.refund")
def give_back(request: Request, order: str) -> HttpResponse:
    """Send back what was not accepted, or say that it was sent back at the gateway's own pages."""
    attempt = _attempt(request, order)
    is_by_hand = request.GET.get("by") == "hand"
    form = SentByHand(request.POST or None) if is_by_hand else ReasonForm(request.POST or None)
    if form.is_valid():
        _prove_above_limit(request, attempt.owed_amount)
        at = clock.now()
        try:
            done = giving_back.send(
                attempt=attempt, reason=form.cleaned_data["reason"], on=clock.local_date(at),
                at=at, actor=request.user, by_hand=form.cleaned_data.get("reference"),
            )  # fmt: skip
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            return _gone(
                request, order, done, _("Noted.") if is_by_hand else _("It is on its way.")
            )
    heading = _("It was sent back by hand") if is_by_hand else _("Send money back")
    return answers.dialog(
        request, form, heading=heading, label=_("Note") if is_by_hand else _("Send back"),
        back=reverse("staff_payments:checkout", args=[order]), danger=True,
        effects=[
            _("%(amount)s goes back the way it came, and the customer is told.")
            % {"amount": formats.money(attempt.owed_amount)}
        ] if attempt.owed_amount is not None else [],
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only("payments.refund")
def decide_refund(request: Request, order: str, pk: int) -> HttpResponse:
    """Say of a refund whose answer was lost that it was sent (`?sent=1`), or send it again."""
    attempt = _attempt(request, order)
    refund = get_object_or_404(attempt.refunds, pk=pk, state="DOUBT")
    is_sent = request.GET.get("sent") == "1"
    form = SentByHand(request.POST or None) if is_sent else ReasonForm(request.POST or None)
    if form.is_valid():
        _prove_above_limit(request, refund.amount)
        common = {"reason": form.cleaned_data["reason"], "actor": request.user, "at": clock.now()}
        try:
            if is_sent:
                reference = form.cleaned_data["reference"]
                refund_doubts.was_sent(refund=refund, reference=reference, **common)
            else:
                refund_doubts.send_again(refund=refund, **common)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Noted.") if is_sent else _("It is on its way."))
            return _leave(request, order)
    amount = formats.money(refund.amount)
    effect = (
        _("%(amount)s is noted as paid back by the gateway.")
        if is_sent
        else _("%(amount)s is sent once more. Look at the gateway's own pages first: what goes out "
               "twice does not come back.")
    )  # fmt: skip
    label = _("It was sent") if is_sent else _("Send again")
    return answers.dialog(
        request, form, heading=label, label=label, danger=not is_sent,
        back=reverse("staff_payments:checkout", args=[order]),
        effects=[effect % {"amount": amount}],
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only("payments.refund")
def send_back(request: Request, order: str) -> HttpResponse:
    """Send money back the way it came; above the limit somebody else approves first."""
    attempt = _attempt(request, order)
    credit = min(refunds.sendable(attempt), refunds.available(attempt.customer_id))
    form = SendBack(request.POST or None, initial={"amount": credit})
    paid = checkouts.paid_bills(attempt)
    if not paid:
        del form.fields["is_released"]
    if attempt.payment is not None and form.is_valid():
        _prove_above_limit(request, form.cleaned_data["amount"])
        at = clock.now()
        try:
            done = refunds.refund(
                customer=attempt.customer,
                amount=form.cleaned_data["amount"],
                method=attempt.payment.method,
                reference=attempt.bank_reference,
                reason=form.cleaned_data["reason"],
                on=clock.local_date(at),
                at=at,
                actor=request.user,
                through=attempt,
                is_released=form.cleaned_data.get("is_released", False),
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            return _gone(request, order, done, _("It is on its way."))
    context = {
        "effects": [
            _("It has paid %(amount)s of %(bill)s.")
            % {"amount": formats.money(part.amount), "bill": part.invoice.number}
            for part in paid
        ],
        "form": form, "heading": _("Send money back"), "form_action": request.path,
        "confirm_label": _("Send back"), "danger": True,
        "back_url": reverse("staff_payments:checkout", args=[order]),
    }  # fmt: skip
    return render(
        request, "payments/staff/dialog.html", context, status=422 if form.errors else 200
    )


def _prove_above_limit(request: Request, amount: Decimal | None) -> None:
    if amount is not None and approvals.needs_second(Approval.Kind.REFUND, amount):
        demand_proof(request)


def _states() -> list[tuple[str, str]]:
    return [
        ("REVIEW", _("To be decided")), ("LOOK", _("To be looked at")),
        *((code, str(word)) for code, word in PaymentAttempt.State.choices),
        ("NOTICE", _("Notices not believed")),
    ]  # fmt: skip


def _notices(request: Request, text: str) -> HttpResponse:
    rows, following = checkouts.not_believed(
        checkouts.notices_visible_to(request.user), text=text,
        before=request.GET.get("before", ""),
    )  # fmt: skip
    context = {
        "notices": [(row, notice_fields.shown(row.fields)) for row in rows],
        "following": following, "state": "NOTICE", "text": text, "states": _states(),
        "list_template": "payments/staff/checkouts/_notices.html",
    }  # fmt: skip
    return _list(request, context)


def _list(request: Request, context: dict[str, Any]) -> HttpResponse:
    is_part = request.htmx and request.htmx.target == "list"
    name = context["list_template"] if is_part else "payments/staff/checkouts/index.html"
    return render(request, name, context)


def _decide(
    request: Request,
    order: str,
    verb: Callable[..., PaymentAttempt],
    foretell: Callable[[PaymentAttempt], tuple[list[str], list[Change]]],
    heading: str,
    *,
    is_danger: bool,
) -> HttpResponse:
    attempt = _attempt(request, order)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        try:
            verb(
                attempt=attempt,
                reason=form.cleaned_data["reason"],
                actor=request.user,
                at=clock.now(),
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Decided."))
            return _leave(request, order)
    warning, effects, changes = "", list[str](), list[Change]()
    if attempt.state in (*PaymentAttempt.UNDECIDED, PaymentAttempt.State.REFUSED):
        try:
            effects, changes = foretell(attempt)
        except DomainError as refusal:
            warning = str(refusal)
    context = {
        "effects": effects, "changes": changes, "warning": warning,
        "form": form, "heading": heading, "form_action": request.get_full_path(),
        "confirm_label": heading,
        "danger": is_danger, "back_url": reverse("staff_payments:checkout", args=[order]),
    }  # fmt: skip
    return render(
        request, "payments/staff/dialog.html", context, status=422 if form.errors else 200
    )


def _gone(request: Request, order: str, done: Outcome, said: str) -> HttpResponse:
    messages.success(request, said if done.approval is None else _("It waits for a second person."))
    return _leave(request, order)


def _leave(request: Request, order: str) -> HttpResponse:
    address = reverse("staff_payments:checkout", args=[order])
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)


def _attempt(request: Request, order: str) -> PaymentAttempt:
    attempts = checkouts.visible_to(request.user).select_related(
        "customer", "account", "payment", "reviewed_by", "looked_by", "first"
    )
    return get_object_or_404(attempts, order=order)
