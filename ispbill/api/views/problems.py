"""Refusals as `application/problem+json` (RFC 9457), in the order the rules give."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _

from ispbill import logs
from ispbill.core.errors import DomainError

TYPE = "/api/docs/problems#"
NOT_ALLOWED = 405
_TITLES = {
    308: "Moved for ever",
    400: "Bad request",
    401: "Not signed in",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    412: "Out of date",
    415: "Not JSON",
    422: "Cannot be processed",
    428: "Precondition required",
    429: "Too many calls",
    500: "Our mistake",
}


class Problem(Exception):
    """A refusal with its status and code; `detail` is for people."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str = "",
        *,
        errors: Sequence[dict[str, str]] = (),
        headers: dict[str, str] | None = None,
        more: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(code)
        self.status, self.code, self.detail = status, code, detail
        self.errors, self.headers, self.more = list(errors), headers or {}, more or {}


def answer(_request: HttpRequest, problem: Problem) -> JsonResponse:
    """Write a problem as JSON."""
    told = {
        "type": TYPE + problem.code,
        "title": _TITLES.get(problem.status, "Problem"),
        "status": problem.status,
        "detail": problem.detail or _TITLES.get(problem.status, ""),
        "code": problem.code,
        "request_id": logs.request_id.get() or None,
        "errors": problem.errors,
        **problem.more,
    }
    response = JsonResponse(told, status=problem.status, content_type="application/problem+json")
    for name, value in problem.headers.items():
        response[name] = value
    return response


def unauthenticated() -> Problem:
    """Return the one answer to a token that is missing, wrong, revoked or expired."""
    return Problem(
        401,
        "unauthenticated",
        _("Sign in, or send a token."),
        headers={"WWW-Authenticate": "Bearer"},
    )


def moved(path: str, query: str) -> Problem:
    """Return where an account is found that became a part of another."""
    address = f"{path}?{query}" if query else path
    return Problem(
        308, "moved", _("This account became a part of another."), headers={"Location": address}
    )


def missing() -> Problem:
    return Problem(404, "not_found", _("There is nothing here for you."))


def refused(error: DomainError) -> Problem:
    """Return what a service refused, in its own words."""
    return Problem(409, "refused", str(error))


def invalid(errors: Sequence[dict[str, Any]]) -> Problem:
    """Return what of body or query could not be read, by pointer."""
    told = [
        {
            "pointer": "/" + "/".join(str(part) for part in one.get("loc", ())),
            "code": str(one.get("type", "invalid")),
            "message": str(one.get("msg", "")),
        }
        for one in errors
    ]
    return Problem(422, "invalid", _("Some fields cannot be read."), errors=told)
