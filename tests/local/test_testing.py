"""What `manage.py test --no-browser` hands to pytest."""

import pytest

from ispbill.local.testing import side_by_side, without_journeys


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


def test_the_whole_suite_runs_side_by_side_and_chosen_tests_do_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    assert side_by_side([])[:2] == ["-n", "auto"]
    assert side_by_side(["tests/core"]) == ["tests/core"]
    assert side_by_side(["--pdb"]) == ["--pdb"]
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    assert side_by_side([]) == []
