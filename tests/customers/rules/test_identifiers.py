"""A search text says what it is: account number, phone, last digits, or words."""

import pytest

from customers.rules import identifiers


@pytest.mark.parametrize(
    ("text", "counter", "year"),
    [
        ("CT-2026-00012", 12, 2026),
        ("ct-2026-12", 12, 2026),
        ("CT-12", 12, None),
        ("ct12", 12, None),
        ("12", 12, None),
        ("#12", 12, None),
        ("১২", 12, None),
        ("00012", 12, None),
        ("Rahim 12", None, None),
    ],
)
def test_an_account_number_is_read_from_its_short_and_long_forms(text, counter, year):
    sought = identifiers.read(text, "BD")

    assert (sought.counter, sought.year) == (counter, year)


@pytest.mark.parametrize(
    "text",
    [
        "01711000001",
        "01711-000001",
        "+880 1711 000001",
        "8801711000001",
        "008801711000001",
        "০১৭১১০০০০০১",
        "(01711) 000-001",
    ],
)
def test_any_spelling_of_a_phone_number_finds_the_stored_one(text):
    sought = identifiers.read(text, "BD")

    assert any(form in "+8801711000001" for form in sought.phone_forms)


def test_four_or_five_digits_may_be_the_end_of_a_phone_number():
    assert identifiers.read("0001", "BD").last_digits == "0001"
    assert identifiers.read("00001", "BD").last_digits == "00001"
    assert identifiers.read("000001", "BD").last_digits == ""


@pytest.mark.parametrize("text", ["1.5", "1-2", "(12)", "+88", "১/২"])
def test_two_digits_with_a_sign_are_a_word_and_nobodys_number(text):
    sought = identifiers.read(text, "BD")

    assert (sought.counter, sought.phone_forms) == (None, ())
    assert len(sought.words) == 1


def test_words_are_lower_case_and_an_account_number_inside_them_is_a_word():
    assert identifiers.read("  Rahim   UDDIN ", "BD").words == ("rahim", "uddin")
    assert identifiers.read("আমিনা বেগম", "BD").words == ("আমিনা", "বেগম")


@pytest.mark.parametrize("text", ["", "   ", "\x00\x07", "\u200b\n"])
def test_nothing_typed_is_nothing_sought(text):
    assert identifiers.read(text, "BD").is_empty


def test_a_very_long_text_is_cut():
    assert len(identifiers.read("x" * 5000, "BD").text) == identifiers.MAX_LENGTH


def test_a_national_id_is_compared_without_spaces_and_dashes():
    assert identifiers.national_id(" 19-84 ০৫ab ") == "198405AB"
