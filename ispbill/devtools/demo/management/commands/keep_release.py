"""Keep what a release was, for the upgrades to come.

Of the version that stands in the settings: this checkout's demo database, and a digest of each
migration. From then on migrations are added and never rewritten, and
`tests/upkeep/test_releases.py` brings each kept database to the present.
"""

import hashlib
import lzma
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from ispbill.upkeep.gateways import postgres

FOLDER = Path("tests/upkeep/releases")


class Command(BaseCommand):
    help = "Keep the demo's database and the digests of all migrations as those of this version."

    def handle(self, *args: Any, **options: Any) -> None:
        kept = settings.BASE_DIR / FOLDER / settings.VERSION
        lines = [f"{digest}  {path}\n" for path, digest in migrations().items()]
        kept.with_name(f"{kept.name}.migrations").write_text("".join(lines))
        kept.with_name(f"{kept.name}.xz").write_bytes(lzma.compress(_database(), preset=9))
        self.stdout.write(f"{FOLDER}/{settings.VERSION}.xz")


def migrations() -> dict[str, str]:
    """Return the digest of each migration of ours, by its path in the checkout."""
    root = settings.BASE_DIR
    files = [*root.glob("*/migrations/0*.py"), *root.glob("ispbill/*/migrations/0*.py")]
    return {
        str(file.relative_to(root)): hashlib.sha256(file.read_bytes()).hexdigest()[:16]
        for file in sorted(files)
    }


def _database() -> bytes:
    owner = postgres.of_alias("owner")
    with owner.connect() as connection:
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        server = connection.info.server_version // 10_000
        with postgres.dump(owner, snapshot=row[0] if row else "", server=server) as archive:
            return archive.read()
