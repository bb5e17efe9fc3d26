"""Processes kept alive together: started, watched, restarted with back-off, stopped as one.

Every child has its own session, so that Ctrl-C in the terminal reaches the supervisor alone and
the order of stopping is ours. Standard library only.
"""

from __future__ import annotations

import ctypes
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from ispbill.devtools.local.places import ROOT
from ispbill.devtools.local.processes import born_at
from ispbill.devtools.local.progress import say

LONGEST_LOG = 5_000_000  # bytes; a bigger one is put aside at the next start
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0  # seconds before a restart
STEADY_AFTER = 60.0  # seconds alive after which a crash counts as the first again
LINES_AT_ONCE = 3  # of a child's errors shown on the console in one look
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_TROUBLE = re.compile(r"\b(ERROR|CRITICAL|FATAL)\b|\blevel=(error|critical)\b")


def die_with_parent() -> None:
    """In the child, before exec: end when the supervisor is killed outright (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def spawn(command: list[str], *, log: Path, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start a child in its own session, its output appended to `log`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as out:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
            env=environment,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )


class Child:
    """One long-running process."""

    def __init__(
        self, name: str, command: list[str], *, log: Path, environment: dict[str, str]
    ) -> None:
        self.name = name
        self.log = log
        self._command = command
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._pause = FIRST_PAUSE
        self._due: float | None = None
        self._read = 0
        self._in_traceback = False

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self) -> None:
        if self.log.exists() and self.log.stat().st_size > LONGEST_LOG:
            self.log.replace(self.log.with_suffix(".old.log"))
        self._read = self.log.stat().st_size if self.log.exists() else 0
        self._process = spawn(self._command, log=self.log, environment=self._environment)
        self._started = time.monotonic()
        self._due = None

    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def watch(self) -> bool:
        """Restart when it ended and its pause is over. Returns whether it was started anew."""
        if self.alive() or self._process is None:
            return False
        now = time.monotonic()
        if self._due is None:
            if now - self._started > STEADY_AFTER:
                self._pause = FIRST_PAUSE
            say(
                f"  {self.name} ended with code {self._process.returncode}; starting it again in "
                f"{self._pause:.0f} s (see {self.log.relative_to(ROOT)})"
            )
            self._due = now + self._pause
            self._pause = min(self._pause * 2, LONGEST_PAUSE)
        if now < self._due:
            return False
        self.start()
        return True

    def signal(self, number: signal.Signals) -> None:
        """To the process and all its own children."""
        if self._process:
            with suppress(ProcessLookupError, PermissionError):
                if number is signal.SIGKILL:
                    os.killpg(self._process.pid, number)
                elif self.alive():
                    self._process.send_signal(number)

    def news(self) -> list[str]:
        """The errors it logged since the last look, a traceback by its last line."""
        if not self.log.exists():
            return []
        with self.log.open("rb") as log:
            log.seek(self._read)
            fresh = log.read(1_000_000)
            whole, newline, _ = fresh.rpartition(b"\n")
            self._read += len(whole) + len(newline)
        found: list[str] = []
        for line in whole.decode(errors="replace").splitlines():
            if line.startswith("Traceback (most recent call last)"):
                self._in_traceback = True
            elif self._in_traceback and line and not line[0].isspace():
                self._in_traceback = False
                found.append(line)
            elif _TROUBLE.search(line):
                found.append(line)
        return found

    def tail(self, lines: int = 15) -> str:
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


class Family:
    """All children of one supervisor, and a record of them for after a crash."""

    def __init__(self, record: Path) -> None:
        self._record = record
        self.children: list[Child] = []

    def clear_orphans(self) -> int:
        """End what a killed supervisor left running; returns how many there were."""
        orphans = recorded(self._record)
        for pid in orphans:
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGTERM)
        _wait_until(lambda: not any(born_at(pid) for pid in orphans), 5.0)
        for pid in orphans:
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
        self._record.unlink(missing_ok=True)
        return len(orphans)

    def add(self, child: Child) -> None:
        self.children.append(child)
        child.start()
        self._write_down()

    def watch(self) -> None:
        """One look at everybody: restart the dead, show new errors."""
        for child in self.children:
            if child.watch():
                self._write_down()
            news = child.news()
            for line in news[:LINES_AT_ONCE]:
                say(f"  {child.name}: {line[:300]}")
            if len(news) > LINES_AT_ONCE:
                say(f"  {child.name}: … and {len(news) - LINES_AT_ONCE} more lines in {child.log}")

    def stop(self, limit: float) -> None:
        """SIGTERM to all, last started first; SIGKILL to those still there after `limit` s."""
        for child in reversed(self.children):
            child.signal(signal.SIGTERM)
        _wait_until(lambda: not any(child.alive() for child in self.children), limit)
        for child in self.children:
            child.signal(signal.SIGKILL)  # also grandchildren that outlived their parent
        _wait_until(lambda: not any(child.alive() for child in self.children), 2.0)
        self.children.clear()
        self._record.unlink(missing_ok=True)

    def _write_down(self) -> None:
        self._record.parent.mkdir(parents=True, exist_ok=True)
        pids = [child.pid for child in self.children if child.pid]
        self._record.write_text(json.dumps({pid: born_at(pid) for pid in pids}))


def recorded(record: Path) -> list[int]:
    """Return the processes of a record that still run.

    One counts only with the start time that was recorded: its number may have gone to somebody
    else since.
    """
    try:
        told = json.loads(record.read_text())
    except (FileNotFoundError, ValueError):
        return []
    return [int(pid) for pid, born in told.items() if born and born_at(int(pid)) == born]


def _wait_until(true: Callable[[], bool], limit: float) -> None:
    give_up = time.monotonic() + limit
    while not true() and time.monotonic() < give_up:
        time.sleep(0.05)
