"""A pause: the days a customer asks for, and the word staff say yes with."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ispbill.core.fields import DayField


class AskForm(forms.Form):
    """The days without the service, and what there is to say."""

    start = DayField(label=_("First day without the service"))
    until = DayField(label=_("First day back"))
    note = forms.CharField(
        label=_("Anything we should know?"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for days, name in enumerate(("start", "until"), start=1):
            first = on + timedelta(days=days)
            self.fields[name].widget.attrs["min"] = first.isoformat()


class ApproveForm(forms.Form):
    """Yes, with a word for the file if there is one."""

    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The customer reads it."),
    )
