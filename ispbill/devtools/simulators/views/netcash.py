"""/sim/netcash/: the simulated Netcash from the inside: sign mandates, authorise, let days pass."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from ispbill.accounts.access import simulator_only
from ispbill.core import clock
from ispbill.devtools.sandbox.netcash.client import Control
from ispbill.devtools.sandbox.netcash.signatures import METHODS
from ispbill.devtools.sandbox.owners_call import NotRunning

BATCHES, LINES, MANDATES, CALLS = 10, 50, 30, 30
_STATES = {
    "2": (_("Waiting for signature"), "warning", "hourglass"),
    "3": (_("Expired"), "neutral", "clock-pause"),
    "5": (_("Declined"), "danger", "circle-x"),
    "6": (_("Signed"), "success", "signature"),
}
_STATUSES = {
    1: (_("Waiting for authorisation"), "warning", "hourglass"),
    2: (_("Authorised"), "info", "shield-check"),
    4: (_("Processed"), "success", "circle-check"),
}
REASONS = {
    "02": _("02 no money"),
    "04": _("04 stopped"),
    "12": _("12 account closed"),
    "30": _("30 no mandate"),
}


class Switches(forms.Form):
    """What Netcash does from now on. Amounts in cents, as in its files."""

    not_ready_polls = forms.IntegerField(
        label=_("“File not ready” so many times"), min_value=0, max_value=1000
    )
    authorise_by_hand = forms.BooleanField(
        label=_("Batches are authorised by hand alone (code 322)"), required=False
    )
    line_limit = forms.IntegerField(label=_("Limit per line, cents"), min_value=0)
    day_limit = forms.IntegerField(label=_("Limit per day, cents"), min_value=0)
    batch_limit = forms.IntegerField(
        label=_("Limit per batch, cents"), min_value=0, help_text=_("0 means no limit.")
    )
    unpaid_percent = forms.IntegerField(
        label=_("Of a hundred new lines come back unpaid"), min_value=0, max_value=100
    )
    unpaid_after_days = forms.IntegerField(
        label=_("Business days until an unpaid comes back"), min_value=0, max_value=30
    )
    fee_per_line = forms.IntegerField(
        label=_("Fee per line, cents, without VAT"), min_value=0, max_value=100_000
    )
    sends_postbacks = forms.BooleanField(label=_("Postbacks are sent"), required=False)
    doubles_postbacks = forms.BooleanField(label=_("Postbacks are sent twice"), required=False)
    holds_postbacks = forms.BooleanField(
        label=_("Postbacks are held until they are let go"), required=False
    )
    faults_hit = forms.ChoiceField(label=_("The faults below hit"), required=False)
    server_errors = forms.IntegerField(
        label=_("Answer 500 so many times"), min_value=-1, max_value=100_000
    )
    html_answers = forms.IntegerField(
        label=_("Answer with a web page so many times"), min_value=-1, max_value=100_000
    )
    lost_answers = forms.IntegerField(
        label=_("Take it, then hang up, so many times"), min_value=-1, max_value=100_000
    )
    cut_answers = forms.IntegerField(
        label=_("Take it, then send half an answer, so many times"),
        min_value=-1,
        max_value=100_000,
        help_text=_("−1 means always, 0 means never."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = sorted({method for _contract, method in METHODS})
        self.fields["faults_hit"].choices = [  # type: ignore[attr-defined]
            ("", _("every method")),
            *((name, name) for name in names),
        ]


@simulator_only
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Mandates, batches, money, postbacks and switches; the moving part alone for htmx."""
    is_part = bool(getattr(request, "htmx", False))
    response = render(
        request, f"sim/{'_netcash' if is_part else 'netcash'}.html", _context(switches=None)
    )
    patch_vary_headers(response, ["HX-Request"])
    return response


