"""Who is not at work, and on which days."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fieldservice.queries import orders
from ispbill.accounts.models import User
from ispbill.core.fields import DayField


class AbsenceForm(forms.Form):
    """Days away, both in it; the reason is read by the office alone."""

    technician = forms.ModelChoiceField(label=_("Technician"), queryset=User.objects.none())
    first = DayField(label=_("First day away"))
    last = DayField(label=_("Last day away"))
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)

    def __init__(self, *args: Any, user: User, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["technician"]
        field.queryset = orders.technicians(user)
        field.label_from_instance = lambda one: one.name
        for name in ("first", "last"):
            self.fields[name].initial = on
