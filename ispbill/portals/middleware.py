"""Probes are answered before anything else: they must speak when the database does not."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from ispbill.portals.views import health

_PROBES = {"/livez": health.livez, "/healthz": health.livez, "/readyz": health.readyz}


class Probes:
    """Answer /livez (/healthz) and /readyz without session, language or company."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        probe = _PROBES.get(request.path)
        return probe(request) if probe is not None else self.get_response(request)
