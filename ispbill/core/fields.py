"""The fields every amount and every number with decimals is typed into.

Django's own takes what `Decimal` takes: `1e5`, `NaN`, `1_000` and the digits of any script.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from ispbill.core.money import AmountRefused, parse_amount, parse_number


class MoneyField(forms.CharField):
    """An amount in the company's currency, in any of the spellings people use.

    `words`: what is said instead for a cause of refusal (the codes of `AmountRefused`).
    """

    words: Mapping[str, Any] = {}
    widget = forms.TextInput(attrs={"inputmode": "decimal"})

    def __init__(self, *, may_be_negative: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.validators = []  # those of texts: an amount has no length
        self.may_be_negative = may_be_negative

    def to_python(self, value: Any) -> Any:
        """Return the amount, None for nothing typed."""
        text = str(value or "").strip()
        if not text:
            return None
        is_negative = self.may_be_negative and text[0] in "-−–"
        try:
            amount = parse_amount(text[1:] if is_negative else text)
        except AmountRefused as refusal:
            said = self.words.get(refusal.code) or _(str(refusal))
            raise forms.ValidationError(said, code=refusal.code) from refusal
        return Decimal(-amount) if is_negative else amount

    def prepare_value(self, value: Any) -> Any:
        """Return an amount as it is typed."""
        return f"{value:.2f}" if isinstance(value, Decimal) else value


class NumberField(forms.DecimalField):
    """A number with decimals: a rate, a percentage, a coordinate, an amount to the cent."""

    def to_python(self, value: Any) -> Any:
        """Return the number, None for nothing typed; Bangla digits are read as Latin ones."""
        if isinstance(value, str) and value.strip():
            try:
                value = parse_number(value)
            except AmountRefused as refusal:
                raise forms.ValidationError(
                    self.error_messages["invalid"], code="invalid"
                ) from refusal
        return super().to_python(value)


def formfield(field: "models.Field[Any, Any]", **kwargs: Any) -> forms.Field | None:
    """Make a form's field of a model's: `formfield_callback` of a ModelForm with numbers."""
    if isinstance(field, models.DecimalField):
        kwargs["form_class"] = NumberField
    return field.formfield(**kwargs)
