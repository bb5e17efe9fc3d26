"""/sim/clock: move the business clock that every rule and screen follows."""

import calendar
from datetime import datetime, timedelta

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from ispbill.accounts.access import simulator_only
from ispbill.core import clock
from ispbill.core.fields import DayField

STEPS = {"1d": timedelta(days=1), "7d": timedelta(days=7), "1h": timedelta(hours=1)}


class Moment(forms.Form):
    """A day and a time of the company's time zone."""

    day = DayField(label=_("Day"))
    time = forms.TimeField(label=_("Time"), widget=forms.TimeInput(attrs={"type": "time"}))


@simulator_only
@require_http_methods(["GET", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """Show the business clock; set it, move it on, or let it follow real time again."""
    here = clock.now().astimezone(clock.zone())
    form = Moment(initial={"day": here.date().isoformat(), "time": f"{here:%H:%M}"})
    if request.method == "POST":
        step = request.POST.get("step", "")
        if step == "real":
            clock.set_simulated(None)
            return redirect("sim:clock")
        if step in STEPS:
            clock.set_simulated(clock.now() + STEPS[step])
            return redirect("sim:clock")
        if step == "1m":
            clock.set_simulated(_a_month_later(here))
            return redirect("sim:clock")
        form = Moment(request.POST)
        if form.is_valid():
            wanted = datetime.combine(
                form.cleaned_data["day"], form.cleaned_data["time"], tzinfo=clock.zone()
            )
            clock.set_simulated(wanted)
            return redirect("sim:clock")
    context = {"form": form, "here": here, "real": clock.real_now()}
    return render(request, "sim/clock.html", context, status=422 if form.errors else 200)


def _a_month_later(here: datetime) -> datetime:
    """Return the same day and time of the next month, or its last day when it is shorter."""
    year, month = (here.year + 1, 1) if here.month == 12 else (here.year, here.month + 1)
    day = min(here.day, calendar.monthrange(year, month)[1])
    return here.replace(year=year, month=month, day=day)
