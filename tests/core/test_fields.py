"""Amounts and numbers as they are typed: digits, and nothing that only looks like them."""

from decimal import Decimal

import pytest
from django import forms

import ispbill.urls  # noqa: F401 - loads every form
from billing.ledger.forms.amounts import AmountField
from ispbill.core.fields import MoneyField, NumberField

NONE = [
    "1e5", "1E5", "NaN", "nan", "Infinity", "-Infinity", "inf", "sNaN", "1_000", "٣٤٥", "१२३",
    "１２", "0x10", "1e-5", "--1", "1\x00", "²", "½",
]  # fmt: skip


@pytest.mark.parametrize("text", NONE)
@pytest.mark.parametrize("field", [MoneyField(), NumberField(), AmountField(max_length=20)])
def test_what_only_looks_like_a_number_is_refused(field, text):
    with pytest.raises(forms.ValidationError):
        field.clean(text)


@pytest.mark.parametrize("field", [MoneyField(), NumberField(), AmountField(max_length=20)])
@pytest.mark.parametrize(("text", "amount"), [("1150.50", "1150.50"), ("১১৫০.৫০", "1150.50")])
def test_latin_and_bangla_digits_are_read(field, text, amount):
    assert field.clean(text) == Decimal(amount)


def test_a_number_may_be_negative_and_an_amount_only_where_it_says_so():
    assert NumberField().clean("-23.81") == Decimal("-23.81")
    assert MoneyField(may_be_negative=True).clean("-5") == -5
    with pytest.raises(forms.ValidationError, match="negative"):
        MoneyField().clean("-5")


def test_every_number_with_decimals_is_typed_into_one_of_these():
    def below(form):
        for child in form.__subclasses__():
            yield child
            yield from below(child)

    others = {
        f"{form.__module__}.{form.__name__}.{name}"
        for form in below(forms.BaseForm)
        if not form.__module__.startswith(("django.", "tests."))
        for name, field in getattr(form, "base_fields", {}).items()
        if isinstance(field, forms.DecimalField | forms.FloatField)
        and not isinstance(field, NumberField)
    }

    assert others <= {"ispbill.devtools.simulators.views.gateways.FaultForm.seconds"}
