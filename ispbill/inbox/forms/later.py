"""Until when an item shall wait."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ispbill.core import clock
from ispbill.core.demands import demand
from ispbill.core.fields import DayField

HOURS, TOMORROW, MONDAY, DAY = "hours", "tomorrow", "monday", "day"
_MORNING = time(9)


class Later(forms.Form):
    """A moment in words, or a day of one's own; days begin at nine."""

    when = forms.ChoiceField(
        label=_("Until when?"),
        choices=[
            (HOURS, _("In two hours")),
            (TOMORROW, _("Tomorrow morning")),
            (MONDAY, _("Monday morning")),
            (DAY, _("Another day")),
        ],
        widget=forms.RadioSelect,
        initial=TOMORROW,
    )
    day = DayField(label=_("Day"), required=False)

    def __init__(self, *args: Any, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.at = at
        demand(self, "day", by="when", values=[DAY])

    def clean(self) -> dict[str, Any]:
        """Ask for the day where it is to be another one."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("when") == DAY and not cleaned.get("day") and "day" not in self.errors:
            self.add_error("day", _("Choose a day."))
        return cleaned

    def until(self) -> datetime:
        """Return the moment that was chosen."""
        when, today = self.cleaned_data["when"], clock.local_date(self.at)
        if when == HOURS:
            return self.at + timedelta(hours=2)
        if when == DAY:
            day = self.cleaned_data["day"]
        else:
            days = 1 if when == TOMORROW else 7 - today.weekday()
            day = today + timedelta(days=days)
        return datetime.combine(day, _MORNING, tzinfo=clock.zone())
