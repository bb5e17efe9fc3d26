"""When somebody works on each day of the week."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils import dates
from django.utils.translation import gettext as _

from fieldservice.rules.planning import FREE, Hours

_TIME = {"type": "time"}
WEEK = (5, 6, 0, 1, 2, 3, 4)  # the week begins on Saturday


class WorkingDaysForm(forms.Form):
    """Two hours a day; both empty is a free day."""

    def __init__(self, *args: Any, known: Mapping[int, Hours], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for day in WEEK:
            hours = known[day]
            for name, at, label in (
                ("opens", hours.opens, _("%(day)s, from")),
                ("closes", hours.closes, _("%(day)s, until")),
            ):
                self.fields[f"{name}-{day}"] = forms.TimeField(
                    label=label % {"day": dates.WEEKDAYS[day]},
                    required=False,
                    initial=None if hours == FREE else at,
                    widget=forms.TimeInput(attrs=_TIME, format="%H:%M"),
                )

    def clean(self) -> dict[str, Any]:
        """Refuse half a day and one that ends before it begins."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        for day in WEEK:
            opens, closes = values.get(f"opens-{day}"), values.get(f"closes-{day}")
            if bool(opens) != bool(closes):
                self.add_error(f"closes-{day}", _("Give both hours, or none for a free day."))
            elif opens and closes and closes <= opens:
                self.add_error(f"closes-{day}", _("A working day ends after it begins."))
        return values

    def hours(self) -> dict[int, Hours]:
        """Return what was typed, by day of the week."""
        values = self.cleaned_data
        return {
            day: Hours(values[f"opens-{day}"], values[f"closes-{day}"])
            if values[f"opens-{day}"]
            else FREE
            for day in WEEK
        }
