"""Digits as they are typed, and as addresses carry them."""

import pytest

from ispbill.core import digits


@pytest.mark.parametrize("typed", ["123456", " 123 456", "123-456", "১২৩৪৫৬", "১২৩ 456"])
def test_a_code_is_the_same_however_it_is_typed(typed):
    assert digits.code(typed) == "123456"


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("0012", 12), ("1000000000", 10**9)])
def test_a_whole_number_is_read(text, number):
    assert digits.whole(text) == number


@pytest.mark.parametrize(
    "text", ["", "-1", "+1", "1.5", " 1", "²", "٣", "১", "1e3", "1000000001", "9" * 5000]
)
def test_what_only_looks_like_a_whole_number_is_none(text):
    assert digits.whole(text) is None


def test_an_id_fits_its_column():
    assert digits.row_id(str(2**63 - 1)) == 2**63 - 1
    assert digits.row_id(str(2**63)) is None
