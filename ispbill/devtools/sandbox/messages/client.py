"""Reading and steering the simulated provider from another process, or from a test."""

import http.client
import json
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode

from ispbill.devtools.sandbox.messages.server import ADDRESS_FILE
from ispbill.devtools.sandbox.messages.store import Record


class NotRunning(Exception):
    """No provider answers for this directory."""


class Inbox:
    """Everything the provider at `<directory>/messages.json` has been given."""

    def __init__(self, directory: Path) -> None:
        self._address = directory / ADDRESS_FILE

    def newest(self, *, recipient: str = "", before: int = 0, limit: int = 50) -> list[Record]:
        """Return number, client_id, channel, recipient, subject, body, parts, received_at (ISO,
        UTC) and times_sent of each message, newest first."""
        query = urlencode({"recipient": recipient, "before": before, "limit": limit})
        return cast("list[Record]", self._ask("GET", f"/messages?{query}")["messages"])

    def clear(self) -> None:
        self._ask("DELETE", "/messages")

    def switches(self) -> Record:
        """Return the switches (`server.Switches`)."""
        return self._ask("GET", "/switches")

    def switch(self, **values: int) -> Record:
        """Set some switches and return all."""
        return self._ask("PUT", "/switches", values)

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Record:
        try:
            address = json.loads(self._address.read_text("utf-8"))
            line = http.client.HTTPConnection(address["host"], address["port"], timeout=5)
            try:
                line.request(
                    method,
                    path,
                    body=json.dumps(body).encode() if body is not None else None,
                    headers={"Authorization": f"Bearer {address['token']}"},
                )
                response = line.getresponse()
                answer = json.loads(response.read())
            finally:
                line.close()
        except (OSError, ValueError, KeyError, http.client.HTTPException) as error:
            raise NotRunning("The message sandbox is not running.") from error
        if response.status != 200:
            raise ValueError(str(answer.get("error", response.status)))
        return cast("Record", answer)
