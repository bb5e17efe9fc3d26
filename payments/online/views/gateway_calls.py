"""The addresses gateways call: notices server to server, and customers' browsers coming back.

A return is a cross-site POST: it has no session and no CSRF token, and needs neither, for nothing
in it is believed. It is kept, and the browser is sent on with 303 to a page of ours.

An address may call so often that no gateway and no carrier comes near it. What is over that is not
kept, and nothing is lost by it: the gateway is asked about every attempt that stays open anyway.
"""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from ispbill.accounts.access import gateway_only
from ispbill.accounts.http import client_ip
from ispbill.accounts.services import throttle
from ispbill.core import clock
from payments.online.models import GatewayAccount, GatewayCallback
from payments.online.services import inbox, other_orders

LARGEST = 65_536  # bytes; a notice has about four thousand
# In fifteen minutes (`throttle.WINDOW`) from one address: gateways send from a few, and thousands
# of customers share a carrier's.
MOST_NOTICES = 60_000
MOST_RETURNS = 6_000
CLAIMS = {"success", "fail", "cancel", "return"}


@csrf_exempt
@gateway_only
@never_cache
@require_POST
def notice(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep a notice and say 200: whatever it holds, the gateway need not send it again."""
    account = get_object_or_404(GatewayAccount, slug=slug)
    if _length(request) > LARGEST:
        return HttpResponse("too large", status=413, content_type="text/plain")
    try:
        _count(request, "notice", MOST_NOTICES)
    except throttle.TooManyTries as refusal:
        return HttpResponse(
            "too often",
            status=429,
            content_type="text/plain",
            headers={"Retry-After": str(refusal.wait_seconds)},
        )
    inbox.keep(
        account=account,
        kind=GatewayCallback.Kind.NOTICE,
        claim="ipn",
        fields=_fields(request),
        ip=client_ip(request) or None,
        at=clock.now(),
    )
    return HttpResponse("OK", content_type="text/plain")


@csrf_exempt
@gateway_only
@never_cache
@require_http_methods(["GET", "POST"])
def came_back(request: HttpRequest, slug: str, claim: str) -> HttpResponse:
    """Keep what the browser brings and show our own page of the attempt, whatever it claims."""
    account = get_object_or_404(GatewayAccount, slug=slug)
    if claim not in CLAIMS or _length(request) > LARGEST:
        raise Http404
    try:
        _count(request, "return", MOST_RETURNS)
    except throttle.TooManyTries:
        order = inbox.order_of(account=account, claim=claim, fields=_fields(request))
        return _sent_on(order)
    row = inbox.keep(
        account=account,
        kind=GatewayCallback.Kind.RETURN,
        claim=claim,
        fields=_fields(request),
        ip=client_ip(request) or None,
        at=clock.now(),
    )
    if row.attempt is None and (page := other_orders.page_of(account, row.order)):
        return HttpResponseRedirect(page, status=303)
    return _sent_on(row.attempt.order if row.attempt is not None else "")


def _sent_on(order: str) -> HttpResponse:
    response = redirect("public_payments:attempt", order=order) if order else redirect("public:pay")
    response.status_code = 303
    return response


def _count(request: HttpRequest, kind: str, most: int) -> None:
    address = throttle.network(client_ip(request))
    throttle.count_in([(f"gateway:{kind}:{address}", most)])


def _fields(request: HttpRequest) -> dict[str, Any]:
    """Return the fields of query and form; a name that came twice keeps all its values."""
    found: dict[str, Any] = {}
    for data in (request.GET, request.POST):
        for name, values in data.lists():
            before = found.get(name, [])
            both = [*(before if isinstance(before, list) else [before]), *values]
            found[name] = both[0] if len(both) == 1 else both
    return found


def _length(request: HttpRequest) -> int:
    text = request.headers.get("Content-Length") or "0"  # some servers say "" where there is none
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else LARGEST + 1
