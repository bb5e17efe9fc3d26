"""Until when a finding is accepted, and why."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ispbill.audit.forms import ReasonField


class AcceptForm(forms.Form):
    until = forms.DateField(
        label=_("Until"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("This day included, a year ahead at most; then it is shown again."),
    )
    reason = ReasonField()
