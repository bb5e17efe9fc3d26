"""What is typed: numbers of digits and nothing that only looks like them, days of our age."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django import forms
from django.utils import translation

import ispbill.urls  # noqa: F401 - loads every form
from billing.ledger.forms.amounts import AmountField
from ispbill.core.fields import DayField, MomentField, MoneyField, NumberField

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


@pytest.mark.parametrize("text", ["0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31"])
def test_a_day_of_another_age_is_refused(text):
    with pytest.raises(forms.ValidationError, match="between 1900 and 2199"):
        DayField().clean(text)
    with pytest.raises(forms.ValidationError, match="between 1900 and 2199"):
        MomentField().clean(f"{text}T10:00")


@pytest.mark.parametrize("language", ["en", "bn"])
def test_a_day_stands_in_its_field_whatever_the_language(language):
    class Asked(forms.Form):
        on = DayField(initial=date(2026, 11, 25))
        at = MomentField(initial=datetime(2026, 11, 25, 2, 30, tzinfo=UTC))

    with translation.override(language):
        page = str(Asked())

    assert 'value="2026-11-25"' in page
    assert 'value="2026-11-25T' in page


def below(form):
    for child in form.__subclasses__():
        yield child
        yield from below(child)


OURS = [
    (forms.DecimalField | forms.FloatField, NumberField),
    (forms.DateField, DayField),
    (forms.DateTimeField, MomentField),
]


@pytest.mark.parametrize(("kind", "ours"), OURS)
def test_every_number_with_decimals_day_and_moment_is_typed_into_one_of_these(kind, ours):
    others = {
        f"{form.__module__}.{form.__name__}.{name}"
        for form in below(forms.BaseForm)
        if not form.__module__.startswith(("django.", "tests.", "ispbill.devtools."))
        for name, field in getattr(form, "base_fields", {}).items()
        if isinstance(field, kind) and not isinstance(field, ours)
    }

    assert others == set()
