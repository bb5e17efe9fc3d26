"""Processes side by side get whole files: what the tests of a file share is made once."""

import os
import subprocess
import sys
from types import SimpleNamespace

from tests.architecture.test_house import ROOT
from tests.side_by_side import JOURNEYS, longest_first, piece_of

NODES = [
    "tests/core/test_one.py::test_a",
    "tests/core/test_two.py::test_a[x::y]",
    "tests/core/test_one.py::test_b[1@2]",
    "tests/journeys/test_three.py::test_a",
    "tests/journeys/test_four.py::test_a",
]
CONFTEST = """
from tests import side_by_side

def pytest_xdist_make_scheduler(config, log):
    return side_by_side.InPieces(config, log)
"""
TESTS = """
import os, pathlib, pytest

@pytest.mark.parametrize("number", range(8))
def test_who_does_it(number):
    with pathlib.Path(__file__).with_suffix(".done").open("a") as done:
        done.write(os.environ["PYTEST_XDIST_WORKER"] + " ")
"""


def test_the_tests_of_a_file_are_one_piece_and_so_are_the_journeys():
    assert [piece_of(node) for node in NODES] == [
        "tests/core/test_one.py",
        "tests/core/test_two.py",
        "tests/core/test_one.py",
        JOURNEYS,
        JOURNEYS,
    ]


def test_a_file_is_done_by_one_process(tmp_path):
    """Marks of xdist's own that say so were not heeded, and each process made everything anew."""
    (tmp_path / "conftest.py").write_text(CONFTEST)
    for name in ("one", "two"):
        (tmp_path / f"test_{name}.py").write_text(TESTS)

    alone = ["-c", os.devnull, "--rootdir", tmp_path, "-p", "no:django"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *alone, "-n", "2", "--dist", "loadscope", tmp_path],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={key: value for key, value in os.environ.items() if "XDIST" not in key},
    )

    assert done.returncode == 0, done.stdout + done.stderr
    said = [path.read_text().split() for path in sorted(tmp_path.glob("*.done"))]
    assert sorted(len(workers) for workers in said) == [8, 8]
    assert [len(set(workers)) for workers in said] == [1, 1]


def test_what_takes_long_begins_first():
    def item(nodeid, *marks):
        return SimpleNamespace(nodeid=nodeid, get_closest_marker=lambda name: name in marks or None)

    items = [item(NODES[0]), item(NODES[1]), item(NODES[2], "slow"), item(NODES[3])]
    longest_first(items)

    assert [one.nodeid for one in items] == [NODES[3], NODES[0], NODES[2], NODES[1]]
