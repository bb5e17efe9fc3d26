"""The supervisor's children: restarted when they fall, stopped together, never a stranger ended."""

import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ispbill.devtools.local import children
from ispbill.devtools.local.children import Child, Family
from ispbill.devtools.local.processes import born_at, process_name

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture
def family(tmp_path: Path) -> Iterator[Family]:
    made = Family(tmp_path / "children.json")
    yield made
    made.stop(2)


def _child(tmp_path: Path, code: list[str]) -> Child:
    # Under the root: the supervisor names logs relative to it.
    return Child("one", code, log=tmp_path / "one.log", environment=dict(os.environ))


def test_a_fallen_child_is_started_again_after_its_pause(
    family: Family, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "FIRST_PAUSE", 0.05)
    monkeypatch.setattr(children, "ROOT", tmp_path)
    child = _child(tmp_path, SLEEP)
    child._pause = 0.05
    family.add(child)
    first = child.pid
    os.kill(first, 9)
    give_up = time.monotonic() + 5
    while (child.pid == first or not child.alive()) and time.monotonic() < give_up:
        family.watch()
        time.sleep(0.01)
    assert child.pid != first
    assert child._pause == 0.1


def test_a_child_deaf_to_sigterm_is_stopped_all_the_same(family: Family, tmp_path: Path) -> None:
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); print(1, flush=True)"
    child = _child(tmp_path, [sys.executable, "-c", f"{deaf}; time.sleep(60)"])
    family.add(child)
    while not child.tail():
        time.sleep(0.01)
    family.stop(0.2)
    assert not child.alive()


def test_a_traceback_is_told_by_its_last_line(family: Family, tmp_path: Path) -> None:
    child = _child(tmp_path, [sys.executable, "-c", "raise ValueError('the reason')"])
    family.add(child)
    while child.alive():
        time.sleep(0.01)
    assert child.news() == ["ValueError: the reason"]
    assert child.news() == []


def test_errors_in_the_products_own_log_format_are_told(family: Family, tmp_path: Path) -> None:
    lines = "at=1 level=info msg=fine\\nat=2 level=error msg=broken"
    child = _child(tmp_path, [sys.executable, "-c", f"print('{lines}')"])
    family.add(child)
    while child.alive():
        time.sleep(0.01)
    assert child.news() == ["at=2 level=error msg=broken"]


def test_orphans_of_a_killed_supervisor_are_ended(family: Family, tmp_path: Path) -> None:
    child = _child(tmp_path, SLEEP)
    family.add(child)
    assert Family(tmp_path / "children.json").clear_orphans() == 1
    assert not child.alive()


def test_a_process_that_inherited_the_number_is_left_alone(family: Family, tmp_path: Path) -> None:
    child = _child(tmp_path, SLEEP)
    family.add(child)
    (tmp_path / "children.json").write_text(json.dumps({child.pid: "born another time"}))
    assert born_at(child.pid) != "born another time"
    assert Family(tmp_path / "children.json").clear_orphans() == 0
    assert child.alive()


def test_a_zombie_counts_as_gone(tmp_path: Path) -> None:
    child = _child(tmp_path, SLEEP)
    child.start()
    assert child.pid is not None
    born = born_at(child.pid)
    assert (born is None, process_name(child.pid) is None) == (False, False)
    os.kill(child.pid, 9)
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # dead, and not reaped
    assert (born_at(child.pid), process_name(child.pid)) == (None, None)
    assert not child.alive()
