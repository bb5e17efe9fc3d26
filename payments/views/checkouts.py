"""A-14: online payments, what gateways said about them, and deciding about held money."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRedirect

from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.audit.forms import ReasonForm
from ispbill.core import clock
from ispbill.core.errors import DomainError
from payments.forms.online import SendBack
from payments.models import PaymentAttempt
from payments.queries import checkouts
from payments.services import refunds
from payments.services.gateways import reconciling, review

MOST_MESSAGES = 50


@require_GET
@vary_on_headers("HX-Request")
@staff_only("payments.view")
def index(request: Request) -> HttpResponse:
    """List tries to pay, newest first."""
    state, text = request.GET.get("state", ""), request.GET.get("q", "")
    rows, following = checkouts.listed(
        checkouts.visible_to(request.user),
        state=state,
        text=text,
        before=request.GET.get("before", ""),
    )
    context = {
        "rows": rows, "following": following, "state": state, "text": text,
        "states": [("REVIEW", _("To be decided")), *PaymentAttempt.State.choices],
    }  # fmt: skip
    name = "_rows" if request.htmx and request.htmx.target == "list" else "index"
    return render(request, f"payments/staff/checkouts/{name}.html", context)


@require_GET
@staff_only("payments.view")
def detail(request: Request, order: str) -> HttpResponse:
    """One try: what was asked, what is known, every message about it, and what can be done."""
    attempt = _attempt(request, order)
    can_decide = attempt.state in PaymentAttempt.UNDECIDED and may(request.user, "payments.reverse")
    context = {
        "attempt": attempt,
        "callbacks": attempt.callbacks.order_by("-pk")[:MOST_MESSAGES],
        "refunds": attempt.refunds.select_related("refund").order_by("-pk"),
        "sendable": refunds.sendable(attempt) if may(request.user, "payments.refund") else 0,
        "can_decide": can_decide,
        "can_ask": attempt.state not in (*PaymentAttempt.UNDECIDED, "REVERSED")
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


@require_http_methods(["GET", "POST"])
@staff_only("payments.reverse")
def accept(request: Request, order: str) -> HttpResponse:
    """Credit money that was held."""
    return _decide(request, order, review.accept, _("Credit what was paid"), is_danger=False)


@require_http_methods(["GET", "POST"])
@staff_only("payments.reverse")
def refuse(request: Request, order: str) -> HttpResponse:
    """Close a held one without credit."""
    return _decide(request, order, review.refuse, _("Do not credit"), is_danger=True)


@require_http_methods(["GET", "POST"])
@staff_only("payments.refund")
def send_back(request: Request, order: str) -> HttpResponse:
    """Send money back the way it came; above the limit somebody else approves first."""
    attempt = _attempt(request, order)
    credit = min(refunds.sendable(attempt), refunds.available(attempt.customer_id))
    form = SendBack(request.POST or None, initial={"amount": credit})
    if attempt.payment is not None and form.is_valid():
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
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            said = (
                _("It waits for a second person.")
                if done.approval is not None
                else _("It is on its way.")
            )
            messages.success(request, said)
            return _leave(request, order)
    context = {
        "form": form, "heading": _("Send money back"), "form_action": request.path,
        "confirm_label": _("Send back"), "danger": True,
        "back_url": reverse("staff_payments:checkout", args=[order]),
    }  # fmt: skip
    return render(
        request, "payments/staff/dialog.html", context, status=422 if form.errors else 200
    )


def _decide(
    request: Request,
    order: str,
    verb: Callable[..., PaymentAttempt],
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
    context = {
        "form": form, "heading": heading, "form_action": request.path, "confirm_label": heading,
        "danger": is_danger, "back_url": reverse("staff_payments:checkout", args=[order]),
    }  # fmt: skip
    return render(
        request, "payments/staff/dialog.html", context, status=422 if form.errors else 200
    )


def _leave(request: Request, order: str) -> HttpResponse:
    address = reverse("staff_payments:checkout", args=[order])
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)


def _attempt(request: Request, order: str) -> PaymentAttempt:
    attempts = checkouts.visible_to(request.user).select_related(
        "customer", "account", "payment", "reviewed_by"
    )
    return get_object_or_404(attempts, order=order)
