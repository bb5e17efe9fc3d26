"""Try a restore: into a throw-away database, with the digest and all proofs of the books."""

import json
import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote, urlencode

from django.conf import settings
from django.utils.translation import gettext as _

from ispbill.core import age, clock
from ispbill.core.errors import DomainError
from ispbill.upkeep.gateways import postgres
from ispbill.upkeep.models import Backup
from ispbill.upkeep.services.restoring import differences_of
from ispbill.upkeep.services.unpacking import Manifest, Spoilt, unpack

_SUNDAY = 7


class NoIdentity(DomainError):
    """No secret key is here, so that no copy can be opened."""


@dataclass(frozen=True)
class Drilled:
    """What came of it: no problems is a good copy."""

    manifest: Manifest | None
    problems: list[str]
    seconds: float


def verify(path: Path, *, identities: Sequence[str]) -> Drilled:
    """Restore a copy where nobody sees it, prove it, throw it away, and note what was found."""
    began = time.monotonic()
    manifest, problems = None, []
    owner = postgres.of_alias("owner")
    try:
        name = f"{owner.name}_drill_{uuid.uuid4().hex[:8]}"
        with (
            path.open("rb") as source,
            tempfile.TemporaryDirectory(prefix="ispbill-drill-") as files,
            postgres.throw_away(owner, name=name) as scratch,
        ):
            manifest = unpack(
                source,
                identities=identities,
                into=scratch,
                files=Path(files),
                look=lambda _manifest: None,
            )
            problems = differences_of(scratch, manifest)
            problems += _proofs(scratch.name, owner=owner)
    except (age.Unopened, Spoilt, postgres.ProgramFailed, OSError) as error:
        problems = [str(error)]
    done = Drilled(manifest, problems, time.monotonic() - began)
    Backup.objects.filter(name=path.name).update(
        verified_at=clock.real_now(),
        verify_seconds=round(done.seconds),
        problem="\n".join(problems)[:4000],
    )
    return done


def weekly(*, at: datetime) -> Drilled | None:
    """Verify the newest copy, on Sundays or when none was ever good; None when it need not be.

    Without a secret key on this machine nothing is tried: the health page then says how old the
    last trial is.
    """
    there = Backup.objects.filter(removed_at=None)
    newest = there.order_by("-taken_at").first()
    was_good = Backup.objects.filter(problem="").exclude(verified_at=None).exists()
    is_day = clock.local_date(at).isoweekday() == _SUNDAY
    if newest is None or (was_good and not is_day):
        return None
    try:
        keys = identities()
    except NoIdentity:
        return None
    return verify(settings.BACKUP_DIR / newest.name, identities=keys)


def identities(file: str = "") -> list[str]:
    """Return the secret keys to open copies with. Raises NoIdentity."""
    place = file or settings.BACKUP_IDENTITY_FILE
    if place:
        found = age.identities_in(Path(place).read_text(encoding="utf-8"))
    else:
        found = [settings.BACKUP_IDENTITY] if settings.BACKUP_IDENTITY else []
    if not found:
        raise NoIdentity(_("No secret key: name its file with --identity or BACKUP_IDENTITY_FILE."))
    return found


def _proofs(name: str, *, owner: postgres.Database) -> list[str]:
    """Run `migrate` and `check_ledger` of this release in a process of their own, over there."""
    app = postgres.of_alias("default")
    environment = os.environ | {
        "DATABASE_URL": _address(app, name),
        "DATABASE_OWNER_URL": _address(owner, name),
        "DJANGO_SETTINGS_MODULE": "ispbill.settings",
        "ISPBILL_MODE": "production" if settings.PRODUCTION else "demo",
        "ISPBILL_BOOTSTRAP": "0",
        "DATABASE_POOL": "0",
    }
    found = []
    for command in (("migrate", "--verbosity", "0"), ("check_ledger", "--json")):
        done = subprocess.run(  # noqa: S603 — our own commands
            [sys.executable, "-m", "django", *command],
            env=environment,
            cwd=settings.BASE_DIR,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            found += _said(done.stdout) or [f"{command[0]}: {done.stderr.strip()[-500:]}"]
    return found


def _said(output: str) -> list[str]:
    try:
        findings = json.loads(output)["findings"]
    except (ValueError, KeyError):
        return []
    return [f"{one['check']}: {one['meaning']} ({one['count']})" for one in findings]


def _address(database: postgres.Database, name: str) -> str:
    user, password, host = (
        quote(part, safe="") for part in (database.user, database.password, database.host)
    )
    secret = f":{password}" if password else ""
    port = f":{database.port}" if database.port and not host.startswith("%2F") else ""
    if host.startswith("%2F"):
        return f"postgres://{user}{secret}@/{name}?host={host}"
    tls = f"?{urlencode(database.tls)}" if database.tls else ""
    return f"postgres://{user}{secret}@{host}{port}/{name}{tls}"
