"""Give each request an id that logs, audit rows and error pages share."""

import re
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

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
