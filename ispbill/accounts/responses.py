"""How views answer: a page or one region of it, a form, what an act came to, the way elsewhere.

One address serves the browser and htmx; what differs between the two is decided here.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseStopPolling, trigger_client_event

from ispbill.accounts.http import Request
from ispbill.core.errors import DomainError


def is_fragment(request: Request, target: str = "") -> bool:
    """Tell whether htmx asks for a region of a page (the one with this id) rather than all of it.

    A page restored from history is asked for whole.
    """
    if not request.htmx or request.htmx.history_restore_request:
        return False
    return not target or request.htmx.target == target


def varied(response: HttpResponse) -> HttpResponse:
    """Mark an answer that depends on who asks: htmx or the browser."""
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def region(
    request: Request, context: Mapping[str, Any], *, part: str, page: str, target: str = ""
) -> HttpResponse:
    """Render the template `part` for htmx, and for a visit the `page` that includes it."""
    template = part if is_fragment(request, target) else page
    return varied(render(request, template, dict(context)))


def polled(
    request: Request,
    context: Mapping[str, Any],
    *,
    part: str,
    page: str,
    is_over: bool,
    target: str = "",
) -> HttpResponse:
    """Render a region that asks again and again; the answer when it `is_over` ends the asking."""
    response = region(request, context, part=part, page=page, target=target)
    return last(response) if is_over and is_fragment(request, target) else response


def last(response: HttpResponse) -> HttpResponse:
    """Mark the last answer to a region that asks again and again."""
    response.status_code = HttpResponseStopPolling.status_code
    return response


def reloaded(request: HttpRequest) -> HttpResponse:
    """Let the browser load its page anew, and a region that asks again and again stop."""
    response = last(HttpResponse())
    response["HX-Refresh"] = "true"
    return varied(response)


def form_page(request: HttpRequest, template: str, context: Mapping[str, Any]) -> HttpResponse:
    """Show the context's `form`, in a dialog or on a page; 422 when it was refused.

    None in its place: the page is only looked at. 409 when somebody else was faster: the question
    stands above the page, or comes alone and is laid over the form that htmx has sent.
    """
    form = context["form"]
    conflict = getattr(getattr(form, "edited", None), "conflict", None)
    if conflict is None:
        status = 422 if form is not None and form.errors else 200
        return varied(render(request, template, dict(context), status=status))
    asking = {"edit_conflict": conflict}
    if getattr(request, "htmx", None):
        return varied(over(render(request, "ui/_conflict.html", asking, status=409)))
    return varied(render(request, template, {**context, **asking}, status=409))


@contextmanager
def refusals_in(form: Any, field: str | None = None) -> Iterator[None]:
    """Let what a service refuses stand above the form, or at one of its fields."""
    try:
        yield
    except DomainError as refusal:
        form.add_error(field, str(refusal))


@contextmanager
def refusals_told(request: HttpRequest) -> Iterator[None]:
    """Let what a service refuses be said on the page that is shown next."""
    try:
        yield
    except DomainError as refusal:
        messages.error(request, str(refusal))


def over(response: HttpResponse) -> HttpResponse:
    """Lay an answer over whatever is open, a dialog too, and leave that as it is."""
    response["HX-Retarget"], response["HX-Reswap"] = "#over-body", "innerHTML"
    response["X-Over"] = "yes"
    return response


@dataclass(frozen=True)
class Foretold:
    """What an act would do, in sentences and in figures, or why it would be refused."""

    effects: Sequence[str] = ()
    changes: Sequence[object] = ()
    warning: str = ""


def dialog(
    request: Request,
    form: Any,
    *,
    heading: str,
    label: str,
    back: str,
    effects: Sequence[str] = (),
    danger: bool = False,
) -> HttpResponse:
    """Ask staff with a form before something happens; 422 when it was refused."""
    told = Foretold(effects)
    return foretelling(request, form, told, heading=heading, label=label, back=back, danger=danger)


def carried_out(
    request: Request,
    form: Any,
    run: Callable[[dict[str, Any]], str],
    *,
    heading: str,
    label: str,
    back: str,
    effects: Sequence[str] = (),
    danger: bool = False,
) -> HttpResponse:
    """Ask with a form, `run` with what was given, and lead `back` with what that says was done.

    What the service refuses stands above the form.
    """
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            return go(request, back, run(form.cleaned_data))
    return dialog(
        request, form, heading=heading, label=label, back=back, effects=effects, danger=danger
    )


def foretelling(
    request: Request,
    form: Any,
    foretold: Foretold,
    *,
    heading: str,
    label: str,
    back: str,
    danger: bool = False,
) -> HttpResponse:
    """Ask as `dialog` does, and show all that is known of what would happen."""
    context = {
        "form": form,
        "form_action": request.get_full_path(),
        "heading": heading,
        "confirm_label": label,
        "effects": foretold.effects,
        "changes": foretold.changes,
        "warning": foretold.warning,
        "back_url": back,
        "danger": danger,
    }
    return form_page(request, "staff/dialog.html", context)


def done(request: Request, text: str, *, back: str, level: str = "success") -> HttpResponse:
    """Say that an act is done: close the dialog, or go `back`.

    What shows it reads itself again: the page knows by what the act has told (`core.live`).
    """
    if not request.htmx:
        return go(request, back, text, level=level)
    response = HttpResponse(status=204)
    trigger_client_event(response, "dialog:close")
    toast(response, text, level=level)
    return varied(response)


def go(request: Request, address: str, text: str = "", *, level: str = "success") -> HttpResponse:
    """Lead to another page, out of a dialog too, and say `text` there."""
    if text:
        messages.add_message(request, getattr(messages, level.upper()), text)
    if not request.htmx:
        return HttpResponseRedirect(address)
    response = HttpResponse(status=204)
    response["HX-Redirect"] = address
    return response


def sign_in_at(request: HttpRequest, address: str) -> HttpResponse:
    """Lead to a door to sign in at; to htmx this is a refusal (401)."""
    if not getattr(request, "htmx", None):
        return HttpResponseRedirect(address)
    response = HttpResponse(status=401)
    response["HX-Redirect"] = address
    return response


def sign_in_over(address: str) -> HttpResponse:
    """Refuse (401) and leave the page as it is: its script signs in over it and sends again."""
    response = HttpResponse(status=401)
    response["X-Sign-In"] = address
    return varied(response)


def toast(response: HttpResponse, text: str, *, level: str = "success") -> HttpResponse:
    """Let the page say `text` in passing."""
    return trigger_client_event(response, "toast", {"text": text, "level": level})
