"""/sim/messages: what the simulated provider was given, and what it shall do wrong."""

import re
from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from ispbill.accounts.access import simulator_only
from ispbill.devtools.sandbox.messages.client import Inbox
from ispbill.devtools.sandbox.owners_call import NotRunning

PAGE = 50
_CODE = re.compile(r"(?<![\w.-])\d{6}(?![\w.-])")


@dataclass(frozen=True)
class Shown:
    number: int
    channel: str
    recipient: str
    subject: str
    body: str
    parts: int
    times_sent: int
    received_at: datetime
    code: str
    """A one-time code in the text, to be copied; mostly ""."""


class Switches(forms.Form):
    """What the provider does wrong from now on."""

    rejects_00 = forms.BooleanField(label=_("Numbers that end in 00 do not exist"), required=False)
    server_errors = forms.IntegerField(
        label=_("Answer 500 so many times"), min_value=-1, max_value=100_000
    )
    too_many = forms.IntegerField(
        label=_("Answer 429 so many times"), min_value=-1, max_value=100_000
    )
    lost_answers = forms.IntegerField(
        label=_("Take it, then hang up, so many times"), min_value=-1, max_value=100_000
    )
    push_server_errors = forms.IntegerField(
        label=_("Notifications: answer 503 so many times"), min_value=-1, max_value=100_000
    )
    push_too_many = forms.IntegerField(
        label=_("Notifications: answer 429 so many times"), min_value=-1, max_value=100_000
    )
    push_gone = forms.IntegerField(
        label=_("Notifications: the device has given up, so many times"),
        min_value=-1,
        max_value=100_000,
        help_text=_("−1 means always, 0 means never."),
    )


@simulator_only
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Every message, newest first; the list alone for htmx."""
    inbox = Inbox(settings.SANDBOX_DIR)
    recipient = request.GET.get("recipient", "").strip()
    before = request.GET.get("before", "")
    context: dict[str, object] = {"recipient": recipient, "is_running": True}
    try:
        rows = inbox.newest(
            recipient=_digits(recipient),
            before=int(before) if before.isascii() and before.isdigit() else 0,
            limit=PAGE + 1,
        )
        context["switches"] = Switches(initial=inbox.switches())
    except NotRunning:
        rows = []
        context["is_running"] = False
    newest = str(rows[0]["number"]) if rows else "0"
    is_list = bool(getattr(request, "htmx", False))
    if is_list and request.GET.get("seen") == newest:
        return HttpResponse(status=204)  # what is being read or copied stays untouched
    context["newest"] = newest
    context["messages_shown"] = [_shown(row) for row in rows[:PAGE]]
    context["older"] = rows[PAGE - 1]["number"] if len(rows) > PAGE else ""
    context["is_first_page"] = not before
    response = render(request, f"sim/{'_messages' if is_list else 'messages'}.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@simulator_only
@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Set what the provider does wrong."""
    form = Switches(request.POST)
    if form.is_valid():
        try:
            Inbox(settings.SANDBOX_DIR).switch(**form.cleaned_data)
        except NotRunning:
            return redirect("sim:messages")
        return redirect("sim:messages")
    context = {"switches": form, "is_running": True, "is_first_page": True}
    return render(request, "sim/messages.html", context, status=422)


@simulator_only
@require_POST
def clear(request: HttpRequest) -> HttpResponse:
    """Empty the inbox."""
    try:
        Inbox(settings.SANDBOX_DIR).clear()
    except NotRunning:
        return redirect("sim:messages")
    return redirect("sim:messages")


def _digits(recipient: str) -> str:
    """Numbers are kept as +880…; people type 01711-…: look for what both have in common."""
    if "@" in recipient or not any(letter.isdigit() for letter in recipient):
        return recipient
    return re.sub(r"\D", "", recipient).removeprefix("0")


def _shown(row: dict[str, object]) -> Shown:
    body = str(row["body"])
    found = _CODE.search(body)
    return Shown(
        number=int(str(row["number"])),
        channel=str(row["channel"]),
        recipient=str(row["recipient"]),
        subject=str(row["subject"]),
        body=body,
        parts=int(str(row["parts"])),
        times_sent=int(str(row["times_sent"])),
        received_at=datetime.fromisoformat(str(row["received_at"])),
        code=found[0] if found else "",
    )
