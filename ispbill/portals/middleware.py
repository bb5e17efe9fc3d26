"""Probes and the speed test are answered before anything else: the ones must speak when the
database does not, the other measures the line and not our sessions."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from ispbill.portals.views import health
from network.speedtest.views import measuring

_PROBES: dict[str, Callable[[HttpRequest], HttpResponseBase]] = {
    "/livez": health.livez,
    "/healthz": health.livez,
    "/readyz": health.readyz,
    "/speed/garbage/": measuring.download,
    "/speed/empty/": measuring.empty,
    "/speed/ip/": measuring.address,
}


class Probes:
    """Answer these without session, language or company."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        probe = _PROBES.get(request.path)
        return probe(request) if probe is not None else self.get_response(request)
