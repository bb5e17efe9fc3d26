"""Reading and steering the simulated provider from another process, or from a test."""

from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode

from ispbill.devtools.sandbox import owners_call
from ispbill.devtools.sandbox.messages.server import ADDRESS_FILE
from ispbill.devtools.sandbox.messages.store import Record


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
        place, name = self._address, "The message sandbox"
        return owners_call.ask(place, method, path, body, name=name)
