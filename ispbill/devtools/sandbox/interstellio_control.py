"""Seeing and steering the simulated Interstellio from another process, or from a test."""

import http.client
import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from ispbill.devtools.sandbox.interstellio import FILE

Picture = dict[str, Any]


class NotRunning(Exception):
    """No simulator answers for this directory."""


class Control:
    """The owner's hand on the simulator of `<directory>/interstellio.json`."""

    def __init__(self, directory: Path) -> None:
        self._address = directory / FILE

    def picture(self) -> Picture:
        """Return usernames, tokens, faults to come, set_hours, and the newest calls first."""
        return self._ask("GET")

    def use(self, username: str, hours: Iterable[tuple[datetime, float, float]]) -> None:
        """Say what hours of a subscriber had: start, upload and download in their kilobytes."""
        rows = [[start.isoformat(), up, down] for start, up, down in hours]
        self._ask("POST", {"username": username, "hours": rows})

    def fail(self, fault: str) -> None:
        """Let the next request go wrong, as `interstellio.FAULTS` names it."""
        self._ask("POST", {"fault": fault})

    def revoke(self) -> None:
        """Let every token be good no longer."""
        self._ask("POST", {"revoke": True})

    def clear(self) -> None:
        """Forget what was set, and the faults to come."""
        self._ask("POST", {"clear": True})

    def _ask(self, method: str, body: dict[str, Any] | None = None) -> Picture:
        try:
            place = json.loads(self._address.read_text("utf-8"))
            line = http.client.HTTPConnection("127.0.0.1", place["port"], timeout=5)
            try:
                line.request(
                    method,
                    "/control",
                    body=json.dumps(body).encode() if body is not None else None,
                    headers={"Authorization": f"Bearer {place['token']}"},
                )
                answer = line.getresponse()
                found: Picture = json.loads(answer.read())
            finally:
                line.close()
        except (OSError, ValueError, KeyError, http.client.HTTPException) as error:
            raise NotRunning("The simulated Interstellio is not running.") from error
        if answer.status != 200:
            raise NotRunning("The simulated Interstellio is another one's.")
        return found
