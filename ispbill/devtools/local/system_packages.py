"""The few things pip cannot bring: pango for PDF, a Chromium for the journeys.

As root on a Debian-like system they are installed; otherwise the one command is named.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
from pathlib import Path

from ispbill.devtools.local import places
from ispbill.devtools.local.progress import say, step

PDF_PACKAGES = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0")
_PDF_NEEDED = ("libpango-1.0.so.0", "libpangoft2-1.0.so.0")
_PDF_FASTER = ("libharfbuzz-subset.so.0",)  # seven times faster invoices
_BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def ensure_pdf_libraries() -> None:
    """Install what WeasyPrint needs, or say how; never stops anything."""
    if os.uname().sysname != "Linux":
        return
    missing = [name for name in _PDF_NEEDED if not _loads(name)]
    slow = [name for name in _PDF_FASTER if not _loads(name)]
    if not missing and not slow:
        return
    if _apt_install(PDF_PACKAGES, "Installing the PDF libraries", retry=bool(missing)):
        return
    command = f"apt-get install {' '.join(PDF_PACKAGES)}"
    if missing:
        say(f"  PDF documents need system libraries that are not here. As root: {command}")
    else:
        say(f"  PDF documents would be made several times faster with (as root): {command}")


def find_chromium() -> str | None:
    """The path of a Chromium: the one CHROMIUM names, or one that is installed."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    for name in _BROWSERS:
        if found := shutil.which(name):
            return found
    return None


def ensure_chromium() -> str | None:
    """Find or (as root) install a Chromium; its path, or None."""
    if found := find_chromium():
        return found
    _apt_install(("chromium",), "Installing Chromium for the browser journeys", retry=True)
    return find_chromium()


def _apt_install(packages: tuple[str, ...], text: str, *, retry: bool) -> bool:
    apt = shutil.which("apt-get")
    failed_before = places.LOCAL / "log" / f"apt-{packages[0]}.failed"
    if os.geteuid() != 0 or apt is None or (failed_before.exists() and not retry):
        return False
    log = places.LOCAL / "log" / "apt.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    install = [apt, "install", "-y", "-q", "--no-install-recommends", *packages]
    with step(text), log.open("ab") as out:
        for command in (install, [apt, "update", "-q"], install):
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=environment,
                check=False,
            )
            if done.returncode == 0 and command is install:
                failed_before.unlink(missing_ok=True)
                return True
    failed_before.touch()
    return False
