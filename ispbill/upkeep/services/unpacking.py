"""Read a copy as a stream: what it says of itself, then the database, then the files.

Nothing is held in memory but a part of 64 MiB, and nothing lies open on disk. What was altered or
cut short does not open; the sums are compared besides, for a copy some other program made.
"""

import hashlib
import json
import tarfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any, BinaryIO

from django.conf import settings
from django.utils.translation import gettext as _

from ispbill.core import age
from ispbill.core.errors import DomainError
from ispbill.upkeep.gateways import postgres
from ispbill.upkeep.services.backup import FORMAT

_BLOCK = 1024 * 1024

Look = Callable[["Manifest"], None]


class NotRestored(DomainError):
    """Refused before anything was changed; the message says why."""


class Spoilt(DomainError):
    """The copy is not what its sums say."""


@dataclass(frozen=True)
class Manifest:
    """What a copy says of itself."""

    given: dict[str, Any]

    @property
    def facts(self) -> dict[str, str]:
        return dict(self.given["facts"])

    @property
    def digest(self) -> str:
        return str(self.given["digest"])

    @property
    def taken_at(self) -> str:
        return str(self.given["taken_at"])

    @property
    def migrations(self) -> list[list[str]]:
        return list(self.given["migrations"])


@dataclass
class _Seen:
    sums: dict[str, str] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)


def unpack(
    source: BinaryIO, *, identities: Sequence[str], into: postgres.Database, files: Path, look: Look
) -> Manifest:
    """Restore a stream into a database and a folder of files; return what it said of itself.

    `look` may refuse once the manifest is read; until then nothing is changed. Raises Spoilt,
    age.Unopened, postgres.ProgramFailed: the database is then as empty as before.
    """
    seen = _Seen()
    with tarfile.open(mode="r|", fileobj=age.Reader(source, identities)) as archive:  # type: ignore[call-overload]
        first = archive.next()
        if first is None or first.name != "manifest.json":
            raise Spoilt(_("This is no copy of ours: it does not say what it holds."))
        manifest = Manifest(json.loads(_whole(archive, first, seen)))
        refuse_what_we_cannot_read(manifest)
        look(manifest)
        member = _restore_database(archive, into, seen)
        while member is not None:
            if member.name == "sums.json":
                seen.said = json.loads(_whole(archive, member, _Seen()))
            else:
                _write_file(archive, member, files, seen)
            member = archive.next()
    if seen.said != seen.sums:
        raise Spoilt(_("What came out of the copy is not what its sums say."))
    return manifest


def refuse_what_we_cannot_read(manifest: Manifest) -> None:
    """Refuse a copy of a newer release, or one whose sealed columns none of our keys opens."""
    given = manifest.given
    if given["format"] > FORMAT or _numbers(given["version"]) > _numbers(settings.VERSION):
        raise NotRestored(
            _(
                "The copy is of release {theirs}, this is {ours}: restore it with a newer one."
            ).format(theirs=given["version"], ours=settings.VERSION)
        )
    ours = {key.partition(":")[0] for key in settings.FIELD_KEYS}
    missing = sorted(set(given["keys"]) - ours)
    if missing:
        raise NotRestored(
            _("FIELD_KEYS lacks {keys}, which parts of the copy are sealed with.").format(
                keys=", ".join(missing)
            )
        )


def _restore_database(
    archive: tarfile.TarFile, into: postgres.Database, seen: _Seen
) -> tarfile.TarInfo | None:
    """Hand the parts to pg_restore; return the first member that is none."""
    with into.connect() as connection:
        server = connection.info.server_version // 10_000
    member = archive.next()
    with postgres.restore(into, server=server) as taking:
        while member is not None and member.name.startswith("database/"):
            _copy(archive, member, taking, seen)
            member = archive.next()
    return member


def _write_file(
    archive: tarfile.TarFile, member: tarfile.TarInfo, files: Path, seen: _Seen
) -> None:
    name = PurePosixPath(member.name)
    if not member.isfile() or name.parts[0] != "media" or ".." in name.parts:
        raise Spoilt(_("The copy holds something that is no file of ours."))
    place = files.joinpath(*name.parts[1:])
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.open("wb") as file:
        _copy(archive, member, file, seen)
    place.chmod(0o640)


def _copy(
    archive: tarfile.TarFile, member: tarfile.TarInfo, target: IO[bytes], seen: _Seen
) -> None:
    content, summed = archive.extractfile(member), hashlib.sha256()
    while content is not None and (block := content.read(_BLOCK)):
        summed.update(block)
        target.write(block)
    seen.sums[member.name] = summed.hexdigest()


def _whole(archive: tarfile.TarFile, member: tarfile.TarInfo, seen: _Seen) -> bytes:
    content = archive.extractfile(member)
    found = content.read() if content is not None else b""
    seen.sums[member.name] = hashlib.sha256(found).hexdigest()
    return found


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".") if part.isdecimal()]
