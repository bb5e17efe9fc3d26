"""/speed/…: what a test measures against, as the LibreSpeed protocol asks for it.

Called many times a second, without session, language and database: the pass in the address says
all. Answers are never compressed, kept or counted in a log by their address. On a host of its own
they may be read by the portal's pages (`cors`).
"""

import os
import time
from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from ispbill.accounts.access import public
from ispbill.accounts.http import client_ip
from network.speedtest.rules import chunks
from network.speedtest.services import passes
from network.speedtest.services.passes import Pass, Refused, Way

# Made once: bytes that nothing on the way can make smaller.
_NOISE = os.urandom(chunks.MEBIBYTE)
LONGEST_SECONDS = 30.0  # one answer, or one upload, however slowly it drips
LARGEST_UPLOAD = 64 * chunks.MEBIBYTE
_PIECE = 256 * 1024


@public
@require_safe
def download(request: HttpRequest) -> HttpResponseBase:
    """Send `ckSize` MiB of noise; the browser breaks off when it has seen enough."""
    try:
        given = _pass(request)
        passes.enter(given, Way.DOWN)
    except Refused as refusal:
        return _answer(request, refusal.status)
    size = chunks.asked(request.GET.get("ckSize", ""))
    response = StreamingHttpResponse(_noise(given, size), content_type="application/octet-stream")
    response["Content-Disposition"] = "attachment; filename=random.dat"
    response["X-Accel-Buffering"] = "no"
    return _marked(request, response)


@csrf_exempt
@public
@require_http_methods(["GET", "HEAD", "POST", "OPTIONS"])
def empty(request: HttpRequest) -> HttpResponseBase:
    """Answer nothing: to a ping at once, to an upload when all of it was read and thrown away."""
    if request.method == "OPTIONS":
        return _answer(request, 204)
    try:
        given = _pass(request)
        if request.method == "POST":
            _swallow(request, given)
    except Refused as refusal:
        return _answer(request, refusal.status)
    return _answer(request, 200)


@public
@require_safe
def address(request: HttpRequest) -> HttpResponseBase:
    """Say from which address the browser is seen."""
    try:
        _pass(request)
    except Refused as refusal:
        return _answer(request, refusal.status)
    seen = client_ip(request)
    return _marked(request, JsonResponse({"processedString": seen, "rawIspInfo": ""}))


def _pass(request: HttpRequest) -> Pass:
    return passes.read(request.GET.get("t", ""), address=client_ip(request))


def _noise(given: Pass, size: int) -> Iterator[bytes]:
    until = time.monotonic() + LONGEST_SECONDS
    try:
        for _number in range(size):
            if time.monotonic() > until or not passes.charge(given, Way.DOWN, len(_NOISE)):
                return
            yield _NOISE
    finally:
        passes.leave(given)


def _swallow(request: HttpRequest, given: Pass) -> None:
    """Read an upload away; never `request.body`, which would keep it and refuse it as too large."""
    passes.enter(given, Way.UP)
    until, read = time.monotonic() + LONGEST_SECONDS, 0
    try:
        while piece := request.read(_PIECE):
            read += len(piece)
            is_free = passes.charge(given, Way.UP, len(piece))
            if read > LARGEST_UPLOAD or time.monotonic() > until or not is_free:
                raise Refused(413)
    finally:
        passes.leave(given)


def _answer(request: HttpRequest, status: int) -> HttpResponseBase:
    return _marked(request, HttpResponse(status=status, content_type="text/plain"))


def _marked(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    response["Cache-Control"] = "no-store, no-cache, must-revalidate, max-age=0, s-maxage=0"
    response["Pragma"] = "no-cache"
    if "cors" in request.GET:
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Allow-Methods"] = "GET, POST"
        response["Access-Control-Allow-Headers"] = "Content-Encoding, Content-Type"
        response["Timing-Allow-Origin"] = "*"
    return response
