"""The product's own programs, run beside the bench on its database."""

import os
import subprocess
import sys
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings

# What the kernel says of a child after its end counts the parent it was forked from; so it tells
# itself, on Linux the most this very program held (VmHWM of proc(5), in kB).
_RUN = """
import resource, sys
from django.core.management import execute_from_command_line
execute_from_command_line(["manage.py", *sys.argv[1:]])
try:
    held = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
except OSError:
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(f"\\n{held}")
"""


def environment(database: str) -> dict[str, str]:
    """Return this process's environment with the app role's address turned to a bench database."""
    return {
        **os.environ,
        "DATABASE_URL": _address_of("DATABASE_URL", database),
        "LOG_LEVEL": "ERROR",
    }


def peak_mb(command: list[str], database: str) -> float:
    """Run a management command to its end; return the most memory it held, in MB.

    A process of its own, as a worker is: what the bench has loaded and filled is not counted.
    Raises RuntimeError when the command fails.
    """
    child = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", _RUN, *command],
        cwd=settings.BASE_DIR,
        env=environment(database) | {"DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE},
        capture_output=True,
        text=True,
        check=False,
    )
    if child.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {child.returncode}: {child.stderr}")
    return round(int(child.stdout.splitlines()[-1]) / 1024, 1)


def _address_of(variable: str, database: str) -> str:
    given = os.environ.get(variable, "")
    if not given:
        raise RuntimeError(f"{variable} is not set")
    return urlunsplit(urlsplit(given)._replace(path=f"/{database}"))
