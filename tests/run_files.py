"""The files of one run of the suite: a directory of its own, gone when the run is over."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_NAME = "ISPBILL_TEST_FILES"


def lane() -> int:
    """Return which of the suite's processes side by side this is: 0, 1, …; alone it is 0.

    Programs that a test starts are of its lane.
    """
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


def claim(variable: str, name: str) -> None:
    """Let the variable name this lane's directory, unless a test has named another one.

    Lanes inherit what the process that began them has claimed for itself.
    """
    if os.environ.get(variable) in (None, directory(name, of=0)):
        os.environ[variable] = directory(name)


def directory(name: str, of: int | None = None) -> str:
    """Return a directory of this run and lane; programs that a test starts share it.

    Who made the run's directory removes it at the end, and nobody else.
    """
    if _NAME not in os.environ:
        os.environ[_NAME] = tempfile.mkdtemp(prefix="ispbill-tests-")
        atexit.register(_remove, os.environ[_NAME], os.getpid())
    found = Path(os.environ[_NAME], str(lane() if of is None else of), name)
    found.mkdir(parents=True, exist_ok=True)
    return str(found)


def _remove(path: str, maker: int) -> None:
    if os.getpid() == maker:  # not a fork of it
        shutil.rmtree(path, ignore_errors=True)
