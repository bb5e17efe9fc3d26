"""Until when a finding is accepted, and why."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ispbill.audit.forms import ReasonField
from ispbill.core.fields import DayField


class AcceptForm(forms.Form):
    until = DayField(
        label=_("Until"),
        help_text=_("This day included, a year ahead at most; then it is shown again."),
    )
    reason = ReasonField()
