"""What a thing looks like now, as a tag: not sent again when it is known, not overwritten unseen.

RFC 9110, 8.8.3 (ETag), 13.1.1 (If-Match), 13.1.2 (If-None-Match).
"""

import hashlib
import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from ispbill.api.views.problems import Problem


def of(values: Any) -> str:
    """Return the tag of an answer, in quotes."""
    told = json.dumps(values, sort_keys=True, default=str)
    return f'"{hashlib.sha256(told.encode()).hexdigest()[:32]}"'


def shown(request: HttpRequest, values: dict[str, Any]) -> dict[str, Any]:
    """Note the tag of a single thing that is about to be told, and return it."""
    request.tag = of(values)  # type: ignore[attr-defined]
    return values


def check(request: HttpRequest, values: dict[str, Any]) -> None:
    """Go on only when the caller has seen `values`: what is there now. Raises Problem 428, 412."""
    given = request.headers.get("If-Match", "").strip()
    if not given:
        raise Problem(428, "if_match_missing", _("Send If-Match with the ETag you have read."))
    if given != "*" and of(values) not in _listed(given):
        raise Problem(412, "stale", _("This was changed meanwhile. Read it again."))


def sent(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Put the tag on what is read; say 304 to whoever has it already."""
    if response.status_code != 200 or not isinstance(response, HttpResponse):
        return response
    if request.method != "GET":
        if hasattr(request, "tag"):
            response["ETag"] = request.tag
        return response
    own = getattr(request, "tag", "") or f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    if own in _listed(request.headers.get("If-None-Match", "")):
        response = HttpResponse(status=304)
    response["ETag"] = own
    return response


def _listed(header: str) -> list[str]:
    return [one.strip().removeprefix("W/") for one in header.split(",")]
