"""The addresses providers call: what became of messages, and people's answers.

No session and no CSRF token: what counts is the signature, and without one nothing is read. Meta
asks once, by GET, whether the address is ours.
"""

import hmac
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from ispbill.accounts.access import gateway_only
from ispbill.accounts.http import client_ip
from ispbill.accounts.services import throttle
from ispbill.core import clock
from ispbill.notifications.models import MessageProvider
from ispbill.notifications.services import hearing, reports

LARGEST = 262_144  # bytes; Meta puts many reports into one call
MOST = 120_000  # calls in fifteen minutes (`throttle.WINDOW`) from one address


@csrf_exempt
@gateway_only
@never_cache
@require_http_methods(["GET", "POST"])
def heard(request: HttpRequest, kind: str) -> HttpResponse:
    """Take what a provider tells, once its signature is right; 403 otherwise."""
    account = get_object_or_404(MessageProvider, kind=kind.upper())
    try:
        throttle.count_in([(f"messages:{throttle.network(client_ip(request))}", MOST)])
    except throttle.TooManyTries as refusal:
        wait = {"Retry-After": str(refusal.wait_seconds)}
        return _plain("too often", status=429, headers=wait)
    if request.method == "GET":
        return _confirmed(request, account)
    if len(request.body) > LARGEST:
        return _plain("too large", status=413)
    at = clock.now()
    told = hearing.understood(
        account, path=request.get_full_path(), headers=request.headers, raw=request.body, at=at
    )
    if told is None:
        return _plain("the signature is wrong", status=403)
    reports.take(account.kind.lower(), told, at=at)
    return _plain("OK")


def _confirmed(request: HttpRequest, account: MessageProvider) -> HttpResponse:
    """Repeat Meta's challenge when it knows the word we agreed on."""
    given = request.GET.get("hub.verify_token", "")
    word = hearing.verify_word(account)
    if not word or not hmac.compare_digest(word.encode(), given.encode()):
        return _plain("the word is wrong", status=403)
    return _plain(request.GET.get("hub.challenge", "")[:200])


def _plain(text: str, **how: Any) -> HttpResponse:
    return HttpResponse(text, content_type="text/plain; charset=utf-8", **how)
