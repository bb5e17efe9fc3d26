"""What every request gets: an id that logs, audit rows and error pages share, a policy of what
pages may load, and an honest answer when rows were locked for too long.
"""

import logging
import re
import time
import uuid
from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from django.conf import settings
from django.db import DatabaseError, OperationalError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.utils.translation import gettext as _

from ispbill import logs
from ispbill.core import crypto, metering, restored

log = logging.getLogger(__name__)
access = logging.getLogger("ispbill.access")

# Waited too long for a lock, chosen to end a deadlock, crossed by another (PostgreSQL, appendix A).
_BUSY = {"55P03", "40P01", "40001"}
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_NUL = "\x00"
_ACCEPTED = re.compile(r"^[A-Za-z0-9-]{8,64}$")


class RequestId:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-Id", "")
        request_id = given if _ACCEPTED.match(given) else uuid.uuid4().hex
        token = logs.request_id.set(request_id)
        request.request_id = request_id  # type: ignore[attr-defined]
        try:
            response = self.get_response(request)
        finally:
            logs.request_id.reset(token)
        response["X-Request-Id"] = request_id
        return response


class AccessLog:
    """One line a request: which page by its name, how it ended, how long it took.

    Never the address itself: links to pay, to a receipt or to sign in open doors for whoever holds
    them, and what was searched for is often a phone number (operations-rules 8).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = self.get_response(request)
        seconds = time.perf_counter() - began
        milliseconds = round(seconds * 1000)
        self._count(request, response, seconds)
        level = logging.DEBUG if request.path in logs.PROBES else logging.INFO
        access.log(
            level,
            "request",
            extra={
                "actor": getattr(request, "actor_label", "-"),
                "method": request.method,
                "view": logs.page_of(request),
                "status": response.status_code,
                "ms": milliseconds,
            },
        )
        return response

    def _count(self, request: HttpRequest, response: HttpResponse, seconds: float) -> None:
        if request.path in logs.PROBES:  # not worth counting, but a good moment to hand sums over
            metering.flush_if_due()
            return
        match = request.resolver_match
        view = match.view_name if match else "unknown"
        method = request.method if request.method in _METHODS else "other"
        metering.count(
            "http_requests_total", view=view, method=method or "", status=str(response.status_code)
        )
        metering.observe("http_request_seconds", seconds, view=view)


class CompressedPages(GZipMiddleware):
    """Send pages, fragments and tables of text compressed; what is packed already goes as it is.

    An answer that shows a secret beside what a stranger chose can be guessed from its length
    (BREACH). Here no session comes along with a stranger's request (SameSite), the form token is
    masked anew for each answer, and Django adds up to a hundred random bytes (docs/adr/0046).
    """

    _KINDS = ("text/", "application/json", "application/manifest+json", "image/svg+xml")

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Compress what is text, for browsers that take it so."""
        if not response.headers.get("Content-Type", "").startswith(self._KINDS):
            return response
        return super().process_response(request, response)


class PermissionsPolicy:
    """Say what pages may ask a browser for: nothing but, in the field, camera, place, printer."""

    _NOBODY = (
        "accelerometer=(), autoplay=(), browsing-topics=(), display-capture=(), gyroscope=(), "
        "hid=(), magnetometer=(), microphone=(), midi=(), payment=(), screen-wake-lock=(), "
        "serial=()"
    )
    _OFFICE = f"{_NOBODY}, camera=(), geolocation=(), usb=()"
    _FIELD = f"{_NOBODY}, camera=(self), geolocation=(self), usb=(self)"

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        in_the_field = request.path.startswith("/technician/")
        response.headers.setdefault(
            "Permissions-Policy", self._FIELD if in_the_field else self._OFFICE
        )
        return response


