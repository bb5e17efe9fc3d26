"""docs/admin/install.md, followed on a bare tree: what it says to type is typed here.

The machine's own places are moved below a folder, and programs that change a machine (packages,
users, services, certificates) are stood in for; everything that is ours is real: PostgreSQL with
its three roles, Redis, migrations, the first owner, `doctor`, a copy, and the pages themselves.
"""

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from importlib import metadata
from pathlib import Path

import pytest

from ispbill.devtools.local import postgres, valkey
from ispbill.devtools.local.postgres import EmbeddedPostgres

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "admin" / "install.md"
UNITS = ROOT / "docs" / "admin" / "systemd"
PLACES = ("/srv/ispbill", "/etc/", "/var/lib/ispbill", "/var/backups/", "/usr/local/bin")
NOT_OURS = shutil.ignore_patterns(".git", ".local", ".env", "tests", "__pycache__", ".*_cache")

RECORDED = '#!/bin/sh\necho "$(basename "$0") $*" >> {log}\n'
FOLDERS = (
    "etc/redis",
    "etc/systemd/system",
    "etc/nginx/sites-available",
    "etc/nginx/sites-enabled",
    "usr/local/bin",
    "var/lib",
    "var/backups",
)
PROGRAMS = {
    "apt-get": RECORDED,
    "useradd": RECORDED,
    "chown": RECORDED,
    "certbot": RECORDED,
    "systemctl": RECORDED + 'case "$*" in "restart redis-server") {redis} ;; esac\n',
    "sudo": '#!/bin/sh\nwhile :; do case "$1" in -u|-g) [ "$2" = postgres ] && export '
    "PGUSER=postgres PGHOST={sockets} PGDATABASE=postgres; shift 2;; *) break;; esac; done\n"
    'exec "$@"\n',
    "install": "#!{python}\nimport os, sys\nkept, skip = [], False\nfor one in sys.argv[1:]:\n"
    "    if skip:\n        skip = False\n    elif one in ('-o', '-g'):\n        skip = True\n"
    "    else:\n        kept.append(one)\nos.execv('/usr/bin/install', ['install', *kept])\n",
    "python3": '#!/bin/sh\n[ "$1 $2" = "-m venv" ] || exec {python} "$@"\nmkdir -p "$3/bin"\n'
    'for one in python pip gunicorn celery; do cp {bin}/in-venv-$one "$3/bin/$one"; done\n',
    "in-venv-python": '#!/bin/sh\nexec {python} "$@"\n',
    "in-venv-gunicorn": '#!/bin/sh\nexec {python} -m gunicorn "$@"\n',
    "in-venv-celery": '#!/bin/sh\nexec {python} -m celery "$@"\n',
    "in-venv-pip": RECORDED,
}

pytestmark = pytest.mark.slow


