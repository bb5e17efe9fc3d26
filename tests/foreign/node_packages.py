"""Packages of npm that the tests drive simulators with, installed once from a lock file."""

import fcntl
import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest

from ispbill.devtools.local import places

_SECONDS = 180
_COMMAND = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=0"]


def installed(source: Path) -> Path:
    """Copy a folder into `.local/`, install its lock file there, and return where that is.

    Skips the test where there is no Node or no registry; a package that is not the one that was
    locked fails it.
    """
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.skip("There is no Node here; the libraries written for it are not tried.")
    files = sorted(path for path in source.iterdir() if path.is_file())
    content = b"".join(path.read_bytes() for path in files)
    target = places.LOCAL / "foreign" / hashlib.sha256(content).hexdigest()[:16]
    target.parent.mkdir(parents=True, exist_ok=True)
    with (target.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (target / "installed").exists():
            _install(files, target)
    return target


def _install(files: list[Path], target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    for path in files:
        shutil.copy(path, target)
    try:
        done = subprocess.run(
            _COMMAND, cwd=target, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        pytest.skip("The npm registry does not answer; the libraries of the lock are not tried.")
    if done.returncode:
        if "EINTEGRITY" in done.stderr:
            pytest.fail(f"a package is not the one that was locked: {done.stderr[-2000:]}")
        pytest.skip("The npm registry cannot be reached; the libraries of the lock are not tried.")
    (target / "installed").touch()
