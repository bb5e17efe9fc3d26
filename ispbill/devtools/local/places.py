"""Where the embedded servers keep their data and sockets, and as whom they run.

Three facts of life shape this module: PostgreSQL refuses to run as root; an unprivileged account
cannot pass through a 0700 home; and a socket's path may have at most 107 bytes (`sun_path`).
Standard library only.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
LOCAL = ROOT / ".local"
LONGEST_SOCKET_DIRECTORY = 80  # bytes; leaves room for "/.s.PGSQL.5432.lock" within 107


class LocalError(Exception):
    """Something on this machine stands in the way; the text says what to do about it."""


@dataclass(frozen=True, slots=True)
class Account:
    """The unprivileged account that runs PostgreSQL when we are root."""

    uid: int
    gid: int


def nobody() -> Account:
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        return Account(65534, 65534)  # the number every Linux and the kernel's overflow id use
    return Account(entry.pw_uid, entry.pw_gid)


def short_name(path: Path) -> str:
    """Ten hexadecimal digits that stand for a path, for names in shared directories."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:10]


def passable_by_all(path: Path) -> bool:
    """Whether any account can walk to `path`: every existing part of it is world-executable."""
    return all(
        part.stat().st_mode & stat.S_IXOTH for part in (path, *path.parents) if part.exists()
    )


def readable_by_all(tree: Path) -> bool:
    """Whether any account can read every file of `tree` (an umask of 077 makes that false)."""
    if not passable_by_all(tree):
        return False
    for directory, _, files in os.walk(tree):
        if not os.stat(directory).st_mode & stat.S_IXOTH:
            return False
        for name in files:
            if not os.stat(os.path.join(directory, name)).st_mode & stat.S_IROTH:
                return False
    return True


def private_directory(path: Path, account: Account | None) -> Path:
    """Make `path` a directory only its owner may enter, owned by `account` (or ourselves).

    Raises LocalError when something else is there already: names in a shared temporary directory
    can be guessed, and following another user's link would hand our data to him.
    """
    owner = account.uid if account else os.geteuid()
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {owner, os.geteuid()}:
            raise LocalError(f"{path} is in the way: it is not a directory of ours.") from None
    if path.stat().st_uid != owner and account:
        os.chown(path, account.uid, account.gid)
    path.chmod(0o700)
    return path


def shared_home(home: Path) -> Path:
    """A directory of ours that every account can pass through, for when `home` is shut away.

    In the system's persistent temporary directory, named after `home`; owned by us and 0711.
    """
    base = Path("/var/tmp") if Path("/var/tmp").is_dir() else Path(tempfile.gettempdir())  # noqa: S108 — checked for ownership below
    path = private_directory(base / f"ispbill-{short_name(home)}-{os.geteuid()}", None)
    path.chmod(0o711)
    return path


def fits_a_socket(directory: Path) -> bool:
    """Short and plain enough that every client library can name a socket in it unescaped."""
    text = str(directory)
    plain = all(
        character.isascii() and (character.isalnum() or character in "/._-") for character in text
    )
    return plain and len(text) <= LONGEST_SOCKET_DIRECTORY


def socket_directory(preferred: Path, account: Account | None) -> Path:
    """`preferred` when a socket's name fits there, else a private one with a short name."""
    if fits_a_socket(preferred):
        return private_directory(preferred, account)
    base = Path(tempfile.gettempdir())
    if not fits_a_socket(base / ("x" * 24)) or (account and not passable_by_all(base)):
        base = Path("/tmp")  # noqa: S108 — private_directory refuses what is not ours
    # Named after whose server it is, not after the user who asks: root joins a user's server at
    # the same socket.
    owner = account.uid if account else os.geteuid()
    return private_directory(base / f"ispbill-{short_name(preferred)}-{owner}", account)
