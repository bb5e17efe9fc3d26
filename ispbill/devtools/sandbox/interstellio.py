"""Interstellio's side of the line on the loopback: login, subscribers, hourly usage.

Written from `protocols/interstellio.md`: three bases under one host (`/identity`, `/subscriber`,
`/telemetry`), tokens that may be revoked, pages of fifty at most, hours made of the subscriber and
the hour alone (the same each time, more in the evening), spans above 3,072 hours refused with 400.
`faults` holds what goes wrong with the requests to come, one each. Usage of an hour may be set.
Who is counted, the port and the owner's token for `/control` (`interstellio_control`) are kept in
`<directory>/interstellio.json`, which the demo writes.
"""

import contextlib
import hashlib
import json
import re
import secrets
import uuid
from collections import deque
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from ispbill.devtools.sandbox.config import create, free_port
from ispbill.devtools.sandbox.http_lines import Exchange, Line

FILE = "interstellio.json"

DOMAIN, TENANT, USER, PASSWORD = "isp.example", "t-1", "api", "sandbox-password"
A_PAGE, MOST_HOURS = 50, 3072
CALLS_SHOWN = 20
FAULTS = ("401", "402", "403", "404", "429", "429 later", "500", "garbage", "no list")
_HOURLY = re.compile(r"^/telemetry/v1/subscriber/([\w-]+)/data/hourly$")
_HOUR = timedelta(hours=1)
Json = Any


