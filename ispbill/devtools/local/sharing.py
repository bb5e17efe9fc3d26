"""Who is using an embedded server: the last one out stops it.

A shared `flock` is the count of users. The kernel releases it when a process dies, however it
dies, so there is nothing stale to clean up after a crash. Standard library only.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from ispbill.devtools.local.places import LocalError


def _open(path: Path) -> IO[str]:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return path.open("a+", encoding="utf-8")
    except PermissionError as error:
        raise LocalError(
            f"{path} belongs to another user; run as that user, or remove {path.parent.parent}."
        ) from error


class Users:
    """The users of one server, counted by locks on `<directory>/<name>.users`."""

    def __init__(self, directory: Path, name: str) -> None:
        self._door = directory / f"{name}.door"
        self._book = directory / f"{name}.users"
        self._signed: IO[str] | None = None

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else starts or stops the server meanwhile."""
        with _open(self._door) as door:
            fcntl.flock(door, fcntl.LOCK_EX)
            yield

    def sign_in(self) -> None:
        self._signed = _open(self._book)
        fcntl.flock(self._signed, fcntl.LOCK_SH)

    def sign_out(self) -> bool:
        """Leave; True when nobody else is left. Call it inside `alone()`."""
        if self._signed is None:
            return False
        signed, self._signed = self._signed, None
        with signed:
            try:
                fcntl.flock(signed, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True


@contextmanager
def only_one(path: Path) -> Iterator[str | None]:
    """Hold `path` for ourselves: yields None, or what its holder wrote into it."""
    with _open(path) as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            held.seek(0)
            yield held.read().strip() or "another process"
            return
        path.write_text("")
        yield None
