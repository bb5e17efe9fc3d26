"""/sim/gateway/: every checkout of the simulated gateways, and what they shall do wrong."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from ispbill.accounts.access import simulator_only
from ispbill.devtools.sandbox.gateways.client import Desk
from ispbill.devtools.sandbox.owners_call import NotRunning
from ispbill.devtools.simulators.views.gateway import NAMES

PAGE = 50
CALLS = 30
OPERATIONS = {
    "sslcommerz": ("session", "validation", "query"),
    "bkash": (
        "grant",
        "refresh",
        "create",
        "execute",
        "status",
        "search",
        "refund",
        "refund_status",
    ),
    "nagad": ("initialize", "complete", "verify"),
}


class FaultForm(forms.Form):
    """Something that goes wrong from now on."""

    what = forms.ChoiceField(label=_("Where"))
    kind = forms.ChoiceField(label=_("What goes wrong"))
    times = forms.IntegerField(
        label=_("How many times"),
        min_value=-1,
        max_value=100_000,
        initial=1,
        help_text=_("−1 means always."),
    )
    seconds = forms.FloatField(label=_("Seconds"), min_value=0, max_value=600, initial=0)

    def __init__(self, *args: Any, kinds: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["what"].choices = [  # type: ignore[attr-defined]
            (f"{gateway}:{operation}", f"{NAMES[gateway]}: {operation or _('everything')}")
            for gateway, operations in OPERATIONS.items()
            for operation in ("", *operations)
        ]
        self.fields["kind"].choices = list(kinds.items())  # type: ignore[attr-defined]


class SwitchForm(forms.Form):
    """What holds until it is changed."""

    limits_grants = forms.BooleanField(
        label=_("bKash: a third grant within an hour closes the door for an hour"), required=False
    )
    says_2079 = forms.BooleanField(
        label=_("bKash: an expired token is answered with 2079, as version 2 does"), required=False
    )
    token_seconds = forms.IntegerField(
        label=_("bKash: seconds a token is good"), min_value=0, max_value=86_400
    )
    refund_seconds = forms.IntegerField(
        label=_("SSLCommerz: seconds a refund is being processed"), min_value=0, max_value=86_400
    )
    clock_window_seconds = forms.IntegerField(
        label=_("Nagad: seconds a merchant's clock may be off"), min_value=0, max_value=86_400
    )


@simulator_only
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Checkouts, newest first; the list alone for htmx."""
    desk = Desk(settings.SANDBOX_DIR)
    gateway = request.GET.get("gateway", "")
    before = request.GET.get("before", "")
    context: dict[str, Any] = {"is_running": True, "gateway": gateway, "names": NAMES}
    try:
        rows = desk.sessions(
            gateway=gateway if gateway in NAMES else "",
            before=int(before) if before.isascii() and before.isdigit() else 0,
            limit=PAGE + 1,
        )
        context |= {
            "sessions": [row | {"gateway_name": NAMES[row["gateway"]]} for row in rows[:PAGE]],
            "older": rows[PAGE - 1]["number"] if len(rows) > PAGE else "",
            "is_first_page": not before,
        }
        is_list = bool(getattr(request, "htmx", False))
        if not is_list:
            context |= _behind(desk)
    except NotRunning:
        is_list, context["is_running"] = False, False
    response = render(request, f"sim/{'_gateways' if is_list else 'gateways'}.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@simulator_only
@require_POST
def act(request: HttpRequest) -> HttpResponse:
    """Switch a fault on, clear them, set the switches, forget tokens or checkouts."""
    desk = Desk(settings.SANDBOX_DIR)
    chosen = request.POST.get("act", "")
    try:
        if chosen == "fault":
            fault = FaultForm(request.POST, kinds=desk.fault_kinds())
            if not fault.is_valid():
                return _again(request, desk, fault=fault)
            told = dict(fault.cleaned_data)
            gateway, _colon, operation = told.pop("what").partition(":")
            desk.fault(gateway, told.pop("kind"), operation=operation, **told)
        elif chosen == "switches":
            switches = SwitchForm(request.POST)
            if not switches.is_valid():
                return _again(request, desk, switches=switches)
            desk.switch(**switches.cleaned_data)
        elif chosen == "clear-faults":
            desk.clear_faults()
        elif chosen == "forget-tokens":
            desk.forget_tokens()
        elif chosen == "clear":
            desk.clear()
        else:
            return HttpResponse(status=400)
    except NotRunning:
        return redirect("sim:gateways")
    messages.success(request, _("Done."))
    return redirect("sim:gateways")


def _behind(desk: Desk) -> dict[str, Any]:
    return {
        "faults": [one | {"gateway_name": NAMES[one["gateway"]]} for one in desk.faults()],
        "fault_form": FaultForm(kinds=desk.fault_kinds()),
        "switches": SwitchForm(initial=desk.switches()),
        "calls": desk.calls()[:CALLS],
    }


def _again(request: HttpRequest, desk: Desk, **forms_given: forms.Form) -> HttpResponse:
    context = {"is_running": True, "names": NAMES, "sessions": [], **_behind(desk)}
    context |= {"fault_form" if name == "fault" else name: one for name, one in forms_given.items()}
    return render(request, "sim/gateways.html", context, status=422)
