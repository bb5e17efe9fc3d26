"""Fields several forms share: money as people type it, phone numbers, billing days."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ispbill.core.money import AmountRefused, parse_amount

BILLING_DAYS = [
    ("1", _("1st")),
    ("5", _("5th")),
    ("25", _("25th")),
    ("30", _("30th, or the last day of shorter months")),
]


class MoneyField(forms.CharField):
    """An amount in the company's currency, in any of the spellings people use."""

    def __init__(self, *, may_be_negative: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal"}))
        super().__init__(**kwargs)
        self.may_be_negative = may_be_negative

    def to_python(self, value: Any) -> Any:
        text = str(value or "").strip()
        if not text:
            return None
        is_negative = self.may_be_negative and text[0] in "-−–"
        try:
            amount = parse_amount(text[1:] if is_negative else text)
        except AmountRefused as refusal:
            raise forms.ValidationError(_(str(refusal)), code=refusal.code) from refusal
        return Decimal(-amount) if is_negative else amount

    def prepare_value(self, value: Any) -> Any:
        return f"{value:.2f}" if isinstance(value, Decimal) else value
