"""A range service of breached passwords on the loopback, as that of Pwned Passwords is documented.

`GET /range/<five hexadecimal digits>` answers `SUFFIX:COUNT` lines, ended by CR LF, and 400 for
anything else in place of the digits; with `Add-Padding: true` there are made-up suffixes counted 0
among them, 800 to 1,000 lines altogether. `asked` holds what came over the line.
"""

import contextlib
import hashlib
import random
import re
import threading
import time
from collections import deque
from collections.abc import Mapping
from http.server import ThreadingHTTPServer

from ispbill.devtools.sandbox.http_lines import Line

SLOW_SECONDS = 1.5
FAULTS = ("503", "429", "slow", "hang_up", "html")
_PATH = re.compile(r"^/range/([0-9A-Fa-f]{5})$")
_PADDED = 850


class PwnedServer(ThreadingHTTPServer):
    """The service with these passwords, each with how often it was seen; `close` stops it."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, passwords: Mapping[str, int]) -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.faults: deque[str] = deque()
        self.counts = {
            hashlib.sha1(one.encode(), usedforsecurity=False).hexdigest().upper(): count
            for one, count in passwords.items()
        }
        super().__init__(("127.0.0.1", 0), _Handler)
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """What `BREACHED_PASSWORDS_URL` is set to."""
        return f"http://127.0.0.1:{self.server_address[1]}/range"

    def misbehave(self, *faults: str) -> None:
        """Let the requests to come go wrong, one fault each; then all is well again."""
        for fault in faults:
            if fault not in FAULTS:
                raise ValueError(fault)
        self.faults.extend(faults)

    def close(self) -> None:
        """Stop answering."""
        self.shutdown()
        self._thread.join()
        self.server_close()


class _Handler(Line):
    server: PwnedServer

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers.items())))
        fault = self.server.faults.popleft() if self.server.faults else ""
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
