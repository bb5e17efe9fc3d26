"""`manage.py test`: pytest on servers of its own, browser journeys included where possible."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys

from ispbill.devtools.local import places
from ispbill.devtools.local.progress import say
from ispbill.devtools.local.servers import serving
from ispbill.devtools.local.sharing import only_one
from ispbill.devtools.local.system_packages import ensure_chromium, ensure_pdf_libraries


def without_journeys(arguments: list[str]) -> list[str]:
    """The same pytest arguments, with browser journeys deselected beside any `-m` given."""
    kept, marks = list[str](), ["not journey"]
    rest = iter(arguments)
    for argument in rest:
        if argument == "-m":
            marks.append(f"({next(rest, '')})")
        elif argument.startswith("-m") and not argument.startswith("--"):
            marks.append(f"({argument[2:].lstrip('=')})")
        else:
            kept.append(argument)
    return [*kept, "-m", " and ".join(marks)]


# As many processes as there are cores, up to four. Each has a database, directories and databases
# of Valkey of its own, and does whole files (tests/side_by_side.py).
SIDE_BY_SIDE = ["-n", "auto", "--maxprocesses", "4", "--dist", "loadscope"]
# What only one process can do, or what says itself how many there are.
_ONE = re.compile(r"-s$|--capture=no$|--pdb|--trace$|-n\d*$|-n=|--numprocesses|--dist|-p$")


def keep_compiled() -> None:
    """Where nothing may be written beside the sources, keep compiled modules in our own directory.

    Without them each of the suite's processes, and each program a test starts, would compile the
    whole product anew.
    """
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
        os.environ.setdefault("PYTHONPYCACHEPREFIX", str(places.LOCAL / "compiled"))


def test(arguments: list[str], *, browser: bool, one_by_one: bool) -> int:
    """Run pytest with `arguments`, side by side where that is possible; returns its exit code."""
    if not one_by_one and not any(_ONE.match(argument) for argument in arguments):
        arguments = [*SIDE_BY_SIDE, *arguments]
    ensure_pdf_libraries()
    chromium = ensure_chromium() if browser else None
    if chromium:
        os.environ["CHROMIUM"] = chromium
    else:
        why = "no Chromium was found or could be installed" if browser else "--no-browser"
        say(f"  Browser journeys are left out: {why}.")
        arguments = without_journeys(arguments)
    lock = places.LOCAL / "test.lock"
    keep_compiled()
    with only_one(lock) as other:
        if other and not os.environ.get("DATABASE_URL"):
            say(f"ispbill: another test run of this checkout is under way ({other}).")
            return 1
        if not other:
            lock.write_text(f"process {os.getpid()}")
        os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
        with serving("test"):
            return _pytest(arguments)


def _pytest(arguments: list[str]) -> int:
    command = [sys.executable, "-m", "pytest", *arguments]
    running = subprocess.Popen(command, cwd=places.ROOT)
    before = signal.signal(signal.SIGTERM, lambda *_: running.terminate())
    try:
        while True:
            try:
                return running.wait()
            except KeyboardInterrupt:
                continue  # the terminal told pytest as well: it reports and ends by itself
    finally:
        signal.signal(signal.SIGTERM, before)
