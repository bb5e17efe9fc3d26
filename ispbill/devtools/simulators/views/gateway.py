"""/sim/gateway/<session>/: the hosted checkout of a simulated gateway, and what lies behind it."""

import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from ispbill.accounts.access import simulator_only
from ispbill.devtools.sandbox.gateways.client import Desk
from ispbill.devtools.sandbox.gateways.sslcommerz_page import WAY_NAMES
from ispbill.devtools.sandbox.gateways.store import Record
from ispbill.devtools.sandbox.owners_call import NotRunning

NAMES = {"sslcommerz": "SSLCommerz", "bkash": "bKash", "nagad": "Nagad"}


@dataclass(frozen=True)
class Callback:
    """A message from the gateway to us. `due_in` is in seconds, None when none is to come."""

    kind: str
    status: str
    url: str
    tries: int
    answer: str
    due_in: int | None
    fields: dict[str, str]


@simulator_only
@require_GET
def checkout(request: HttpRequest, session: str) -> HttpResponse:
    """The page on which a customer pays."""
    return _page(request, "gateway_checkout", _known(session))


@simulator_only
@require_POST
def press(request: HttpRequest, session: str) -> HttpResponse:
    """Press a button: the browser leaves for the merchant, by POST or GET, or stays."""
    told = {"way": request.POST.get("way", "")}
    if request.POST.get("amount"):
        told["amount"] = request.POST["amount"]
    try:
        leaving = _desk().press(session, request.POST.get("button", ""), **told)
    except NotRunning:
        return _not_running(request)
    except ValueError as error:
        messages.error(request, str(error))
        return redirect("sim:gateway-checkout", session)
    if leaving["method"] == "GET":
        return redirect(leaving["url"])
    if leaving["method"] == "POST":
        return _leave(request, leaving)
    messages.info(request, leaving["note"])
    back = "sim:gateway-inside" if request.POST.get("from") == "inside" else "sim:gateway-checkout"
    return redirect(back, session)


@simulator_only
@require_GET
def inside(request: HttpRequest, session: str) -> HttpResponse:
    """What the gateway knows of a checkout, and what it told us."""
    template = "_gateway_inside" if getattr(request, "htmx", False) else "gateway_inside"
    return _page(request, template, _known(session))


@simulator_only
@require_POST
def forge(request: HttpRequest, session: str) -> HttpResponse:
    """Send us a callback nobody asked for: other values, signed or not, so many times at once."""
    changed = dict(
        line.split("=", 1) for line in request.POST.get("fields", "").splitlines() if "=" in line
    )
    times = request.POST.get("times", "1")
    try:
        answers = _desk().call_back(
            key=session,
            fields={name.strip(): value.strip() for name, value in changed.items()},
            is_signed=request.POST.get("is_signed") == "on",
            times=int(times) if times.isascii() and times.isdigit() else 1,
        )
    except NotRunning:
        return _not_running(request)
    except ValueError as error:
        messages.error(request, str(error))
    else:
        said = ", ".join(sorted({str(answer) for answer in answers}))
        messages.success(
            request,
            _("Sent %(times)d times; the answer was %(said)s.")
            % {"times": len(answers), "said": said},
        )
    return redirect("sim:gateway-inside", session)


def _known(session: str) -> Record | None:
    """The checkout, None when nothing is running; 404 when nobody opened it."""
    try:
        return _desk().session(session)
    except NotRunning:
        return None
    except ValueError as error:
        raise Http404 from error


def _page(request: HttpRequest, template: str, found: Record | None) -> HttpResponse:
    if found is None:
        return _not_running(request)
    session = found["session"]
    context: dict[str, Any] = {
        "session": session,
        "gateway": NAMES[session["gateway"]],
        "buttons": found["buttons"],
        "is_paid": session["state"] in {"VALID", "VALIDATED", "Completed", "Success"},
        "charges": found["charges"],
        "refunds": found["refunds"],
        "callbacks": [shown(one) for one in found["callbacks"]],
        "way_names": WAY_NAMES if session["gateway"] == "sslcommerz" else {},
        "asked_way": request.GET.get("way", ""),
    }
    return render(request, f"sim/{template}.html", context)


def _leave(request: HttpRequest, leaving: Record) -> HttpResponse:
    """A page whose form posts the customer to the merchant, as real gateways have it."""
    response = render(request, "sim/gateway_leaving.html", {"leaving": leaving})
    place = urlsplit(leaving["url"])
    # The merchant may be reached under another name than this page.
    response._csp_update = {"form-action": [f"{place.scheme}://{place.netloc}"]}  # type: ignore[attr-defined]
    return response


def _not_running(request: HttpRequest) -> HttpResponse:
    return render(request, "sim/gateways.html", {"is_running": False})


def _desk() -> Desk:
    return Desk(settings.SANDBOX_DIR)


def shown(callback: Record) -> Callback:
    """Return a callback as pages show it."""
    due = callback["due"]
    return Callback(
        kind=callback["kind"],
        status=str(callback["fields"].get("status", "")),
        url=callback["url"],
        tries=callback["tries"],
        answer=callback["answer"],
        due_in=None if due is None else max(0, round(due - time.time())),
        fields=callback["fields"],
    )