class InterstellioServer(Exchange):
    """The service; `close` stops it. `wraps`: lists come under `payload`, as some do."""

    def __init__(
        self,
        port: int = 0,
        *,
        usernames: Iterable[str] = (),
        wraps: bool = True,
        owners_token: str = "",
    ) -> None:
        self.wraps = wraps
        self.owners_token = owners_token
        self.written_at: Path | None = None
        self.usernames = list(usernames)
        self.tokens: set[str] = set()
        self.faults: deque[str] = deque()
        self.calls: list[tuple[str, str]] = []
        self.set_hours: dict[tuple[str, datetime], tuple[float, float]] = {}
        super().__init__(("127.0.0.1", port), _Handler)
        self.start()

    @property
    def url(self) -> str:
        """The host all three bases stand under."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def id_of(self, username: str) -> str:
        """Return the subscriber's id: the same for a name each time."""
        return str(uuid.uuid5(uuid.NAMESPACE_DNS, username))

    def look_again(self) -> None:
        """Count whom the demo has written into the file since."""
        if self.written_at is not None:
            self.usernames = json.loads(self.written_at.read_text("utf-8"))["usernames"]

    def use(self, username: str, hour: datetime, *, upload_kb: float, download_kb: float) -> None:
        """Say what an hour (UTC) had."""
        self.set_hours[self.id_of(username), hour] = (upload_kb, download_kb)

    def usage(self, remote_id: str, hour: datetime) -> tuple[float, float]:
        """Return upload and download of an hour in their kilobytes."""
        if (remote_id, hour) in self.set_hours:
            return self.set_hours[remote_id, hour]
        seed = hashlib.sha256(f"{remote_id} {hour.isoformat()}".encode()).digest()
        evening = 1 + 3 * (15 <= hour.hour <= 20)
        down = int.from_bytes(seed[:3], "big") % 400_000 * evening
        return float(down // 8), float(down)

    def revoke(self) -> None:
        """Let every token be good no longer."""
        self.tokens.clear()


class _Handler(Line):
    server: InterstellioServer

    def do_POST(self) -> None:
        self._answered("POST")

    def do_GET(self) -> None:
        self._answered("GET")

    def _answered(self, method: str) -> None:
        raw, parts = self.body(), urlsplit(self.path)
        self.server.look_again()
        if parts.path == "/control":
            return self._steered(method, raw)
        self.server.calls.append((method, parts.path))
        fault = self.server.faults.popleft() if self.server.faults else ""
        if fault:
            return self._misbehave(fault)
        if parts.path == "/identity/v3/token" and method == "POST":
            return self._logged_in(_parsed(raw))
        if self.headers.get("X-Auth-Token", "") not in self.server.tokens:
            return self._refuse(401, "Token invalid or expired")
        if parts.path == "/subscriber/v1/subscribers" and method == "GET":
            return self._listed(parse_qs(parts.query))
        found = _HOURLY.match(parts.path)
        if found and method == "POST":
            return self._hours(found[1], _parsed(raw))
        return self._refuse(404, "Not found")

    def _steered(self, method: str, raw: bytes | None) -> None:
        """Let the owner look, set hours (kB), say what goes wrong next, or revoke tokens."""
        token = self.server.owners_token
        if not token or self.headers.get("Authorization", "") != f"Bearer {token}":
            return self._refuse(404, "Not found")
        asked = _parsed(raw) if method == "POST" else {}
        if "hours" in asked:
            for hour, up, down in asked["hours"]:
                moment = datetime.fromisoformat(hour).astimezone(UTC)
                self.server.use(asked["username"], moment, upload_kb=up, download_kb=down)
        if asked.get("fault") in FAULTS:
            self.server.faults.append(asked["fault"])
        if asked.get("revoke"):
            self.server.revoke()
        if asked.get("clear"):
            self.server.set_hours.clear()
            self.server.faults.clear()
        return self._say(self._picture())

    def _picture(self) -> Json:
        server = self.server
        return {
            "usernames": server.usernames,
            "tokens": len(server.tokens),
            "faults": list(server.faults),
            "set_hours": len(server.set_hours),
            "calls": list(reversed(server.calls[-CALLS_SHOWN:])),
        }

    def _logged_in(self, body: Json) -> None:
        wanted = {"domain": DOMAIN, "username": USER, "password": PASSWORD}
        if any(body.get(name) != value for name, value in wanted.items()):
            return self._refuse(401, "Wrong credentials")
        token = uuid.uuid4().hex
        self.server.tokens.add(token)
        context = {"domain": DOMAIN, "tenant_id": TENANT}
        return self._say(
            {"token": token, "username": USER, "roles": ["reader"], "context": context}
        )

    def _listed(self, query: dict[str, list[str]]) -> None:
        size, page = int(query.get("l", ["10"])[0]), int(query.get("p", ["1"])[0])
        if not 1 <= size <= A_PAGE:
            return self._refuse(400, "l must be 1 to 50")
        names = self.server.usernames
        rows = [
            {"id": self.server.id_of(name), "username": name, "enabled": True, "domain": DOMAIN}
            for name in names[(page - 1) * size : page * size]
        ]
        pages = -(-len(names) // size)
        about = {"records": len(names), "page": page, "pages": pages, "per_page": size}
        return self._say({"payload": rows, "metadata": about})

    def _hours(self, remote_id: str, body: Json) -> None:
        known = {self.server.id_of(name) for name in self.server.usernames}
        if remote_id not in known:
            return self._refuse(404, "No such subscriber")
        try:
            start, end = (datetime.fromisoformat(body[name]) for name in ("start", "end"))
        except (KeyError, TypeError, ValueError):
            return self._refuse(400, "start and end are moments")
        if start.tzinfo is None or not start < end or (end - start) > MOST_HOURS * _HOUR:
            return self._refuse(400, "the span is not allowed")
        rows, hour = [], start.astimezone(UTC)
        while hour < end:
            up, down = self.server.usage(remote_id, hour)
            rows.append(
                {
                    "time": hour.astimezone(start.tzinfo).isoformat(),
                    "upload_kb": up,
                    "download_kb": down,
                    "combined_kb": up + down,
                    "upload_kbps": up * 8 / 3600,
                    "download_kbps": down * 8 / 3600,
                }
            )
            hour += _HOUR
        return self._say({"payload": rows} if self.server.wraps else rows)

    def _misbehave(self, fault: str) -> None:
        if fault == "garbage":
            return self.answer(200, b"<html>maintenance</html>", "text/html")
        if fault == "no list":
            return self._say({"payload": "none"})
        if fault == "429 later":
            return self._refuse(429, "Too many requests", after="3")
        return self._refuse(int(fault), "As asked for")

    def _say(self, value: Json) -> None:
        self.answer(200, json.dumps(value).encode())

    def _refuse(self, status: int, text: str, *, after: str = "") -> None:
        error = {"title": text, "description": text, "request_id": uuid.uuid4().hex}
        named: Any = {"Retry-After": after} if after else {}
        self.answer(status, json.dumps({"error": error}).encode(), **named)


def _parsed(raw: bytes | None) -> Json:
    try:
        found = json.loads(raw or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def place(directory: Path) -> dict[str, Any]:
    """Return port, owner's token and user names; whoever comes first chooses the port."""
    path = directory / FILE
    if not path.exists():
        with contextlib.ExitStack() as held:
            port = free_port(held)
        create(path, {"port": port, "usernames": [], "token": secrets.token_urlsafe(24)})
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def count(directory: Path, usernames: Iterable[str]) -> str:
    """Let these users be counted from now on; return the service's address."""
    found = place(directory) | {"usernames": sorted(usernames)}
    (directory / FILE).write_text(json.dumps(found), "utf-8")
    return f"http://127.0.0.1:{found['port']}"


def serve(directory: Path) -> InterstellioServer:
    """Start the service where its file says, with whom it counts."""
    found = place(directory)
    server = InterstellioServer(
        found["port"], usernames=found["usernames"], owners_token=found.get("token", "")
    )
    server.written_at = directory / FILE
    return server
