"""A-14: online payments, what gateways said about them, and deciding about held money."""

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ispbill.accounts import responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.accounts.responses import Foretold
from ispbill.audit.forms import ReasonForm
from ispbill.core import chips, clock, paging
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from payments.online.forms.online import FindAttempts
from payments.online.models import PaymentAttempt
from payments.online.queries import checkouts, refundable
from payments.online.rules import notice_fields
from payments.online.services import giving_back, reconciling, refund_totals, review
from payments.online.views import checkout_effects
from payments.online.views.checkout_effects import Change

MOST_MESSAGES = 50


@require_GET
@staff_only("payments.view")
def index(request: Request) -> HttpResponse:
    """List payment attempts, newest first, or (`?state=NOTICE`) messages that were not believed."""
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
        "rows": rows,
        "following": following,
        "state": state,
        "text": text,
        "list_template": "payments/online/staff/checkouts/_rows.html",
    }
    return _list(request, context)


@require_GET
@staff_only("payments.view")
def detail(request: Request, order: str) -> HttpResponse:
    """One attempt: what was asked, what is known, every message about it, and what can be done."""
    attempt = attempt_of(request, order)
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
        "sendable": refundable.sendable(attempt) if may(request.user, "payments.refund") else 0,
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
    return render(request, "payments/online/staff/checkouts/detail.html", context)


@require_POST
@staff_only("payments.take")
def ask(request: Request, order: str) -> HttpResponse:
    """Ask the gateway now."""
    attempt = attempt_of(request, order)
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
    attempt = attempt_of(request, order)
    with responses.refusals_told(request):
        review.look(attempt=attempt, act=Act.now(request.user))
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


def _views() -> list[tuple[str, str]]:
    return [
        ("", _("All")),
        ("REVIEW", _("To be decided")),
        ("LOOK", _("To be looked at")),
        ("NOTICE", _("Notices not believed")),
    ]


def _notices(request: Request, text: str) -> HttpResponse:
    rows, following = checkouts.not_believed(
        checkouts.notices_visible_to(request.user), text=text, before=request.GET.get("before", "")
    )
    context = {
        "notices": [(row, notice_fields.shown(row.fields)) for row in rows],
        "following": following,
        "state": "NOTICE",
        "text": text,
        "list_template": "payments/online/staff/checkouts/_notices.html",
    }
    return _list(request, context)


def _list(request: Request, context: dict[str, Any]) -> HttpResponse:
    form = FindAttempts(request.GET)
    context |= {
        "tabs": paging.tabs(request.GET, "state", _views()),
        "form": form,
        "chips": chips.of(form, request.GET),
        "is_swap": responses.is_fragment(request, "list"),
    }
    return responses.region(
        request,
        context,
        target="list",
        part=context["list_template"],
        page="payments/online/staff/checkouts/index.html",
    )


def _decide(
    request: Request,
    order: str,
    verb: Callable[..., PaymentAttempt],
    foretell: Callable[[PaymentAttempt], tuple[list[str], list[Change]]],
    heading: str,
    *,
    is_danger: bool,
) -> HttpResponse:
    attempt = attempt_of(request, order)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        with responses.refusals_in(form):
            verb(attempt=attempt, act=Act.now(request.user, reason=form.cleaned_data["reason"]))
            return responses.go(request, address(order), _("Decided."))
    foretold = Foretold()
    if attempt.state in (*PaymentAttempt.UNDECIDED, PaymentAttempt.State.REFUSED):
        try:
            foretold = Foretold(*foretell(attempt))
        except DomainError as refusal:
            foretold = Foretold(warning=str(refusal))
    return responses.foretelling(
        request,
        form,
        foretold,
        heading=heading,
        label=heading,
        danger=is_danger,
        back=address(order),
    )


def attempt_of(request: Request, order: str) -> PaymentAttempt:
    """Return an attempt in reach by our order number; somebody else's is not found."""
    attempts = checkouts.visible_to(request.user).select_related(
        "customer", "account", "payment", "reviewed_by", "looked_by", "first"
    )
    return get_object_or_404(attempts, order=order)


def address(order: str) -> str:
    """Return the address of an attempt's page."""
    return reverse("staff_payments:checkout", args=[order])
