"""One form sent twice is one act: a double click, Back and send, a retry after a lost answer.

Every form of a page carries a key (`form_key`). What it came to is remembered for an hour: the same
form, with the same words, gets the same answer and does nothing again. One that was refused is
forgotten, so it can be corrected and sent. Acts of money have keys of their own in the database;
this is for all the others, and does without where there is no cache.
"""

import time
from collections.abc import Callable
from hashlib import blake2b
from typing import Any
from urllib.parse import quote

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from ispbill.core.cache import UNREACHABLE

KEY = "form_key"
_UNDER_WAY = "under way"
_UNDER_WAY_SECONDS = 60  # longer than an act takes, and short enough for one that was cut off
_REMEMBERED_SECONDS = 3600
_PATIENCE_SECONDS = 10.0
_LOOK_EVERY_SECONDS = 0.05
_DONE = {204, 302, 303}
_HEADERS = ("Location", "HX-Redirect", "HX-Trigger", "HX-Refresh")


class Once:
    """Answer a form that has been sent before with what it came to."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user: Any = getattr(request, "user", None)
        if request.method != "POST" or not request.POST.get(KEY) or not user.is_authenticated:
            return self.get_response(request)
        name = _name(request, user.pk)
        try:
            is_first = cache.add(name, _UNDER_WAY, _UNDER_WAY_SECONDS)
        except UNREACHABLE:
            return self.get_response(request)
        return self._first(request, name) if is_first else self._again(request, name)

    def _first(self, request: HttpRequest, name: str) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code in _DONE:
            kept = {one: response[one] for one in _HEADERS if response.has_header(one)}
            cache.set(name, (response.status_code, kept), _REMEMBERED_SECONDS)
        else:
            cache.delete(name)
        return response

    def _again(self, request: HttpRequest, name: str) -> HttpResponse:
        end = time.monotonic() + _PATIENCE_SECONDS
        while (known := cache.get(name)) == _UNDER_WAY and time.monotonic() < end:
            time.sleep(_LOOK_EVERY_SECONDS)
        if known is None:  # it was refused: whoever waited may try
            return self.get_response(request)
        if known == _UNDER_WAY:
            said = _("This was sent a moment ago and is still being done.")
            response = HttpResponse(said, status=409)
            response["X-Error-Message"] = quote(said)
            return response
        status, headers = known
        return HttpResponse(status=status, headers=headers)


def _name(request: HttpRequest, user_id: int) -> str:
    """Return the name of this very form with these very words, sent by this person."""
    told = sorted(
        (name, values)
        for name, values in request.POST.lists()
        if name not in {"csrfmiddlewaretoken", "opened"} and not name.startswith("step_up")
    )
    files = sorted((name, str(one)) for name, one in request.FILES.items())
    text = repr((user_id, request.path, told, files)).encode()
    return f"once:{blake2b(text, digest_size=20).hexdigest()}"
