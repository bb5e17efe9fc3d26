"""The demo collects its static files once, and again when one of them has changed."""

from pathlib import Path

import pytest

from ispbill.devtools.local import static_files
from ispbill.devtools.local.places import LocalError
from ispbill.devtools.local.static_files import Collecting

QUICK = "import pathlib; pathlib.Path('.local/static').mkdir(parents=True, exist_ok=True)"


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout whose `collectstatic` only makes the directory."""
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "a.css").write_text("a {}")
    (tmp_path / "manage.py").write_text(
        f"import os; os.chdir({str(tmp_path)!r}); {QUICK}; open('runs', 'a').write('x')"
    )
    monkeypatch.setattr(static_files.places, "ROOT", tmp_path)
    monkeypatch.setattr(static_files, "_ROOT", tmp_path / ".local" / "static")
    monkeypatch.setattr(static_files, "_NOTE", tmp_path / ".local" / "static.made-from")
    monkeypatch.setattr(static_files, "_LOG", tmp_path / ".local" / "log" / "collectstatic.log")
    return tmp_path


def runs(checkout: Path) -> int:
    done = checkout / "runs"
    return len(done.read_text()) if done.exists() else 0


def test_a_second_start_has_nothing_to_collect(checkout: Path) -> None:
    Collecting().finish()
    Collecting().finish()

    assert runs(checkout) == 1


def test_a_changed_sheet_is_collected_again(checkout: Path) -> None:
    Collecting().finish()
    (checkout / "static" / "a.css").write_text("a { color: red }")
    Collecting().finish()

    assert runs(checkout) == 2


def test_what_was_stopped_half_way_is_begun_anew(checkout: Path) -> None:
    script = checkout / "manage.py"
    quick = script.read_text()
    script.write_text("import time; time.sleep(60)")
    Collecting().stop()
    script.write_text(quick)
    Collecting().finish()

    assert runs(checkout) == 1


def test_a_failure_is_told_with_its_last_lines(checkout: Path) -> None:
    (checkout / "manage.py").write_text("raise SystemExit('a.css names b.png, which is not there')")

    with pytest.raises(LocalError, match=r"b\.png, which is not there"):
        Collecting().finish()
