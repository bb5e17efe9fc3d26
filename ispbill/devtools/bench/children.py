"""The product's own programs, run beside the bench on its database."""

import os
import subprocess
import sys
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings

# What the kernel says of a child after its end counts the parent it was forked from; so it tells
# itself, on Linux the most this very program held (VmHWM of proc(5), in kB).
_HELD = """
try:
    held = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
except OSError:
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(f"\\n{time.perf_counter() - start} {held}")
"""
_COMMAND = f"""
import resource, sys, time
from django.core.management import execute_from_command_line
start = time.perf_counter()
execute_from_command_line(["manage.py", *sys.argv[1:]])
{_HELD}"""
# Nobody is rung: what a job queues is found by the sweeps.
_JOB = f"""
import resource, sys, time
from ispbill.celery import app
app.conf.broker_url = "redis://127.0.0.1:1/0"
app.loader.import_default_modules()
app.finalize()
start = time.perf_counter()
app.tasks[sys.argv[1]].apply(throw=True)
{_HELD}"""


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
    return _ran(_COMMAND, command, database)[1]


def job(task: str, database: str) -> tuple[float, float]:
    """Run a job by the name of its task, as `peak_mb` does a command; return its seconds, and MB."""
    return _ran(_JOB, [task], database)


def _ran(program: str, arguments: list[str], database: str) -> tuple[float, float]:
    child = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program, *arguments],
        cwd=settings.BASE_DIR,
        env=environment(database) | {"DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE},
        capture_output=True,
        text=True,
        check=False,
    )
    if child.returncode:
        raise RuntimeError(f"{' '.join(arguments)} ended with {child.returncode}: {child.stderr}")
    seconds, held = child.stdout.splitlines()[-1].split()
    return round(float(seconds), 1), round(int(held) / 1024, 1)


def _address_of(variable: str, database: str) -> str:
    given = os.environ.get(variable, "")
    if not given:
        raise RuntimeError(f"{variable} is not set")
    return urlunsplit(urlsplit(given)._replace(path=f"/{database}"))
