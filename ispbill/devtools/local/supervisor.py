"""`manage.py demo`: the whole product on one machine, from nothing to a page in the browser."""

from __future__ import annotations

import argparse
import importlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import webbrowser
from pathlib import Path
from types import FrameType

from ispbill.devtools.local import places, roles, state
from ispbill.devtools.local.children import FIRST_PAUSE, LONGEST_PAUSE, Child, Family, spawn
from ispbill.devtools.local.places import LocalError
from ispbill.devtools.local.postgres import SUPERUSER
from ispbill.devtools.local.progress import say, step
from ispbill.devtools.local.servers import Servers
from ispbill.devtools.local.sharing import only_one
from ispbill.devtools.local.static_files import Collecting
from ispbill.devtools.local.system_packages import ensure_pdf_libraries

FIRST_PORT, PORTS_TO_TRY = 8000, 20
HEALTHY_WITHIN = 90.0  # seconds for the first page
STOP_WITHIN = 6.0  # seconds for children to finish what they are doing
QUEUES = "default,billing,router,messages,documents,keeper,learning"
LEADS = 100
LOGS = places.LOCAL / "log"
RUN = places.LOCAL / "run"
LOCK, CHILDREN = places.LOCAL / "demo.lock", RUN / "children.json"


def demo(options: argparse.Namespace) -> int:
    """Run the demo until Ctrl-C or SIGTERM; returns the exit code."""
    with only_one(LOCK) as other:
        if other:
            say(f"ispbill: the demo of this checkout is running already: {other}")
            return 1
        # SIGINT too: a shell script starts its background jobs with it ignored.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _interrupt)
        servers, family = Servers("demo"), Family(CHILDREN)
        began = time.monotonic()
        try:
            if orphans := family.clear_orphans():
                say(f"  Ended {orphans} processes that an earlier demo left behind.")
            port = choose_port(options.port)
            address = f"http://127.0.0.1:{port}/"
            LOCK.write_text(address)
            profile = _start(servers, family, options, port)
            _greet(address, profile, seconds=time.monotonic() - began)
            if not options.no_browser:
                _open_browser(address)
            healer = Healer(servers)
            while True:
                healer.look()
                family.watch()
                time.sleep(0.5)
        except KeyboardInterrupt:
            say("\nispbill: stopping")
            return 0
        finally:
            _stop(servers, family)


class Healer:
    """Keeps the embedded servers alive, and says in a sentence when one was gone."""

    def __init__(self, servers: Servers) -> None:
        self._servers = servers
        self._pause, self._due = FIRST_PAUSE, 0.0

    def look(self) -> None:
        """Start what is gone; a server that does not come back is tried again ever more seldom."""
        if time.monotonic() < self._due:
            return
        try:
            healed = self._servers.heal()
        except LocalError as error:
            say(f"  {error}\n  Trying again in {self._pause:.0f} s.")
            self._due = time.monotonic() + self._pause
            self._pause = min(self._pause * 2, LONGEST_PAUSE)
            return
        for name in healed:
            say(f"  {name} was gone; it runs again.")
            self._pause = FIRST_PAUSE


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def choose_port(wanted: int | None) -> int:
    """The port asked for, or the first free one from 8000. Raises LocalError when taken."""
    candidates = [wanted] if wanted else range(FIRST_PORT, FIRST_PORT + PORTS_TO_TRY)
    for port in candidates:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
    raise LocalError(f"Port {wanted or FIRST_PORT} is taken; choose another with --port.")


def _start(servers: Servers, family: Family, options: argparse.Namespace, port: int) -> str:
    """Start everything; return which demo company it is."""
    ensure_pdf_libraries()
    if options.fresh:
        with step("Throwing the old demo data away"):
            servers.forget()
            for made in ("media", "sandbox"):
                shutil.rmtree(places.LOCAL / made, ignore_errors=True)
    with step("Starting PostgreSQL and Valkey"):
        servers.start()
    os.environ.setdefault("PUBLIC_URL", f"http://127.0.0.1:{port}")
    collecting = Collecting()
    try:
        profile = _fill(servers, family, options)
        collecting.finish()
    finally:
        collecting.stop()
    _serve(family, port)
    return profile


def _fill(servers: Servers, family: Family, options: argparse.Namespace) -> str:
    """Bring the database up to date and make the demo company; return which one it is."""
    _bring_up_to_date(servers)
    profile = _profile(servers, options.profile)
    if profile == "za":  # its past is written at the simulated NetCash, before that starts
        _seed(servers, customers=options.customers, profile=profile)
    _add(family, "sandbox", _manage("sandbox"))
    if profile != "za":
        _seed(servers, customers=options.customers, profile=profile)
    return profile


def _serve(family: Family, port: int) -> None:
    """Start web server, worker and scheduler, and wait for the first page."""
    _add(family, "web", web_command(port))
    celery = ("celery", "-A", "ispbill.celery")
    # As root Celery warns; that is for servers on a network, this one listens on nothing.
    quiet = ("-W", "ignore:You're running the worker with superuser privileges")
    _add(
        family,
        "worker",
        _module(
            *celery,
            "worker",
            "-Q",
            QUEUES,
            "-c",
            "2",
            "--loglevel",
            "INFO",
            "--without-gossip",
            "--without-mingle",
            flags=quiet,
        ),
    )
    _add(
        family,
        "beat",
        _module(
            *celery,
            "beat",
            "--loglevel",
            "INFO",
            "--pidfile=",
            "--schedule",
            str(RUN / "beat"),
            flags=quiet,
        ),
    )
    with step("Waiting for the first page"):
        _await_health(family, port)


