"""Give each request an id that logs, audit rows and error pages share; say what pages may load."""

import re
import uuid
from collections.abc import Callable

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from ispbill import logs

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
