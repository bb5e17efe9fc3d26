"""The way from a bare Python to the project's environment."""

import subprocess
import sys
from pathlib import Path

import pytest

from ispbill.devtools.local import bootstrap, places


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with two lock files and an environment that holds nothing yet."""
    monkeypatch.setattr(places, "LOCAL", tmp_path / ".local")
    monkeypatch.setattr(bootstrap, "REQUIREMENTS", tmp_path)
    (tmp_path / ".local/venv").mkdir(parents=True)
    for name in (bootstrap.RUN, bootstrap.DEVELOP):
        (tmp_path / name).write_text("django==5.2.19 \\\n    --hash=sha256:00\n")
    return tmp_path


def _note(checkout: Path, lock: str) -> None:
    note = checkout / ".local/venv/ispbill-requirements.json"
    note.write_text(f'{{"{lock}": "{bootstrap.fingerprint(lock)}"}}')


def test_an_empty_environment_is_not_current(checkout: Path) -> None:
    assert not bootstrap.is_current(bootstrap.RUN)


def test_an_environment_is_current_until_its_lock_changes(checkout: Path) -> None:
    _note(checkout, bootstrap.RUN)
    assert bootstrap.is_current(bootstrap.RUN)
    (checkout / bootstrap.RUN).write_text("django==5.2.20\n")
    assert not bootstrap.is_current(bootstrap.RUN)


def test_an_environment_made_for_tests_runs_the_demo_but_not_the_reverse(checkout: Path) -> None:
    _note(checkout, bootstrap.DEVELOP)
    assert bootstrap.is_current(bootstrap.RUN)
    _note(checkout, bootstrap.RUN)
    assert not bootstrap.is_current(bootstrap.DEVELOP)


def test_pins_are_read_without_those_of_other_platforms() -> None:
    text = (
        "a==1.0 \\\n    --hash=sha256:00\nb==2 ; sys_platform == 'win32' \\\n    --hash=sha256:11\n"
    )
    assert bootstrap.pins(text) == {"a": "1.0"}


def test_the_development_lock_holds_every_package_of_the_demo() -> None:
    run, develop = (
        bootstrap.pins((bootstrap.REQUIREMENTS / name).read_text())
        for name in (bootstrap.RUN, bootstrap.DEVELOP)
    )
    assert run.items() - develop.items() == set()


def test_pips_indexes_reach_uv(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example/simple")
    found = bootstrap.indexes_for_uv(Path(sys.executable))
    assert found["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"


@pytest.mark.parametrize("command", ["demo", "test"])
def test_help_needs_no_package_at_all(command: str) -> None:
    bare = [sys.executable, "-S", "-s", "manage.py", command, "--help"]
    shown = subprocess.run(bare, cwd=places.ROOT, capture_output=True, text=True, check=False)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout.startswith(f"usage: manage.py {command}")
