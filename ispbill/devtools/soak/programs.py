"""The demo's processes as the system shows them: who they are, what they hold, how to shoot one."""

import os
import signal
import subprocess
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass

from ispbill.devtools.local.children import recorded
from ispbill.devtools.local.supervisor import CHILDREN

_WORDS = {"web": "gunicorn", "worker": " worker ", "beat": " beat ", "sandbox": " sandbox"}


@dataclass(frozen=True)
class Process:
    """A process of the demo. `is_first`: the one the supervisor started."""

    program: str
    pid: int
    mb: float
    is_first: bool


def running() -> list[Process]:
    """Return every process of the demo's programs."""
    firsts = set(recorded(CHILDREN))
    found, names = [], {}
    rows = _ps()
    for pid, group, _kb, words in rows:
        if pid in firsts and pid == group:
            names[group] = next((n for n, word in _WORDS.items() if word in f"{words} "), "")
    for pid, group, kb, _words in rows:
        if names.get(group):
            found.append(Process(names[group], pid, kb / 1024, pid == group))
    return found


def held() -> dict[str, float]:
    """Return the megabytes of each program, of all its processes."""
    sums: dict[str, float] = defaultdict(float)
    for process in running():
        sums[process.program] += process.mb
    return dict(sums)


def shoot(process: Process) -> None:
    """End a process without a word; the first of a program with all of the others."""
    with suppress(ProcessLookupError):
        if process.is_first:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            os.kill(process.pid, signal.SIGKILL)


def parent_of(pid: int) -> int:
    """Return the number of a process's parent."""
    shown = subprocess.run(
        ["ps", "-o", "ppid=", "-p", str(pid)], capture_output=True, text=True, check=True
    )
    return int(shown.stdout)


def _ps() -> list[tuple[int, int, int, str]]:
    shown = subprocess.run(
        ["ps", "-A", "-o", "pid=,pgid=,rss=,args="], capture_output=True, text=True, check=True
    )
    rows = (line.split(None, 3) for line in shown.stdout.splitlines())
    return [(int(row[0]), int(row[1]), int(row[2]), row[3]) for row in rows if len(row) == 4]
