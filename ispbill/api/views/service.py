"""The API as one Django-Ninja application: its operations, its refusals, its document."""

from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from ispbill.api.views import admin_money, changes, dashboard, figures, problems, tags
from ispbill.api.views.problems import Problem
from ispbill.core.errors import DomainError
from ispbill.core.money import AmountRefused

api = NinjaAPI(
    title="ispbill",
    version="1",
    description="Customers' dashboard and the office's work, by token. See /api/docs/.",
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
)
api.add_router("/dashboard", dashboard.router)
api.add_router("/admin", changes.router)  # what reads, and what changes it
api.add_router("/admin", admin_money.router)
api.add_router("/admin", figures.router)


@api.exception_handler(Problem)
def _problem(request: HttpRequest, error: Problem) -> HttpResponse:
    return problems.answer(request, error)


@api.exception_handler(AuthenticationError)
def _stranger(request: HttpRequest, _error: Exception) -> HttpResponse:
    return problems.answer(request, problems.unauthenticated())


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return problems.answer(request, problems.invalid(error.errors))


@api.exception_handler(Http404)
def _missing(request: HttpRequest, _error: Exception) -> HttpResponse:
    return problems.answer(request, problems.missing())


@api.exception_handler(PermissionDenied)
def _denied(request: HttpRequest, _error: Exception) -> HttpResponse:
    return problems.answer(request, Problem(403, "insufficient_scope", _("Not for your role.")))


@api.exception_handler(DomainError)
def _refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    return problems.answer(request, problems.refused(error))


@api.exception_handler(AmountRefused)
def _amount(request: HttpRequest, error: AmountRefused) -> HttpResponse:
    return problems.answer(request, Problem(422, "invalid", str(error)))


@api.exception_handler(HttpError)
def _unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problems.answer(request, Problem(error.status_code, "unreadable", str(error)))


def patterns() -> list[URLPattern]:
    """Return the addresses of the API, each marked with whose it is and with its headers."""
    found = [one for one in api.urls[0] if isinstance(one, URLPattern) and one.name != "api-root"]
    return [
        path(
            str(one.pattern),
            _finished(one.callback, str(one.pattern)),
            # "admin-invoice": both audiences have a bill.
            name=f"{str(one.pattern).partition('/')[0]}-{one.name}",
        )
        for one in found
    ]


@cache
def told() -> dict[str, Any]:
    """Return the OpenAPI document: made when first asked for, and the same ever after."""
    return api.get_openapi_schema(path_prefix="/api/")


@cache
def _queries(pattern: str) -> dict[str, set[str]]:
    """Return the query's names an address knows, by method."""
    plain = "/api/" + pattern.replace("<", "{").replace(">", "}")
    return {
        method.upper(): {
            one["name"] for one in operation.get("parameters", []) if one["in"] == "query"
        }
        for method, operation in told()["paths"][plain].items()
    }


def _finished(
    view: Callable[..., HttpResponseBase], pattern: str
) -> Callable[..., HttpResponseBase]:
    @wraps(view)
    def finished(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        names = _queries(pattern).get(request.method or "", set())
        request.unknown = sorted(set(request.GET) - names)  # type: ignore[attr-defined]
        if any("\x00" in str(value) for value in kwargs.values()):  # no number has one
            return problems.answer(request, problems.missing())
        response = view(request, *args, **kwargs)
        if response.status_code == problems.NOT_ALLOWED:
            allowed = response.headers.get("Allow", "")
            response = problems.answer(request, Problem(405, "not_allowed"))
            response["Allow"] = allowed
        response = tags.sent(request, response)
        rate = getattr(request, "rate", None)
        if rate is not None:
            response["RateLimit-Policy"] = f'"default";q={rate[0]};w=60'
            response["RateLimit"] = f'"default";r={rate[1]};t=60'
        response["Cache-Control"] = "private, no-store"
        return response

    finished.audience = "api"  # type: ignore[attr-defined]
    finished.capability = ""  # type: ignore[attr-defined]
    # Of a portal's session the doors check it; a token cannot be sent by somebody else's page.
    finished.csrf_exempt = True  # type: ignore[attr-defined]
    return finished
