"""Any spelling in, one form stored, the national form shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ispbill.core import phones
from ispbill.core.phones import PhoneRefused

AMINA = "+8801711000001"
SPELLINGS = [
    "01711000001",
    "01711-000001",
    " 01711 000 001 ",
    "(01711) 000-001",
    "01711.000.001",
    "+8801711000001",
    "+880 1711-000001",
    "8801711000001",
    "008801711000001",
    "00880 1711 000001",
    "০১৭১১০০০০০১",
    "+৮৮০ ১৭১১ ০০০০০১",
    "1711000001",
    "\u200e+8801711000001",
]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_of_a_number_is_the_same_number(spelling):
    assert phones.normalise(spelling, "BD") == AMINA


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_finds_the_stored_number(spelling):
    indexed = phones.search_forms(AMINA, "BD")

    assert any(typed in form for typed in phones.search_forms(spelling, "BD") for form in indexed)


@pytest.mark.parametrize(
    ("spelling", "region", "e164", "shown"),
    [
        ("082 123 4567", "ZA", "+27821234567", "0821234567"),
        ("27821234567", "ZA", "+27821234567", "0821234567"),
        ("98765 43210", "IN", "+919876543210", "9876543210"),
        ("09876543210", "IN", "+919876543210", "9876543210"),
        ("919876543210", "IN", "+919876543210", "9876543210"),
        ("+447911123456", "BD", "+447911123456", "+44 7911 123456"),
        ("01711000001", "BD", AMINA, "01711000001"),
    ],
)
def test_each_region_reads_and_shows_its_own_numbers(spelling, region, e164, shown):
    assert phones.normalise(spelling, region) == e164
    assert phones.national(e164, region) == shown


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        (" - ", "empty"),
        ("abc", "characters"),
        ("01711x00001", "characters"),
        ("+", "characters"),
        ("017", "short"),
        ("017110000011", "long"),
        ("01711000001" * 3, "long"),
        ("0171100000", "unknown"),
        ("+9991234567", "country"),
    ],
)
def test_a_broken_number_is_refused_with_its_cause(text, code):
    with pytest.raises(PhoneRefused) as refusal:
        phones.normalise(text, "BD")

    assert refusal.value.code == code
    assert str(refusal.value).endswith(".")


@pytest.mark.parametrize(
    ("typed", "forms"),
    [
        ("01711", ("8801711", "01711")),
        ("1711", ("1711",)),
        ("+88017", ("88017", "017")),
        ("000001", ("0001", "000001")),
        ("00880", ("880", "00880")),
        ("", ()),
        ("Amina", ()),
    ],
)
def test_the_start_of_a_number_is_enough_to_search(typed, forms):
    assert phones.search_forms(typed, "BD") == forms


def test_a_masked_number_keeps_its_ends_only():
    assert phones.mask(AMINA, "BD") == "017•••••001"
    assert phones.mask("+447911123456", "BD") == "+447••••••456"


def test_the_company_names_the_region():
    phones.set_default_region(lambda: "ZA")
    try:
        assert phones.normalise("0821234567") == "+27821234567"
    finally:
        phones.set_default_region(lambda: "BD")


@given(st.text(alphabet="0123456789+ -()০১২৩৪৫৬৭৮৯abc", max_size=24))
def test_no_text_pauses_the_reader(text):
    phones.search_forms(text, "BD")
    try:
        number = phones.normalise(text, "BD")
    except PhoneRefused:
        return
    assert phones.normalise(number, "BD") == number
    assert phones.normalise(phones.national(number, "BD"), "BD") == number
