"""From a bare Python to the project's environment. Standard library only.

Makes `.local/venv`, installs uv into it, lets uv install the hash-locked requirements (plain pip
when uv will not), notes the lock's hash so that the next start does nothing, and starts the same
command again inside. An interpreter that already has every locked package is used as it is.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from ispbill.devtools.local import places
from ispbill.devtools.local.places import LocalError
from ispbill.devtools.local.progress import say, step

REQUIREMENTS = places.ROOT / "requirements"
RUN, DEVELOP, PRODUCTION = "local.txt", "dev.txt", "base.txt"
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)\s*(;?)", re.MULTILINE)


def environment() -> Path:
    return places.LOCAL / "venv"


def enter(command: str, argv: list[str]) -> None:
    """Go on only inside an environment that can run `command`; else start it there instead.

    Raises LocalError when the environment cannot be made.
    """
    wanted = {"demo": RUN, "test": DEVELOP, "setup": DEVELOP}.get(command)
    asked = os.environ.get("ISPBILL_BOOTSTRAP", "")
    inside = Path(sys.prefix).resolve() == environment().resolve()
    if inside:
        if wanted and not is_current(wanted):
            install(wanted)
        return
    if asked == "0" or (asked != "1" and has_all(wanted or PRODUCTION)):
        return
    if wanted is None and asked != "1" and os.environ.get("DATABASE_URL") and has_django():
        return  # somebody's own environment for his own servers: his to keep up to date
    if not works(environment()):
        make_environment()
    if wanted is None and not is_current(RUN):
        wanted = RUN
    if wanted and not is_current(wanted):
        install(wanted)
    python = str(environment() / "bin/python")
    os.execv(python, [python, str(places.ROOT / "manage.py"), *argv[1:]])  # noqa: S606 — our own path


def pins(text: str) -> dict[str, str]:
    """Package → version of a lock file, without those that hold on some platforms only."""
    return {name: version for name, version, marker in _PIN.findall(text) if not marker}


def has_all(requirements: str) -> bool:
    """Whether the running interpreter has exactly the locked versions."""
    for name, version in pins((REQUIREMENTS / requirements).read_text()).items():
        try:
            if importlib.metadata.version(name) != version:
                return False
        except importlib.metadata.PackageNotFoundError:
            return False
    return True


def has_django() -> bool:
    try:
        importlib.metadata.version("django")
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def fingerprint(requirements: str) -> str:
    return hashlib.sha256((REQUIREMENTS / requirements).read_bytes()).hexdigest()


def _noted() -> dict[str, str]:
    try:
        found = json.loads((environment() / "ispbill-requirements.json").read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return {str(key): str(value) for key, value in found.items()}


def is_current(requirements: str) -> bool:
    """Whether the environment holds this lock as it is now. The development lock holds all."""
    noted = _noted()
    return any(noted.get(lock) == fingerprint(lock) for lock in {requirements, DEVELOP})


def works(directory: Path) -> bool:
    python = directory / "bin/python"
    if not python.exists():
        return False
    asked = subprocess.run([python, "-c", "import sys"], capture_output=True, check=False)
    return asked.returncode == 0


def make_environment() -> None:
    say(f"ispbill: first start, making its own environment in {environment()}")
    places.LOCAL.mkdir(parents=True, exist_ok=True)
    with (places.LOCAL / "venv.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two first starts at once
        if works(environment()):
            return
        shutil.rmtree(environment(), ignore_errors=True)
        with step("Making a virtual environment"):
            _make_with_venv_or_uv()


def _make_with_venv_or_uv() -> None:
    target = environment()
    tried = subprocess.run(
        [sys.executable, "-m", "venv", str(target)], capture_output=True, text=True, check=False
    )
    if tried.returncode == 0:
        return
    shutil.rmtree(target, ignore_errors=True)
    if uv := shutil.which("uv"):  # makes environments without Python's ensurepip
        command = [uv, "venv", "--seed", "--python", sys.executable, str(target)]
        if subprocess.run(command, capture_output=True, check=False).returncode == 0:
            return
        shutil.rmtree(target, ignore_errors=True)
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    raise LocalError(
        "This Python cannot make virtual environments (its venv or ensurepip part is missing).\n"
        f"On Debian or Ubuntu:  apt-get install python3-venv   (or python{version}-venv)\n"
        f"then start again. Python said: {(tried.stderr or tried.stdout).strip()[-300:]}"
    )


def install(requirements: str) -> None:
    """Bring the environment to a lock file, hashes checked. Raises LocalError with the log."""
    if requirements == RUN and DEVELOP in _noted():
        requirements = DEVELOP  # an environment made for the tests stays one
    log = places.LOCAL / "log" / "install.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    count = len(pins((REQUIREMENTS / requirements).read_text()))
    with (places.LOCAL / "venv.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if is_current(requirements):
            return
        log.write_bytes(b"")
        with step(f"Installing {count} packages"):
            if not (_install_with_uv(requirements, log) or _install_with_pip(requirements, log)):
                tail = "\n".join(log.read_text(errors="replace").splitlines()[-12:])
                raise LocalError(f"The packages could not be installed; the end of {log}:\n{tail}")
        note = {requirements: fingerprint(requirements)}
        (environment() / "ispbill-requirements.json").write_text(json.dumps(note))


def _run(command: list[str], log: Path, extra: dict[str, str] | None = None) -> bool:
    with log.open("ab") as out:
        out.write(f"$ {' '.join(command)}\n".encode())
        out.flush()
        return (
            subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=os.environ | (extra or {}),
                check=False,
            ).returncode
            == 0
        )


def _install_with_uv(requirements: str, log: Path) -> bool:
    python, uv = environment() / "bin/python", environment() / "bin/uv"
    tool = REQUIREMENTS / "uv.txt"
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if not uv.exists() and not _run([*pip, "--require-hashes", "-r", str(tool)], log):
        return False
    command = [str(uv), "pip", "sync", "--require-hashes", "--python", str(python)]
    return _run([*command, str(REQUIREMENTS / requirements)], log, indexes_for_uv(python))


def _install_with_pip(requirements: str, log: Path) -> bool:
    python = str(environment() / "bin/python")
    return _run(
        [
            python,
            "-m",
            "pip",
            "install",
            "--disable-pip-version-check",
            "--no-deps",
            "--require-hashes",
            "-r",
            str(REQUIREMENTS / requirements),
        ],
        log,
    )


def indexes_for_uv(python: Path) -> dict[str, str]:
    """What pip is configured to use, in uv's words: uv does not read pip's configuration.

    Every file is checked against the lock's hashes, so taking the best match from any of
    somebody's indexes is safe.
    """
    shown = subprocess.run(
        [str(python), "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    )
    words = {
        "index-url": "UV_DEFAULT_INDEX",
        "extra-index-url": "UV_INDEX",
        "find-links": "UV_FIND_LINKS",
        "cert": "SSL_CERT_FILE",
    }
    found: dict[str, str] = {"UV_INDEX_STRATEGY": "unsafe-best-match"}
    for line in shown.stdout.splitlines():
        key, _, value = line.partition("=")
        word = words.get(key.rpartition(".")[2])
        if word and word not in os.environ:
            value = " ".join(value.strip().strip("'\"").replace("\\n", " ").split())
            found[word] = value.replace(" ", ",") if word == "UV_FIND_LINKS" else value
    return found
