"""Forms about prepaid time: renewing, giving days, changing the kind, redeeming a card."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.prepaid.services.prepaid_terms import MOST_DAYS
from billing.prepaid.services.renewal import MOST_PERIODS
from ispbill.audit.forms import ReasonField
from ispbill.core.fields import DayField


class Renew(forms.Form):
    """How many periods; `seen` is the expiry the person decided on (a second click is stale)."""

    periods = forms.IntegerField(
        label=_("Periods"),
        min_value=1,
        max_value=MOST_PERIODS,
        initial=1,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    seen = DayField(widget=forms.HiddenInput)


class GiveDays(forms.Form):
    """Days as a present, with the reason."""

    days = forms.IntegerField(
        label=_("Days"),
        min_value=1,
        max_value=MOST_DAYS,
        initial=1,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    reason = ReasonField()


class Redeem(forms.Form):
    """A card's code as it is typed."""

    code = forms.CharField(
        label=_("Code on the card"),
        max_length=40,
        help_text=_("Twelve letters and digits under the silver strip."),
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "class": "code",
                "placeholder": "XXXX-XXXX-XXXX",
            }
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "card_%s")
        super().__init__(*args, **kwargs)


class RedeemFor(Redeem):
    """A card's code, and whose account it tops up."""

    customer = forms.CharField(label=_("Customer no."), max_length=20)
    field_order = ("customer", "code")
