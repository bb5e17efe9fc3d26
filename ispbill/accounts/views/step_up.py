"""Asking who it is before a page goes on, and going on with what was asked.

No page of its own: the answer to what was sent is a dialog that holds all of it, and posts it to
the same address together with the proof. The middleware calls these; a view only says that it
wants a proof (`access.freshly_proven`, `access.demand_proof`).
"""

from collections.abc import Iterator
from http import HTTPStatus
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from ispbill.accounts import destinations
from ispbill.accounts.access import note_proof
from ispbill.accounts.forms.step_up import PREFIX, Proof
from ispbill.accounts.http import Request, with_wait
from ispbill.accounts.services import step_up
from ispbill.accounts.services.throttle import TooManyTries
from ispbill.accounts.views import entry, leaving
from ispbill.core import clock
from ispbill.core.errors import DomainError

READING = "read"  # what was asked for was only a look: it is asked for anew, not posted
SEND = "send"


def is_answer(request: HttpRequest) -> bool:
    """Tell whether a proof came with this request."""
    return request.method == "POST" and PREFIX in request.POST


def asked(request: Request) -> HttpResponse:
    """Answer 403 with the dialog that asks for a proof."""
    return _dialog(request, Proof(ways=step_up.ways(request.user)))


def answered(request: Request) -> HttpResponse | None:
    """Take a proof; None lets the page go on with what was posted beside it."""
    user, at = request.user, clock.now()
    form = Proof(request.POST, ways=step_up.ways(user))
    try:
        if request.POST.get(f"{PREFIX}_action") == SEND:
            step_up.send_code(user=user, device=entry.device(request), at=at)
            return _dialog(request, Proof(ways=step_up.ways(user)), is_sent=True)
        if not form.is_valid():
            return _dialog(request, form)
        step_up.prove(
            user=user,
            password=form.cleaned_data.get("step_up_password", ""),
            code=form.cleaned_data.get("step_up_code", ""),
            device=entry.device(request),
            at=at,
            real_at=clock.real_now(),
        )
    except step_up.SessionOver as over:
        return leaving.shut_out(request, str(over))
    except DomainError as refusal:
        return _dialog(request, form, refusal)
    note_proof(request)
    if request.POST[PREFIX] == READING:
        return HttpResponseRedirect(request.get_full_path(), status=HTTPStatus.SEE_OTHER)
    return None


def _dialog(
    request: Request, form: Proof, refusal: DomainError | None = None, *, is_sent: bool = False
) -> HttpResponse:
    if refusal is not None:
        form.is_valid()
        form.add_error(None, str(refusal))
    user = request.user
    page = "staff/shell.html" if user.is_console_user else "public/shell.html"
    is_reading = request.method == "GET" or request.POST.get(PREFIX) == READING
    context = {
        "title": _("Confirm that it is you"),
        "frame": "ui/_modal.html" if request.htmx else page,
        "form": form,
        "carried": list(_carried(request)),
        "asked": READING if is_reading else "write",
        "sends_codes": step_up.ways(user).message,
        "is_sent": is_sent or bool(request.POST.get("step_up_code")),
        "back_url": _came_from(request),
    }
    response = render(request, "accounts/step_up.html", context, status=403)
    add_never_cache_headers(response)
    response["Cache-Control"] = "private, no-store"
    response["X-Step-Up"] = "asked"
    if request.htmx:
        response["HX-Retarget"], response["HX-Reswap"] = "#dialog-body", "innerHTML"
    if isinstance(refusal, TooManyTries):
        response.status_code = 429
        return with_wait(response, refusal.wait_seconds)
    return response


def _came_from(request: Request) -> str:
    page = urlsplit(request.headers.get("Referer", ""))
    return page.path if page.netloc == request.get_host() else destinations.home(request.user)


def _carried(request: HttpRequest) -> Iterator[tuple[str, str]]:
    """Return every field that was sent, to be sent again: nothing that was typed is lost."""
    for name, values in request.POST.lists():
        if name != "csrfmiddlewaretoken" and not name.startswith(PREFIX):
            yield from ((name, str(value)) for value in values)
