"""Paying a reseller: how, under which reference, and the amount the person saw."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ispbill.core.fields import NumberField
from resellers.models import Payout


class PayoutForm(forms.Form):
    """How the money goes; `expected` is what the page showed."""

    method = forms.ChoiceField(label=_("Paid by"), choices=Payout.Method.choices, initial="EFT")
    reference = forms.CharField(
        label=_("Reference"),
        max_length=80,
        required=False,
        help_text=_("TrxID, cheque or transfer number."),
    )
    note = forms.CharField(label=_("Note"), max_length=200, required=False)
    expected = NumberField(widget=forms.HiddenInput, max_digits=14, decimal_places=2)
