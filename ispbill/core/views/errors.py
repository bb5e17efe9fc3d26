"""Pages for when a request could not be answered: no session, no database, no company."""

import sys
from http import HTTPStatus
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from ispbill.core import outages
from ispbill.core.outages import Outage


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer an error nobody caught: 503 when something of the machine is away, else 500."""
    outage = outages.of(sys.exc_info()[1])
    if outage is not None:
        return unavailable(request, outage)
    return _page(request, "500.html", HTTPStatus.INTERNAL_SERVER_ERROR)


def unavailable(request: HttpRequest, outage: Outage) -> HttpResponse:
    """Say what is away and when to ask again."""
    response = _page(request, "unavailable.html", HTTPStatus.SERVICE_UNAVAILABLE, str(outage.said))
    response["Retry-After"] = str(outage.retry_seconds)
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that did not come from a page of ours, or from one that is too old.

    The log has Django's `reason` already; a person who sees the page could do nothing with it.
    """
    said = _("This page was open too long. Load it again, then send once more.")
    response = _page(request, "403_csrf.html", HTTPStatus.FORBIDDEN, said)
    response["X-Token-Refused"] = "yes"  # a script may fetch another and send once more
    return response


def _page(request: HttpRequest, template: str, status: HTTPStatus, said: str = "") -> HttpResponse:
    context = {"reference": getattr(request, "request_id", ""), "said": said}
    # Without the request: context processors would ask for session, user and company.
    response = render(None, template, context, status=status)
    if said:
        response["X-Error-Message"] = quote(said)
    return response
