"""/api/docs/: the API as a page anybody may read, and its OpenAPI document."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ispbill.accounts.access import public
from ispbill.api.views.service import told

_METHODS = ("get", "post", "patch", "put", "delete")


@public
@require_safe
def document(_request: HttpRequest) -> HttpResponse:
    """The OpenAPI document."""
    return JsonResponse(told())


@public
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every operation with what it takes and gives; drawn from the document, without a script."""
    operations = [
        _operation(path, method, methods[method])
        for path, methods in told()["paths"].items()
        for method in _METHODS
        if method in methods
    ]
    groups = [
        {"name": name, "operations": [one for one in operations if one["tag"] == name]}
        for name in ("dashboard", "admin")
    ]
    return render(request, "api/docs.html", {"groups": groups})


@public
@require_safe
def refusals(request: HttpRequest) -> HttpResponse:
    """What each code of a refusal means."""
    return render(request, "api/problems.html", {})


def _operation(path: str, method: str, told: dict[str, Any]) -> dict[str, Any]:
    body = told.get("requestBody", {}).get("content", {}).get("application/json", {})
    return {
        "tag": told.get("tags", [""])[0],
        "path": path,
        "method": method.upper(),
        "what": told.get("description") or told.get("summary", ""),
        "query": [one["name"] for one in told.get("parameters", []) if one["in"] == "query"],
        "body": body.get("schema", {}).get("$ref", "").rpartition("/")[2],
        "answers": sorted(told.get("responses", {})),
    }
