"""The provider's HTTP side: JSON in and out, with switches for what real providers do wrong.

`POST /messages` {id, channel, recipient, subject, body, parts} → {ref, duplicate};
`GET /messages?recipient=&before=&limit=` → newest first; `DELETE /messages`;
`GET|PUT /switches`. Address and key are written to `<directory>/messages.json`.
"""

import hmac
import json
import os
import secrets
import threading
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from ispbill.devtools.sandbox.http_lines import Exchange, Line
from ispbill.devtools.sandbox.messages.store import Store
from ispbill.devtools.sandbox.push import Faults

ADDRESS_FILE = "messages.json"
MOST_BYTES = 1_000_000
_TEXTS = ("id", "channel", "recipient", "subject", "body")


@dataclass
class Switches(Faults):
    """What goes wrong, with browsers' push service too.

    A count is for so many messages to come, −1 for all of them.
    """

    rejects_00: bool = False
    """Numbers that end in 00 do not exist."""
    server_errors: int = 0
    """Answer 500 and take nothing."""
    too_many: int = 0
    """Answer 429 and take nothing."""
    lost_answers: int = 0
    """Take the message, then hang up without an answer."""


class MessageServer(Exchange):
    """The provider; `close` stops it and removes its address."""

    def __init__(self, directory: Path, port: int = 0) -> None:
        self.store = Store(directory)
        self.switches = Switches()
        self.turning = threading.Lock()
        self.key = secrets.token_urlsafe(24)
        super().__init__(("127.0.0.1", port), _Handler)
        self._address = directory / ADDRESS_FILE
        self._write_address()
        self.start()

    @property
    def address(self) -> dict[str, Any]:
        """Host, port and key, as written to the address file."""
        return {"host": "127.0.0.1", "port": self.server_address[1], "token": self.key}

    def close(self) -> None:
        """Stop answering; messages kept stay on disk."""
        super().close()
        self.store.close()
        self._address.unlink(missing_ok=True)

    def uses_up(self, name: str) -> bool:
        """Tell whether a counted fault strikes now, and count it."""
        with self.turning:
            left = getattr(self.switches, name)
            if left > 0:
                setattr(self.switches, name, left - 1)
            return bool(left)

    def _write_address(self) -> None:
        fresh = self._address.with_suffix(".new")
        with os.fdopen(os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
            json.dump(self.address, file)
        fresh.replace(self._address)


def serve(directory: Path, port: int = 0) -> MessageServer:
    """Start the provider in threads of this process; stop it with `.close()`."""
    return MessageServer(directory, port)


class _Handler(Line):
    server: MessageServer
    most_bytes = MOST_BYTES

    def do_POST(self) -> None:
        body = self._body()
        if body is None or not self._may_enter() or self._path() != "/messages":
            return self._answer(404 if body is not None else 400, {"error": "not understood"})
        if self.server.uses_up("server_errors"):
            return self._answer(500, {"error": "internal error"})
        if self.server.uses_up("too_many"):
            return self._answer(429, {"error": "too many messages"})
        if not all(isinstance(body.get(name), str) for name in _TEXTS):
            return self._answer(400, {"error": "a field is missing"})
        if not body["recipient"] or not body["body"]:
            return self._answer(400, {"error": "recipient and text are required"})
        if self.server.switches.rejects_00 and body["recipient"].endswith("00"):
            return self._answer(422, {"error": "no such number"})
        parts = body.get("parts")
        known = {name: body[name] for name in _TEXTS}
        ref, duplicate = self.server.store.take(
            {**known, "parts": parts if isinstance(parts, int) else 1}
        )
        if self.server.uses_up("lost_answers"):
            self.close_connection = True
            return None
        return self._answer(200, {"ref": ref, "duplicate": duplicate})

    def do_GET(self) -> None:
        if not self._may_enter():
            return self._answer(404, {"error": "not understood"})
        if self._path() == "/switches":
            return self._answer(200, asdict(self.server.switches))
        if self._path() != "/messages":
            return self._answer(404, {"error": "not understood"})
        asked = {name: values[-1] for name, values in parse_qs(urlsplit(self.path).query).items()}
        rows = self.server.store.newest(
            recipient=asked.get("recipient", ""),
            before=_whole(asked.get("before", ""), 0),
            limit=min(500, _whole(asked.get("limit", ""), 50)),
        )
        return self._answer(200, {"messages": rows})

    def do_DELETE(self) -> None:
        if not self._may_enter() or self._path() != "/messages":
            return self._answer(404, {"error": "not understood"})
        self.server.store.clear()
        return self._answer(200, {})

    def do_PUT(self) -> None:
        body = self._body()
        known = {field.name: field.type for field in fields(Switches)}
        if body is None or not self._may_enter() or self._path() != "/switches":
            return self._answer(404, {"error": "not understood"})
        if not set(body) <= set(known) or not all(isinstance(v, int) for v in body.values()):
            return self._answer(400, {"error": "no such switch"})
        with self.server.turning:
            for name, value in body.items():
                setattr(self.server.switches, name, value)
        return self._answer(200, asdict(self.server.switches))

    def _path(self) -> str:
        return urlsplit(self.path).path

    def _may_enter(self) -> bool:
        given = self.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {self.server.key}".encode())

    def _body(self) -> dict[str, Any] | None:
        raw = self.body()
        try:
            body = json.loads(raw or b"")
        except ValueError:
            return None
        return body if isinstance(body, dict) else None

    def _answer(self, status: int, answer: dict[str, Any]) -> None:
        self.answer(status, json.dumps(answer).encode())


def _whole(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdigit() else otherwise