class Machine:
    """A bare tree with stand-ins for what changes a machine."""

    def __init__(self, place: Path, server: EmbeddedPostgres) -> None:
        self.place, self.server = place, server
        self.root, self.bin, self.log = place / "root", place / "bin", place / "log"
        self.redis_port, self.web_port = free_port(), free_port()
        for folder in FOLDERS:
            (self.root / folder).mkdir(parents=True)
        self.bin.mkdir()
        redis = shlex.join(
            [
                str(valkey.binary()),
                str(self.root / "etc/redis/redis.conf"),
                "--port",
                str(self.redis_port),
                "--dir",
                str(place),
                "--daemonize",
                "yes",
                "--pidfile",
                str(place / "redis.pid"),
            ]
        )
        known = {
            "log": self.log,
            "sockets": server.sockets,
            "python": sys.executable,
            "bin": self.bin,
            "redis": redis,
        }
        for name, text in PROGRAMS.items():
            path = self.bin / name
            path.write_text(re.sub(r"\{(\w+)\}", lambda found: str(known[found[1]]), text))
            path.chmod(0o755)
        shutil.copytree(ROOT, self.moved("/srv/ispbill/app"), ignore=NOT_OURS)
        for path in [
            self.moved("/srv/ispbill/app/docs/admin/ispbill.sh"),
            *self.moved("/srv/ispbill/app/docs/admin/systemd").iterdir(),
        ]:
            path.write_text(self.here(path.read_text()))

    def moved(self, path: str) -> Path:
        return Path(self.here(path))

    def here(self, text: str) -> str:
        """Let addresses and the machine's places be those of this tree."""
        text = text.replace("@127.0.0.1/ispbill", f"@/ispbill?host={self.server.sockets}")
        text = text.replace("127.0.0.1:6379", f"127.0.0.1:{self.redis_port}")
        text = text.replace("127.0.0.1:8000", f"127.0.0.1:{self.web_port}")
        places = "|".join(map(re.escape, PLACES))
        return re.sub(rf"(?<![\w.])({places})", lambda found: f"{self.root}{found[1]}", text)

    def environment(self) -> dict[str, str]:
        programs = postgres.binaries(self.server.account, self.server.home)
        path = f"{self.bin}:{self.root}/usr/local/bin:{programs}:{os.defpath}"
        return {"PATH": path, "HOME": str(self.place), "LANG": "C.UTF-8"}

    def run(self, script: str) -> str:
        done = subprocess.run(
            ["bash", "-eu", "-c", script],
            env=self.environment(),
            cwd=self.place,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        return done.stdout

    def stop(self) -> None:
        pid = self.place / "redis.pid"
        if pid.exists():
            os.kill(int(pid.read_text()), 15)


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def commands():
    """Return what the page says to type, in order."""
    return re.findall(r"^```sh\n(.*?)^```", PAGE.read_text(), re.DOTALL | re.MULTILINE)


@pytest.fixture
def machine(tmp_path_factory):
    place = tmp_path_factory.mktemp("bare")
    server = EmbeddedPostgres("test", home=place / "postgres", log=place / "postgres.log")
    server.start()
    with postgres.connect(server.sockets) as bare:  # as the distribution leaves it
        bare.execute("DROP DATABASE ispbill")
        for role in ("ispbill_owner", "ispbill_app", "ispbill_portal"):
            bare.execute(f"DROP OWNED BY {role}")
            bare.execute(f"DROP ROLE {role}")
    made = Machine(place, server)
    yield made
    made.stop()
    server.stop()
    server.forget()


def test_who_follows_the_page_has_a_running_production(machine):
    blocks = commands()

    said = machine.run(machine.here("\n".join(blocks)))

    assert re.search(r"password", said, re.IGNORECASE)  # the first owner's, once
    assert "WRONG" not in said
    copies = [path.name for path in machine.moved("/var/backups/ispbill").iterdir()]
    assert [name for name in copies if name.endswith(".tar.age")], copies
    kept = {
        path.name: path.stat().st_mode & 0o777 for path in machine.moved("/etc/ispbill").iterdir()
    }
    assert kept == {"env": 0o640, "keeper.env": 0o400, "backup-identity": 0o400}
    assert "DATABASE_OWNER_URL" not in machine.moved("/etc/ispbill/env").read_text()
    log = machine.log.read_text()
    assert "enable --now ispbill.target" in log
    assert "pip install --no-deps --require-hashes -r requirements/base.txt" in log
    pages_answer(machine)


def pages_answer(machine):
    """Start the unit of the pages as systemd would, and ask as the proxy does."""
    unit = machine.moved("/etc/systemd/system/ispbill-web.service").read_text()
    command = shlex.split(re.search(r"^ExecStart=(.*)$", unit, re.MULTILINE)[1])
    app = machine.moved("/srv/ispbill/app")
    with subprocess.Popen(
        command, cwd=app, env=machine.environment(), stderr=subprocess.PIPE
    ) as web:
        try:
            assert answer(machine.web_port, "/readyz") == 200
            assert answer(machine.web_port, "/login") == 200
        finally:
            web.terminate()
            web.communicate(timeout=30)


def answer(port, path):
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}",
        headers={"X-Forwarded-Proto": "https", "Host": "127.0.0.1"},
    )
    give_up = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(request, timeout=30) as found:  # noqa: S310
                return found.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.3)


def test_units_name_programs_and_queues_that_exist():
    from django.conf import settings

    from ispbill.portals.queries.figures import QUEUES

    text = {path.name: path.read_text() for path in UNITS.iterdir()}
    wanted = set(re.findall(r"ispbill-worker@(\w+)", PAGE.read_text())) | {"keeper"}
    routed = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()} | {"default"}
    for name, unit in text.items():
        if name.endswith(".service"):
            is_ours = "radius" not in name  # FreeRADIUS is the distribution's program
            program = "venv/bin/(gunicorn|celery)" if is_ours else "freeradius"
            folder = "/srv/ispbill/" if is_ours else "/usr/sbin/"
            assert re.search(rf"^ExecStart={folder}{program} ", unit, re.M)
            assert "NoNewPrivileges=true" in unit
            assert f"ProtectSystem={'strict' if is_ours else 'full'}" in unit
            assert ("keeper.env" in unit) == (name == "ispbill-keeper.service")
    assert wanted == routed == set(QUEUES)


def test_compose_has_the_same_queues_and_keeps_the_owner_apart():
    text = (ROOT / "docker-compose.yml").read_text()
    workers = set(re.findall(r" -Q ([\w,]+)", text))

    assert {queue for one in workers for queue in one.split(",")} == {
        "default",
        "billing",
        "router",
        "messages",
        "documents",
        "keeper",
        "learning",
    }
    assert text.count("DATABASE_OWNER_URL: postgres://") == 2  # migrate and keeper


def test_what_is_installed_here_is_what_the_page_installs():
    """The stand-in for pip installs nothing: this environment is what it would have made."""
    lines = (ROOT / "requirements/base.txt").read_text().splitlines()
    everywhere = [line for line in lines if ";" not in line]  # the others are for other Pythons
    pinned = re.findall(r"^([\w.-]+)(?:\[[\w,]+\])?==([^\s\\]+)", "\n".join(everywhere), re.M)
    assert pinned
    assert {name: metadata.version(name) for name, _version in pinned} == dict(pinned)
