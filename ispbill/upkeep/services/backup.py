"""Write a copy of everything: one sealed stream of database and files.

Counts and dump are of one exported snapshot; files come after it, so that every row's file is in
the copy (files are written before their row commits). Neither keys nor `.env` go along: whoever
finds a copy has nothing, and who restores it needs the keys kept elsewhere. See ADR 70.
"""

import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import IO, Any, BinaryIO

from django.conf import settings
from django.utils.translation import gettext as _
from psycopg import IsolationLevel

from ispbill.core import age, clock
from ispbill.core.errors import DomainError
from ispbill.upkeep.gateways import postgres
from ispbill.upkeep.models import Backup
from ispbill.upkeep.queries import facts
from ispbill.upkeep.rules.facts import Facts, digest
from ispbill.upkeep.rules.retention import kept

FORMAT = 1
PART_BYTES = 64 * 1024 * 1024
SUFFIX = ".tar.age"
_ROOM = 1.2  # times the last copy

Tell = Callable[[str], None]


class NotBackedUp(DomainError):
    """No copy is made; the message says what is missing."""


@dataclass(frozen=True)
class Copied:
    """What went into a copy."""

    taken_at: datetime
    facts: Facts
    files: int

    @property
    def rows(self) -> int:
        """Return the rows of all tables."""
        return sum(int(told) for name, told in self.facts.items() if name.startswith("table."))


def make(*, path: Path | None = None, tell: Tell = lambda _step: None) -> Backup:
    """Write a copy to `path` (default: into BACKUP_DIR) and note it. Raises NotBackedUp.

    The name appears only once the copy is whole and on disk; whatever goes wrong, it does not.
    """
    began, at = time.monotonic(), clock.real_now()
    place = path or settings.BACKUP_DIR / f"ispbill-{at:%Y-%m-%dT%H%M%S.%fZ}{SUFFIX}"
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.exists():
        raise NotBackedUp(_("{file} is there already.").format(file=place))
    _refuse_without_room(place.parent)
    part = place.with_name(place.name + ".part")
    try:
        with open(part, "xb", opener=_private) as file:
            copied = stream(file, tell=tell)
            file.flush()
            os.fsync(file.fileno())
        part.rename(place)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    noted = Backup.objects.create(
        name=place.name,
        taken_at=copied.taken_at,
        seconds=round(time.monotonic() - began),
        size=place.stat().st_size,
        row_count=copied.rows,
        file_count=copied.files,
        digest=digest(copied.facts),
        version=settings.VERSION,
    )
    _carry_away(place)
    return noted


def stream(target: BinaryIO, *, tell: Tell = lambda _step: None) -> Copied:
    """Write a copy into a stream, sealed for BACKUP_RECIPIENTS. Raises NotBackedUp."""
    if not settings.BACKUP_RECIPIENTS:
        raise NotBackedUp(_("BACKUP_RECIPIENTS is empty: nobody could open the copy."))
    source = postgres.copying()
    with source.connect() as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        _refuse_blindness(connection)
        snapshot = str(_first(connection, "SELECT pg_export_snapshot()"))
        server = connection.info.server_version // 10_000
        taken_at = clock.real_now()
        tell(_("counting"))
        found = facts.read(connection)
        manifest = _manifest(connection, found, taken_at=taken_at)
        sealed = age.Writer(target, settings.BACKUP_RECIPIENTS)
        with tarfile.open(mode="w|", fileobj=sealed, format=tarfile.PAX_FORMAT) as archive:  # type: ignore[call-overload]
            box = _Box(archive)
            box.put("manifest.json", json.dumps(manifest, indent=1).encode())
            tell(_("database"))
            with postgres.dump(source, snapshot=snapshot, server=server) as dumped:
                _put_parts(box, dumped)
            tell(_("files"))
            files = _put_files(box, Path(settings.MEDIA_ROOT))
            box.put("sums.json", json.dumps(box.sums, indent=1).encode())
        sealed.close()
    return Copied(taken_at=taken_at, facts=found, files=files)


