"""Seeing and steering the simulated Interstellio from another process, or from a test."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from ispbill.devtools.sandbox import owners_call
from ispbill.devtools.sandbox.interstellio import FILE
from ispbill.devtools.sandbox.owners_call import NotRunning

Picture = dict[str, Any]


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
        place, name = self._address, "The simulated Interstellio"
        try:
            return owners_call.ask(place, method, "/control", body, name=name)
        except ValueError as error:
            raise NotRunning(f"{name} is another one's.") from error
