"""What `manage.py test --no-browser` hands to pytest."""

import pytest

from ispbill.devtools.local.testing import without_journeys


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([], ["-m", "not journey"]),
        (["tests/core", "-x"], ["tests/core", "-x", "-m", "not journey"]),
        (["-m", "slow or fast"], ["-m", "not journey and (slow or fast)"]),
        (["-mslow"], ["-m", "not journey and (slow)"]),
        (["--maxfail=1"], ["--maxfail=1", "-m", "not journey"]),
    ],
)
def test_journeys_are_deselected_beside_the_callers_own_marks(
    given: list[str], expected: list[str]
) -> None:
    assert without_journeys(given) == expected
