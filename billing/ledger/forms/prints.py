"""What to print of many customers."""

from django import forms
from django.utils.translation import gettext_lazy as _


class PrintForm(forms.Form):
    """Bills or labels, and the key that has them made only once."""

    kind = forms.ChoiceField(
        label=_("What to print"),
        choices=[("BILLS", _("Open bills")), ("LABELS", _("Address labels"))],
        widget=forms.RadioSelect,
    )
    ids = forms.CharField(widget=forms.HiddenInput)
    key = forms.UUIDField(widget=forms.HiddenInput)
