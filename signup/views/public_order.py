"""/signup/<word>: where an order stands, for whoever holds the link."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from ispbill.accounts.access import public
from ispbill.core import clock, phones
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from signup.models import Order
from signup.queries import orders as queries
from signup.rules import lifecycle
from signup.services import waiting
from signup.views.public import missing_step

_RUNGS = (
    lifecycle.SUBMITTED,
    lifecycle.ACCEPTED,
    lifecycle.SCHEDULED,
    lifecycle.INSTALLED,
    lifecycle.ACTIVE,
)


@public
@never_cache
@require_safe
def order(request: HttpRequest, word: str) -> HttpResponse:
    """P-05: the steps of an order and the one it is at; no papers, and no more than was typed."""
    found = _found(word)
    if found.is_draft:
        return redirect("public_signup:step", word=word, name=missing_step(found))
    return _page(request, found, word)


@public
@never_cache
@require_http_methods(["POST"])
def take_up(request: HttpRequest, word: str) -> HttpResponse:
    """Somebody from the waiting list wants the line after all."""
    found = _found(word)
    if found.invited_at is None:
        raise Http404
    try:
        waiting.take_up(order=found, act=Act.now(None, reason="invited from the waiting list"))
    except DomainError:  # it moved meanwhile: its page says where to
        return redirect("public_signup:order", word=word)
    return redirect("public_signup:order", word=word)


def _found(word: str) -> Order:
    found = queries.by_word(word)
    if found is None:
        raise Http404
    return found


def _page(request: HttpRequest, order: Order, word: str) -> HttpResponse:
    state = lifecycle.SUBMITTED if order.state == lifecycle.SURVEY else order.state
    at = _RUNGS.index(state) if state in _RUNGS else -1
    words = {
        lifecycle.SUBMITTED: _("We look at your order and call you"),
        lifecycle.ACCEPTED: _("Accepted: we are looking for a time"),
        lifecycle.SCHEDULED: _("The technician's visit is planned"),
        lifecycle.INSTALLED: _("The line is in"),
        lifecycle.ACTIVE: _("In use"),
    }
    job = order.work_order
    context = {
        "order": order,
        "word": word,
        "masked": phones.mask(order.phone),
        "rungs": [
            {"label": words[rung], "is_done": place < at, "is_current": place == at}
            for place, rung in enumerate(_RUNGS)
        ],
        "is_on_ladder": at >= 0,
        "job": job if job is not None and order.state == lifecycle.SCHEDULED else None,
        "may_take_up": order.state == lifecycle.WAITING and order.invited_at is not None,
        "price_holds": bool(order.price_until and order.price_until >= clock.today()),
    }
    response = render(request, "signup/public/order.html", context)
    response["Referrer-Policy"] = "same-origin"  # with none, a browser posts without an origin
    response["X-Robots-Tag"] = "noindex"
    return response
