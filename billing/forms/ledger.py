"""Days to look at the books on."""

from django import forms
from django.utils.translation import gettext_lazy as _


class AsOfForm(forms.Form):
    on = forms.DateField(
        label=_("At the end of"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )


class SpanForm(forms.Form):
    start = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    end = forms.DateField(
        label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
