"""What a person who is signed in sees when a page is refused, missing or broken: the console stays.

Whoever is not signed in, and every failure while this page is made, gets the plain page that
needs neither a session nor the database.
"""

import logging
import sys
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import defaults

from ispbill.core import outages
from ispbill.core.views import errors as plain
from ispbill.portals import menus, navigation
from ispbill.portals.shell import Shell

log = logging.getLogger(__name__)

INSTEAD = 3
"""How many things to do instead are offered."""


@dataclass(frozen=True)
class Failure:
    """What happened, why, and what was kept: sentences for a person."""

    code: int
    symbol: str
    heading: str
    text: str


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403."""
    return _in_shell(request, _refusal(request, str(exception))) or defaults.permission_denied(
        request, exception
    )


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404; what is outside somebody's scope is missing too, so nothing is said of why."""
    failure = Failure(
        404,
        "search",
        _("There is nothing here"),
        _("It was moved or taken away, or the address has a typing mistake. Nothing was changed."),
    )
    return _in_shell(request, failure) or defaults.page_not_found(request, exception)


def broken(request: HttpRequest) -> HttpResponse:
    """Answer 500; when something of the machine is away, 503 without asking it for a console."""
    if outages.of(sys.exc_info()[1]) is not None:
        return plain.server_error(request)
    failure = Failure(
        500,
        "alert-triangle",
        _("Something went wrong on our side"),
        _("What was saved before stays saved; this was not. Try again in a minute."),
    )
    return _in_shell(request, failure) or plain.server_error(request)


def _refusal(request: HttpRequest, said: str) -> Failure:
    page = next(
        (
            str(item.label)
            for _group, item in navigation.pages(menus.STAFF, may=lambda _capability: True)
            if item.url == request.path
        ),
        "",
    )
    heading = (
        _("%(page)s is not part of your role") % {"page": page}
        if page
        else _("You may not open this page")
    )
    return Failure(
        403,
        "lock",
        heading,
        said or _("If you need it for your work, ask your manager. Nothing was changed."),
    )


def _in_shell(request: HttpRequest, failure: Failure) -> HttpResponse | None:
    """Render the page inside the console; None when there is none to keep around it."""
    try:
        shell = Shell(request)
        if shell.audience not in {"staff", "reseller"} or not shell.is_signed_in:
            return None
        if getattr(request, "htmx", False):
            return None
        context = {
            "failure": failure,
            "shell": shell,
            "instead": _instead(shell),
            "reference": getattr(request, "request_id", ""),
        }
        return render(request, "staff/error.html", context, status=failure.code)
    except Exception:  # the page about a failure may not fail: the plain one follows
        log.exception("the error page of the console could not be made")
        return None


def _instead(shell: Shell) -> list[navigation.Item]:
    """Return the first things of this person's own menu."""
    found = [
        item
        for part in shell.navigation
        if part.key not in {"home", "dashboard"}
        for item in part.items
    ]
    return found[:INSTEAD]
