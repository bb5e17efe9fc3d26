"""The product's own programs, run beside the bench on its database."""

import os
import subprocess
import sys
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings


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
    arguments = [sys.executable, "-m", "django", *command]
    child = subprocess.Popen(  # noqa: S603 - our own program
        arguments,
        cwd=settings.BASE_DIR,
        env=environment(database) | {"DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE},
        stdout=subprocess.DEVNULL,
    )
    _pid, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {child.returncode}")
    return round(used.ru_maxrss / 1024, 1)


def _address_of(variable: str, database: str) -> str:
    given = os.environ.get(variable, "")
    if not given:
        raise RuntimeError(f"{variable} is not set")
    return urlunsplit(urlsplit(given)._replace(path=f"/{database}"))
