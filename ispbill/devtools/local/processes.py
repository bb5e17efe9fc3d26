"""What the system knows of a process number. Standard library only.

A zombie counts as gone: where nobody reaps orphans (some containers) it keeps its number for ever.
"""

from __future__ import annotations

import subprocess
from pathlib import Path


def process_name(pid: int) -> str | None:
    """The program behind a process number; None when there is no such process."""
    if Path("/proc/self/stat").exists():
        fields = _proc_stat(pid)
        return fields[0] if fields else None
    return Path(_ps("comm=", pid) or "").name or None


def born_at(pid: int) -> str | None:
    """When a process started, in the system's own words; None when there is none."""
    if Path("/proc/self/stat").exists():
        fields = _proc_stat(pid)
        return fields[20] if fields else None
    return _ps("lstart=", pid)


def _proc_stat(pid: int) -> list[str] | None:
    """Name, state and the later fields of proc(5); so field n of the manual is [n - 2]."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return None
    # The name stands in brackets and may itself hold blanks and brackets.
    name = text.partition("(")[2].rpartition(")")[0]
    rest = text.rpartition(")")[2].split()
    return None if rest[0] == "Z" else [name, *rest]


def _ps(field: str, pid: int) -> str | None:
    shown = subprocess.run(
        ["ps", "-o", f"stat=,{field}", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    state, _, value = shown.stdout.strip().partition(" ")
    return None if state.startswith("Z") else value.strip() or None
