"""The demo's style sheets, scripts and fonts, collected and compressed as production has them.

It takes some seconds, so it goes on beside the making of the database, and is left out while
nothing it is made from has changed. Standard library only.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

from ispbill.devtools.local import places
from ispbill.devtools.local.children import spawn
from ispbill.devtools.local.places import LocalError
from ispbill.devtools.local.progress import step

_MADE_FROM = (
    "static/**/*",
    "requirements/base.txt",
    "ispbill/settings.py",
    "ispbill/core/apps.py",
    "ispbill/core/served_files.py",
)
_ROOT = places.LOCAL / "static"
_NOTE = places.LOCAL / "static.made-from"  # beside it: what is inside is served
_LOG = places.LOCAL / "log" / "collectstatic.log"


class Collecting:
    """`collectstatic`, under way from the moment this is made; nothing where all is up to date."""

    def __init__(self) -> None:
        self._wanted = made_from()
        self._running: subprocess.Popen[bytes] | None = None
        if _ROOT.is_dir() and _NOTE.exists() and _NOTE.read_text() == self._wanted:
            return
        _NOTE.unlink(missing_ok=True)
        _LOG.unlink(missing_ok=True)
        self._running = spawn(
            [
                sys.executable,
                str(places.ROOT / "manage.py"),
                "collectstatic",
                "--noinput",
                "--clear",
                "--verbosity",
                "0",
            ],
            log=_LOG,
            environment=os.environ | {"STATIC_COLLECTED": "1"},
        )

    def finish(self) -> None:
        """Wait for the end of it. Raises LocalError with its last lines."""
        if self._running is None:
            return
        with step("Compressing style sheets, scripts and fonts"):
            code = self._running.wait()
        self._running = None
        if code:
            tail = "\n".join(_LOG.read_text(errors="replace").splitlines()[-15:])
            raise LocalError(f"`manage.py collectstatic` failed; the end of {_LOG}:\n{tail}")
        _NOTE.write_text(self._wanted)

    def stop(self) -> None:
        """End it half-way; the next start begins anew."""
        if self._running:
            self._running.kill()
            self._running.wait()


def made_from() -> str:
    """Return a fingerprint of everything the collected files come from."""
    digest = hashlib.sha256()
    for pattern in _MADE_FROM:
        for path in sorted(places.ROOT.glob(pattern)):
            if path.is_file():
                digest.update(str(path.relative_to(places.ROOT)).encode() + b"\0")
                digest.update(path.read_bytes())
    return digest.hexdigest()
