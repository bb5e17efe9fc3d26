"""Where a line can be had, and which ways an order takes."""

import pytest

from customers.rules import coverage
from customers.rules.coverage import Centre
from signup.rules import lifecycle

MIRPUR = (23.8069, 90.3687)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ([], "COVERED"),
        (["", ""], "COVERED"),
        (["NONE", ""], "NONE"),  # blank = the parent's
        (["NONE", "", "COVERED"], "COVERED"),
        (["COVERED", "PLANNED", ""], "PLANNED"),
    ],
)
def test_an_area_is_served_as_it_says_or_as_what_it_lies_in(said, expected):
    assert coverage.effective(said) == expected


@pytest.mark.parametrize(
    ("north", "expected"), [(23.8069, 1), (23.8240, 1), (23.8247, 1), (23.8260, None), (23.7, None)]
)
def test_a_pin_is_in_the_nearest_area_within_two_kilometres(north, expected):
    centres = [Centre(1, MIRPUR), Centre(2, (22.3, 91.8))]

    assert coverage.nearest((north, MIRPUR[1]), centres) == expected


def test_of_two_centres_the_nearer_one_counts():
    centres = [Centre(1, MIRPUR), Centre(2, (23.8100, 90.3687))]

    assert coverage.nearest((23.8095, 90.3687), centres) == 2


@pytest.mark.parametrize(
    ("was", "becomes", "expected"),
    [
        ("ACCEPTED", "ACTIVE", ("SCHEDULED", "INSTALLED", "ACTIVE")),
        ("SCHEDULED", "INSTALLED", ("INSTALLED",)),
        ("SCHEDULED", "ACCEPTED", ("ACCEPTED",)),
        ("ACTIVE", "ACCEPTED", ()),
        ("SUBMITTED", "ACTIVE", ()),
    ],
)
def test_an_order_passes_every_state_between(was, becomes, expected):
    assert lifecycle.steps(was, becomes) == expected
    path = (was, *expected)
    assert all(lifecycle.may_move(*pair) for pair in zip(path, path[1:], strict=False))


def test_before_acceptance_it_is_rejected_and_after_it_cancelled():
    assert lifecycle.possible("SUBMITTED") == {"accept", "survey", "reject"}
    assert lifecycle.possible("SCHEDULED") == {"cancel"}
    assert lifecycle.possible("INSTALLED") == frozenset()
