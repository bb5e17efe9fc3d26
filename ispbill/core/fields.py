"""The fields every amount, number with decimals, day and phone number is typed into.

Django's own takes what `Decimal` takes: `1e5`, `NaN`, `1_000` and the digits of any script.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from ispbill.core import phones, typed_days
from ispbill.core.money import AmountRefused, parse_amount, parse_number

MOMENT = "%Y-%m-%dT%H:%M"  # as browsers send one


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


class DegreeField(NumberField):
    """Degrees of a place on the map; `most` is 90 for a latitude and 180 for a longitude."""

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        kwargs |= {"min_value": -most, "max_value": most, "max_digits": 9, "decimal_places": 6}
        super().__init__(**kwargs)


class DayField(forms.DateField):
    """A day of the company's calendar, chosen from the browser's; static/js/list.js says it."""

    # Browsers read one way of writing it, whatever the page's language.
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def to_python(self, value: Any) -> Any:
        """Return the day, None for nothing typed."""
        day = super().to_python(value)
        _refuse_another_age(day)
        return day


class MomentField(forms.DateTimeField):
    """A moment in the company's time zone, to the minute."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT)

    def __init__(self, *, input_formats: Any = (MOMENT,), **kwargs: Any) -> None:
        super().__init__(input_formats=input_formats, **kwargs)

    def to_python(self, value: Any) -> Any:
        """Return the moment, None for nothing typed."""
        moment = super().to_python(value)
        _refuse_another_age(moment and moment.date())
        return moment


def _refuse_another_age(day: date | None) -> None:
    if day is not None and not typed_days.FIRST <= day <= typed_days.LAST:
        said = _("Enter a day between %(first)d and %(last)d.")
        years = {"first": typed_days.FIRST.year, "last": typed_days.LAST.year}
        raise forms.ValidationError(said, code="age", params=years)


class PhoneField(forms.CharField):
    """A phone number in any of the spellings people use, kept in one; "" where none is typed."""

    widget = forms.TextInput(attrs={"inputmode": "tel"})

    def clean(self, value: Any) -> str:
        """Return the number in one form; the refusal says what is wrong with it."""
        typed = super().clean(value)
        try:
            return phones.normalise(typed) if typed else ""
        except phones.PhoneRefused as refusal:
            raise forms.ValidationError(_(str(refusal)), code=refusal.code) from refusal


def formfield(field: "models.Field[Any, Any]", **kwargs: Any) -> forms.Field | None:
    """Make a form's field of a model's: `formfield_callback` of a ModelForm with numbers."""
    if isinstance(field, models.DecimalField):
        kwargs["form_class"] = NumberField
    return field.formfield(**kwargs)


class LastDigitsField(forms.CharField):
    """The last four digits of a phone number, in Latin or Bangla digits; `0` to `9` come out."""

    COUNT = 4

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Last 4 digits of your phone number"))
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        )
        super().__init__(max_length=8, **kwargs)

    def clean(self, value: Any) -> str:
        """Return the digits; "" for nothing typed where that is allowed."""
        plain = "".join(super().clean(value).split())
        if not plain and not self.required:
            return ""
        if len(plain) != self.COUNT or not plain.isdecimal():
            raise forms.ValidationError(_("Type 4 digits."))
        return "".join(str(int(digit)) for digit in plain)
