"""/sim/interstellio/: the simulated Interstellio from the inside: set a day, let calls go wrong."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from ispbill.accounts.access import simulator_only
from ispbill.core import clock
from ispbill.core.fields import NumberField
from ispbill.devtools.sandbox.interstellio import FAULTS
from ispbill.devtools.sandbox.interstellio_control import Control, Picture
from ispbill.devtools.sandbox.owners_call import NotRunning
from network.usage.rules import spreading

_KB_A_GB = 1_000_000
_NAMES_SHOWN = 500


class DayForm(forms.Form):
    """What a subscriber used on a day, spread evenly over its hours."""

    username = forms.CharField(label=gettext_lazy("User name"), max_length=120)
    on = forms.DateField(label=gettext_lazy("Day"))
    upload_gb = NumberField(
        label=gettext_lazy("Upload, GB"), min_value=0, max_value=10_000, initial=1
    )
    download_gb = NumberField(
        label=gettext_lazy("Download, GB"), min_value=0, max_value=10_000, initial=10
    )

    def __init__(self, *args: Any, usernames: list[str], **options: Any) -> None:
        super().__init__(*args, **options)
        self._usernames = usernames
        self.fields["username"].widget.attrs["list"] = "subscribers"

    def clean_username(self) -> str:
        """Take a name that is counted."""
        name: str = self.cleaned_data["username"]
        if name not in self._usernames:
            raise forms.ValidationError(_("Interstellio counts nobody of this name."))
        return name


@simulator_only
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """Who is counted, what was asked, and the form of a day."""
    return render(request, "sim/interstellio.html", _context(_picture()))


@simulator_only
@require_POST
def use(request: HttpRequest) -> HttpResponse:
    """Set what a subscriber used on a day."""
    picture = _picture()
    form = DayForm(request.POST, usernames=picture["usernames"] if picture else [])
    if picture is None or not form.is_valid():
        return render(request, "sim/interstellio.html", _context(picture, form), status=422)
    given = form.cleaned_data
    starts = spreading.hours_of(given["on"], clock.zone())
    up, down = (
        float(given[name] * _KB_A_GB / len(starts)) for name in ("upload_gb", "download_gb")
    )
    Control(settings.SANDBOX_DIR).use(given["username"], [(at, up, down) for at in starts])
    messages.success(request, _("Set. It counts here with the next reading of usage."))
    return redirect("sim:interstellio")


@simulator_only
@require_POST
def act(request: HttpRequest) -> HttpResponse:
    """Let the next call go wrong, every login be good no longer, or all that was set be gone."""
    control, asked, fault = (
        Control(settings.SANDBOX_DIR),
        request.POST.get("act"),
        request.POST.get("fault", ""),
    )
    try:
        if asked == "fail" and fault in FAULTS:
            control.fail(fault)
        elif asked == "revoke":
            control.revoke()
        elif asked == "clear":
            control.clear()
        else:
            return HttpResponseBadRequest()
    except NotRunning as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Done."))
    return redirect("sim:interstellio")


def _picture() -> Picture | None:
    try:
        return Control(settings.SANDBOX_DIR).picture()
    except NotRunning:
        return None


def _context(picture: Picture | None, form: DayForm | None = None) -> dict[str, Any]:
    if picture is None:
        return {"is_running": False}
    names = picture["usernames"]
    return {
        "is_running": True,
        "picture": picture,
        "names": names[:_NAMES_SHOWN],
        "count": len(names),
        "faults": FAULTS,
        "form": form or DayForm(usernames=names, initial={"on": clock.today()}),
    }