def web_command(port: int) -> list[str]:
    """Return what starts the web server on a port of this machine."""
    return _module(
        "gunicorn",
        "-c",
        "python:ispbill.serving",
        "--bind",
        f"127.0.0.1:{port}",
        "--workers",
        "2",
        "--timeout",
        "90",
        "--graceful-timeout",
        "3",
    )


def _profile(servers: Servers, wanted: str | None) -> str:
    """Return the demo company that is here, or the one to be made. Raises LocalError."""
    known = state.read(servers.postgres) if servers.postgres else {}
    if known.get("seed") != "done":
        return wanted or "default"
    here = known.get("profile", "default")
    if wanted not in (None, here):
        raise LocalError("Another demo company is here; with --fresh this one is made instead.")
    return here


def _module(*words: str, flags: tuple[str, ...] = ()) -> list[str]:
    # By module: the scripts of a moved environment point to where it was.
    return [sys.executable, *flags, "-m", *words]


def _manage(*words: str) -> list[str]:
    return [sys.executable, str(places.ROOT / "manage.py"), *words]


def _environment() -> dict[str, str]:
    return os.environ | {"PYTHONUNBUFFERED": "1"}


def _add(family: Family, name: str, command: list[str]) -> None:
    # Pages as production sends them; what runs before (the seed) finds no collected files yet.
    environment = {"STATIC_COLLECTED": "1"} | _environment()
    family.add(Child(name, command, log=LOGS / f"{name}.log", environment=environment))


def _bring_up_to_date(servers: Servers) -> None:
    wanted = state.migrations()
    if servers.postgres:
        known = state.read(servers.postgres)
        if known.get("seed") == "begun":
            say("  The demo company was left half made; starting it over.")
            roles.recreate(sockets=servers.postgres.sockets, superuser=SUPERUSER)
            known = {}
        if known.get("migrations") == wanted:
            return
        if state.is_of_before(servers.postgres):
            raise LocalError(
                "The demo's database was made by migrations that are no more; make it anew with"
                " `manage.py demo --fresh`."
            )
    _run_through("Migrating the database", _manage("migrate"), "migrate")
    if servers.postgres:
        state.note(servers.postgres, migrations=wanted)


def _seed(servers: Servers, *, customers: int, profile: str) -> None:
    """Make the demo company, once. With a database from outside the command itself decides."""
    if servers.postgres:
        if state.read(servers.postgres).get("seed") == "done":
            return
        state.note(servers.postgres, seed="begun")
    command = _manage("seed_demo", "--customers", str(customers), "--leads", str(LEADS))
    told = f"Making the demo company, {customers} customers"
    if profile != "default":
        command, told = _manage("seed_demo", "--profile", profile), "Making the demo company"
    _run_through(told, command, "seed")
    if servers.postgres:
        state.note(servers.postgres, seed="done", profile=profile)


def _run_through(text: str, command: list[str], name: str) -> None:
    """Run a command to its end, showing the seconds. Raises LocalError with its last lines."""
    log = LOGS / f"{name}.log"
    log.unlink(missing_ok=True)
    with step(text):
        running = spawn(command, log=log, environment=_environment())
        try:
            code = running.wait()
        except KeyboardInterrupt:
            running.terminate()
            try:
                running.wait(STOP_WITHIN)
            except subprocess.TimeoutExpired:
                running.kill()
            raise
    if code:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
        raise LocalError(f"`manage.py {command[2]}` failed; the end of {log}:\n{tail}")


def _await_health(family: Family, port: int) -> None:
    web = next(child for child in family.children if child.name == "web")
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    give_up = time.monotonic() + HEALTHY_WITHIN
    reason: OSError | None = None
    while time.monotonic() < give_up:
        try:
            with direct.open(f"http://127.0.0.1:{port}/healthz", timeout=10):
                return
        except OSError as error:  # refused, timed out, or an answer that is not 200
            reason = error
            family.watch()
        time.sleep(0.1)
    raise LocalError(
        f"The web server does not get well ({reason}); the end of {web.log}:\n{web.tail()}"
    )


def _greet(address: str, profile: str, *, seconds: float) -> None:
    print(f"\nispbill is running: {address}   (ready in {seconds:.1f} s)\n")
    rows = [("Role", "Login", "Password", "Address"), *_logins(profile)]
    if len(rows) > 1:
        widths = [max(len(row[column]) for row in rows) for column in range(4)]
        for row in rows:
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            print("  " + "  ".join(cells).rstrip())
    print(f"\nLogs: {_short(LOGS)}/   Simulators: {address}sim/clock   Stop: Ctrl-C\n", flush=True)


def _logins(profile: str) -> list[tuple[str, ...]]:
    """The demo company's logins: role, login, password, address; none without a demo company."""
    try:
        known = importlib.import_module("ispbill.devtools.demo.logins")
        found = known.ZA_LOGINS if profile == "za" else known.LOGINS
    except ImportError:
        return []
    return [tuple(str(cell) for cell in row) for row in found]


def _short(path: Path) -> str:
    return str(path.relative_to(places.ROOT))


def _open_browser(address: str) -> None:
    display = sys.platform == "darwin" or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")
    )
    if display and sys.stdout.isatty():
        webbrowser.open(address)


def _stop(servers: Servers, family: Family) -> None:
    """Children in reverse order, then the servers. A second Ctrl-C only shortens the wait."""
    began = time.monotonic()
    limit = STOP_WITHIN
    for attempt in range(3):
        try:
            family.stop(limit)
            servers.stop()
            break
        except KeyboardInterrupt:
            limit = 0.0
            if attempt == 2:
                raise
    say(f"ispbill: stopped in {time.monotonic() - began:.1f} s")