@simulator_only
@require_POST
def act(request: HttpRequest) -> HttpResponse:
    """Do something to the simulated Netcash."""
    control = Control(settings.SANDBOX_DIR)
    posted = request.POST
    reference, line = posted.get("reference", ""), posted.get("line", "")
    acts: dict[str, Callable[[], object]] = {
        "sign": lambda: control.sign(reference),
        "decline": lambda: control.decline(reference, "Declined by the customer"),
        "expire": lambda: control.expire(reference),
        "forge": lambda: control.forge(reference),
        "let-go": control.let_go,
        "authorise": lambda: control.authorise(posted.get("guid", "")),
        "result": lambda: control.set_result(
            _whole(line),
            "02" if posted.get("reason") == "late" else posted.get("reason", ""),
            is_late=posted.get("reason") == "late",
        ),
        # The simulator follows the business clock: there is one day for everybody.
        "next-day": lambda: clock.set_simulated(clock.now() + timedelta(days=1)),
        "pay-out": control.pay_out,
        "profile": lambda: control.profile(postback_url=posted.get("postback_url", "").strip()),
        "clear": control.clear,
    }
    chosen = acts.get(posted.get("act", ""))
    if chosen is None:
        return HttpResponseBadRequest()
    try:
        chosen()
    except (ValueError, NotRunning) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Done."))
    return redirect("sim:netcash")


@simulator_only
@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Set the switches."""
    form = Switches(request.POST)
    if not form.is_valid():
        return render(request, "sim/netcash.html", _context(switches=form), status=422)
    try:
        Control(settings.SANDBOX_DIR).switch(**form.cleaned_data)
    except (ValueError, NotRunning) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Saved."))
    return redirect("sim:netcash")


def _context(*, switches: Switches | None) -> dict[str, object]:
    try:
        picture = Control(settings.SANDBOX_DIR).picture(waits=False)
    except NotRunning:
        return {"is_running": False}
    return {
        "is_running": True,
        "today": date.fromisoformat(picture["day"]),
        "balance": _rand(picture["balance"]),
        "mandates": [_mandate(one) for one in picture["mandates"][:MANDATES]],
        "batches": [_batch(one) for one in picture["batches"][:BATCHES]],
        "movements": [
            one | {"on": date.fromisoformat(one["day"]), "amount": _rand(one["cents"])}
            for one in picture["movements"]
        ],
        "postbacks": [one | {"word": _STATES[one["status"]][0]} for one in picture["postbacks"]],
        "held": picture["held"],
        "postback_url": picture["profile"]["postback_url"],
        "calls": picture["calls"][:CALLS],
        "reasons": REASONS,
        "switches": switches or Switches(initial=picture["switches"]),
    }


def _mandate(one: dict[str, Any]) -> dict[str, Any]:
    word, tone, symbol = _STATES[one["status"]]
    return one | {
        "word": word,
        "tone": tone,
        "symbol": symbol,
        "is_open": one["status"] == "2",
        "amount": f"R\N{NO-BREAK SPACE}{one['MandateAmount']}",
    }


def _batch(one: dict[str, Any]) -> dict[str, Any]:
    word, tone, symbol = _STATUSES[one["status"]]
    lines = [
        line
        | {
            "amount": _rand(line["cents"]),
            "reason_words": REASONS.get(line["reason"], line["reason"]),
        }
        for line in one["lines"][:LINES]
    ]
    return one | {
        "word": word,
        "tone": tone,
        "symbol": symbol,
        "is_waiting": one["status"] == 1,
        "on": date.fromisoformat(one["action_date"]),
        "amount": _rand(one["cents"]),
        "volume": len(one["lines"]),
        "more": max(0, len(one["lines"]) - LINES),
        "lines": lines,
    }


def _rand(cents: int) -> str:
    sign = "−" if cents < 0 else ""
    return f"{sign}R\N{NO-BREAK SPACE}{abs(cents) // 100:,}.{abs(cents) % 100:02}"


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0
