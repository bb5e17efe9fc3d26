"""How people type an amount, and the days of a report."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ispbill.core.fields import DayField, MoneyField

_WORDS = {
    "empty": gettext_lazy("Enter an amount."),
    "negative": gettext_lazy("The amount must be more than zero."),
    "unreadable": gettext_lazy("Write the amount in digits, for example 1,234.50."),
    "decimals": gettext_lazy("Write at most 2 digits after the decimal point."),
    "large": gettext_lazy("This amount is too large for one payment. Check the digits."),
}


class AmountField(MoneyField):
    """An amount as people write it: `1,150`, `১১৫০`, `12,5`, `500/-`. Never `1e5`."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    words = _WORDS
    default_error_messages = {"required": gettext_lazy("Enter an amount.")}


class Span(forms.Form):
    """The days of a statement. The names are those of its address."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["from"] = DayField(label=_("From"), required=False)
        self.fields["to"] = DayField(label=_("To"), required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        since, until = given.get("from"), given.get("to")
        if since and until and since > until:
            self.add_error("to", _("The last day lies before the first."))
        return given
