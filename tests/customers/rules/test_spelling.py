"""Misspelt words are found within a tolerance that grows with the word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.rules import similarity, spelling

WORDS = st.text(alphabet="abcdeরহিম", max_size=8)


@pytest.mark.parametrize(
    ("first", "second", "apart"),
    [
        ("rahman", "rahman", 0),
        ("rahamn", "rahman", 1),
        ("rahmn", "rahman", 1),
        ("", "abc", 3),
        ("chowdhury", "choudhury", 1),
        ("abc", "cab", 2),
    ],
)
def test_swapped_missing_and_wrong_letters_count_one_each(first, second, apart):
    assert spelling.distance(first, second) == apart


@given(WORDS, WORDS)
def test_distance_is_the_same_both_ways_and_zero_only_for_equals(first, second):
    assert spelling.distance(first, second) == spelling.distance(second, first)
    assert (spelling.distance(first, second) == 0) == (first == second)


def test_the_nearest_known_words_are_meant():
    known = {"rahman", "rahmat", "karim", "sultana"}

    assert spelling.meant("rahamn", known) == ("rahman",)
    assert spelling.meant("rahmas", known) == ("rahman", "rahmat")
    assert spelling.meant("zzzzzz", known) == ()


def test_a_short_word_is_never_taken_for_another():
    assert spelling.meant("rah", {"rat", "ran"}) == ()


def test_names_are_alike_in_any_order_and_without_titles():
    assert similarity.same_name("Md. Rahim Uddin", "Uddin Rahim")
    assert similarity.same_name("Rahim Uddin", "Rahim Udin")
    assert not similarity.same_name("Rahim Uddin", "Karim Uddin Ahmed")


def test_addresses_are_compared_without_filler():
    assert similarity.address_key("House 12, Road 3") == similarity.address_key("H-12 R-3")
