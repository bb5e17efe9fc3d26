"""A range service of breached passwords on the loopback, as that of Pwned Passwords is documented.

`GET /range/<five hexadecimal digits>` answers `SUFFIX:COUNT` lines, ended by CR LF, and 400 for
anything else in place of the digits; with `Add-Padding: true` there are made-up suffixes counted 0
among them, 800 to 1,000 lines altogether. `asked` holds what came over the line.
"""

import contextlib
import hashlib
import random
import re
import time
from collections.abc import Mapping

from ispbill.devtools.sandbox.faults import Misbehaves
from ispbill.devtools.sandbox.http_lines import Exchange, Line

SLOW_SECONDS = 1.5
FAULTS = ("503", "429", "slow", "hang_up", "html")
_PATH = re.compile(r"^/range/([0-9A-Fa-f]{5})$")
_PADDED = 850


class PwnedServer(Misbehaves, Exchange):
    """The service with these passwords, each with how often it was seen; `close` stops it."""

    kinds = FAULTS

    def __init__(self, passwords: Mapping[str, int]) -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.counts = {
            hashlib.sha1(one.encode(), usedforsecurity=False).hexdigest().upper(): count
            for one, count in passwords.items()
        }
        super().__init__(("127.0.0.1", 0), _Handler)
        self.start()

    @property
    def url(self) -> str:
        """What `BREACHED_PASSWORDS_URL` is set to."""
        return f"http://127.0.0.1:{self.server_address[1]}/range"


class _Handler(Line):
    server: PwnedServer

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers.items())))
        fault = self.server.fault()
        found = _PATH.match(self.path)
        if found is None:
            return self.answer(400, b"The hash prefix was not in a valid format", "text/plain")
        if fault in {"503", "429"}:
            return self.answer(int(fault), b"", "text/plain")
        if fault == "hang_up":
            self.close_connection = True
            return None
        if fault == "html":
            return self.answer(200, b"<html>Sign in to the network</html>", "text/html")
        if fault == "slow":
            time.sleep(SLOW_SECONDS)
        lines = self._lines(found[1].upper())
        with contextlib.suppress(ConnectionError):  # who waited no longer has hung up
            self.answer(200, "\r\n".join(lines).encode(), "text/plain")
        return None

    def _lines(self, beginning: str) -> list[str]:
        rest = {
            digest[5:]: count
            for digest, count in self.server.counts.items()
            if digest.startswith(beginning)
        }
        if self.headers.get("Add-Padding", "").lower() == "true":
            while len(rest) < _PADDED:
                rest.setdefault(f"{random.getrandbits(140):035X}", 0)
        return [f"{suffix}:{count}" for suffix, count in sorted(rest.items())]