def remove_old(*, at: datetime) -> list[str]:
    """Remove copies the retention no longer wants; return their names. The rows stay."""
    there, zone = Backup.objects.filter(removed_at=None), clock.zone()
    copies = {copy.name: copy.taken_at.astimezone(zone) for copy in there}
    verified = there.filter(problem="").exclude(verified_at=None).order_by("-taken_at").first()
    wanted = kept(copies, verified=verified.name if verified else None)
    removed = sorted(set(copies) - wanted)
    for name in removed:
        (settings.BACKUP_DIR / name).unlink(missing_ok=True)
    there.filter(name__in=removed).update(removed_at=at)
    return removed


class _Box:
    """Members of the archive, each with its SHA-256."""

    def __init__(self, archive: tarfile.TarFile) -> None:
        self._archive = archive
        self.sums: dict[str, str] = {}

    def put(self, name: str, content: bytes) -> None:
        self.put_stream(name, BytesIO(content), size=len(content))

    def put_stream(self, name: str, content: IO[bytes], *, size: int) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode, member.mtime = size, 0o600, int(time.time())
        summed = _Summed(content)
        self._archive.addfile(member, summed)
        self.sums[name] = summed.sum.hexdigest()


class _Summed:
    def __init__(self, content: IO[bytes]) -> None:
        self._content = content
        self.sum = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        found = self._content.read(size)
        self.sum.update(found)
        return found


def _put_parts(box: _Box, dumped: IO[bytes]) -> None:
    number = 0
    while part := dumped.read(PART_BYTES):
        number += 1
        box.put(f"database/{number:04}", part)


def _put_files(box: _Box, root: Path) -> int:
    count = 0
    for path in sorted(root.rglob("*")):
        if path.name.startswith(".") or path.is_symlink() or not path.is_file():
            continue
        try:
            with path.open("rb") as file:
                size = os.fstat(file.fileno()).st_size
                box.put_stream(f"media/{path.relative_to(root)}", file, size=size)
        except FileNotFoundError:
            continue  # removed meanwhile, as its row will be
        count += 1
    return count


def _manifest(
    connection: postgres.Connection, found: Facts, *, taken_at: datetime
) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": settings.VERSION,
        "taken_at": taken_at.isoformat(),
        "server": connection.info.server_version // 10_000,
        "migrations": facts.migrations(connection),
        "keys": [key.partition(":")[0] for key in settings.FIELD_KEYS],
        "roles": sorted(
            {
                postgres.of_alias("default").user,
                postgres.of_alias("owner").user,
                settings.PORTAL_ROLE,
                settings.RADIUS_DATABASE["USER"],
            }
        ),
        "facts": dict(found),
        "digest": digest(found),
    }


def _refuse_blindness(connection: postgres.Connection) -> None:
    hidden = facts.hidden_from(connection)
    if hidden:
        raise NotBackedUp(
            _("The role that makes copies does not see every row of {tables}.").format(
                tables=", ".join(hidden[:5])
            )
        )


def _refuse_without_room(folder: Path) -> None:
    last = Backup.objects.order_by("-taken_at").first()
    free = shutil.disk_usage(folder).free
    if last is not None and free < _ROOM * last.size:
        raise NotBackedUp(
            _("{folder} has {free} MB free; the last copy took {size} MB.").format(
                folder=folder, free=free // 1_000_000, size=last.size // 1_000_000
            )
        )


def _carry_away(place: Path) -> None:
    if not settings.BACKUP_HOOK:
        return
    done = subprocess.run([settings.BACKUP_HOOK, place], capture_output=True, check=False)  # noqa: S603 — named by whoever installs
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip()[-500:]
        raise NotBackedUp(
            _("The copy is whole, but was not carried away: {error}").format(error=said)
        )


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, mode=0o600)


def _first(connection: postgres.Connection, asked: str) -> Any:
    row = connection.execute(asked).fetchone()
    return row[0] if row else None
