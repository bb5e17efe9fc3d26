"""Taking an alarm on."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ispbill.audit.forms import ReasonField


class TakeOnForm(forms.Form):
    """For how long it stays silent, and why."""

    hours = forms.TypedChoiceField(
        label=_("Silent for"),
        choices=[(1, _("1 hour")), (4, _("4 hours")), (12, _("12 hours")), (24, _("24 hours"))],
        coerce=int,
        initial=4,
    )
    reason = ReasonField(label=_("What is being done"))
