"""What `manage.py test --no-browser` hands to pytest."""

import os

import pytest

from ispbill.devtools.local import places
from ispbill.devtools.local.testing import keep_compiled, without_journeys


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


def test_where_nothing_is_written_beside_the_sources_compiled_modules_are_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", "put back afterwards")
    monkeypatch.delenv("PYTHONPYCACHEPREFIX")

    keep_compiled()

    assert os.environ["PYTHONPYCACHEPREFIX"] == str(places.LOCAL / "compiled")
    assert "PYTHONDONTWRITEBYTECODE" not in os.environ


def test_elsewhere_python_keeps_them_where_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", "put back afterwards")
    monkeypatch.delenv("PYTHONPYCACHEPREFIX")

    keep_compiled()

    assert "PYTHONPYCACHEPREFIX" not in os.environ
