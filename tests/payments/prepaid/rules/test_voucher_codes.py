from hypothesis import given
from hypothesis import strategies as st

from payments.prepaid.rules import voucher_codes
from payments.prepaid.rules.voucher_codes import (
    ALPHABET,
    LENGTH,
    check_character,
    make,
    read,
    written,
)

codes = st.text(ALPHABET, min_size=LENGTH - 1, max_size=LENGTH - 1).map(
    lambda body: body + check_character(body)
)


def test_a_code_has_more_than_fifty_bits():
    assert len(ALPHABET) ** voucher_codes.RANDOM_CHARACTERS > 2**50
    assert not set("01OIL") & set(ALPHABET)


def test_made_codes_are_good_and_different():
    made = {make() for _number in range(500)}

    assert len(made) == 500
    assert all(read(code) == code for code in made)


@given(codes)
def test_what_is_printed_can_be_typed_in_many_ways(code):
    assert read(written(code)) == code
    assert read(f"  {code.lower()} ") == code
    assert read(written(code).replace("-", " ")) == code
    assert read(written(code).replace("-", "–")) == code


def test_bangla_digits_count_as_digits():
    code = "2345678923A" + check_character("2345678923A")
    bangla = code.translate(str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯"))

    assert read(bangla) == code


@given(codes, st.integers(0, LENGTH - 1), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_noticed(code, place, other):
    wrong = code[:place] + other + code[place + 1 :]

    assert read(wrong) == (code if wrong == code else None)


@given(codes, st.integers(0, LENGTH - 1), st.integers(0, LENGTH - 1))
def test_two_characters_exchanged_are_always_noticed(code, one, other):
    swapped = list(code)
    swapped[one], swapped[other] = swapped[other], swapped[one]
    wrong = "".join(swapped)

    assert read(wrong) == (code if wrong == code else None)


@given(st.text())
def test_anything_can_be_typed(typed):
    assert read(typed) is None or len(read(typed)) == LENGTH


@given(codes)
def test_the_weighted_sum_of_a_code_is_zero_modulo_31(code):
    assert sum(place * ALPHABET.index(one) for place, one in enumerate(code, start=1)) % 31 == 0