class ContentPolicy(CSPMiddleware):
    """The Content-Security-Policy of django-csp; the usual one is put together once, not each time.

    A page that asked for a nonce, or has a policy of its own, gets it made as ever.
    """

    _usual: tuple[object, str] | None = None

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Write the header."""
        if settings.DEBUG or _is_special(request, response):
            return super().process_response(request, response)
        rules = settings.CONTENT_SECURITY_POLICY
        if self._usual is None or self._usual[0] is not rules:
            response = super().process_response(request, response)
            self._usual = (rules, response.headers[HEADER])
        response.headers[HEADER] = self._usual[1]
        return response


def _is_special(request: HttpRequest, response: HttpResponseBase) -> bool:
    asked = getattr(request, "_csp_nonce", None) is not None
    return asked or HEADER in response or any(name.startswith("_csp") for name in vars(response))


class PlainText:
    """Take out of what is typed and of addresses the one character that PostgreSQL cannot keep.

    NUL is part of no text; whoever sends one is a scanner. What comes to addresses of gateways is
    evidence and stays as it came. Where one arrives on another way (a path, JSON), the answer is
    400 and not a fault.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "%00" in request.META.get("QUERY_STRING", ""):
            request.GET = _without_nul(request.GET)  # type: ignore[assignment]
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], *_arguments: object
    ) -> None:
        """Look at a form that was posted, once it is known to be one of ours."""
        if request.method != "POST" or getattr(view, "csrf_exempt", False):
            return
        if any(_NUL in text for name, texts in request.POST.lists() for text in (name, *texts)):
            request.POST = _without_nul(request.POST)  # type: ignore[assignment]

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer 400 for a NUL that reached the database; everything else goes its way."""
        if not isinstance(error, ValueError | DatabaseError) or "NUL (0x00)" not in str(error):
            return None
        return render(request, "unreadable.html", status=HTTPStatus.BAD_REQUEST)


def _without_nul(given: QueryDict) -> QueryDict:
    plain = QueryDict(mutable=True, encoding=given.encoding)
    for name, values in given.lists():
        plain.setlist(name.replace(_NUL, ""), [str(value).replace(_NUL, "") for value in values])
    plain._mutable = False
    return plain


class Sealed:
    """Say so when a page needs a sealed value that none of our keys opens: nothing is wrong with
    the page, and nobody can repair it there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer 409 for what cannot be opened; everything else goes its way."""
        if not isinstance(error, crypto.Unreadable):
            return None
        log.error("a sealed value could not be opened", extra={"detail": error.detail})
        response = render(request, "sealed.html", status=HTTPStatus.CONFLICT)
        response["X-Error-Message"] = quote(str(error))
        return response


class Busy:
    """Say "busy, try again" when somebody else held the same rows too long: nothing was changed.

    The transaction is undone by then; a form sent by htmx stays as it was filled in.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer 503 for a lock that did not come; everything else goes its way."""
        state = getattr(error.__cause__, "sqlstate", None)
        if not isinstance(error, OperationalError) or state not in _BUSY:
            return None
        log.warning("rows were locked for too long", extra={"sqlstate": state})
        response = render(request, "busy.html", status=HTTPStatus.SERVICE_UNAVAILABLE)
        said = _("Somebody else is working on the same account. Nothing was changed; try again.")
        response["X-Error-Message"] = quote(said)
        response["Retry-After"] = "5"
        return response


class Restored:
    """After a restore: staff sign in and read, gateways' messages are stored, all else waits.

    Portals and what the public may do answer 503, changes 409, until the house is released
    (`ispbill.core.restored`).
    """

    _CLOSED = {"customer", "reseller", "technician", "public"}
    _OPEN_ROOMS = {"accounts", "health"}
    _SAFE = {"GET", "HEAD", "OPTIONS"}

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], *_arguments: object
    ) -> HttpResponse | None:
        """Say what is closed, before the page is asked."""
        audience = getattr(view, "audience", "")
        room = request.resolver_match.namespace if request.resolver_match else ""
        if audience == "gateway" or room in self._OPEN_ROOMS or not restored.is_held():
            return None
        if audience in self._CLOSED:
            response = render(request, "restored.html", status=HTTPStatus.SERVICE_UNAVAILABLE)
            response["Retry-After"] = "600"
            return response
        if request.method in self._SAFE:
            return None
        said = _("Restored from a copy and not released yet: nothing can be changed.")
        response = render(request, "restored.html", status=HTTPStatus.CONFLICT)
        response["X-Error-Message"] = quote(said)
        return response
