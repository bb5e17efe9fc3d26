"""A program that is told what happens, and also misbehaves: by the path it is called at.

`python -m ispbill.devtools.sandbox.webhooks` listens on port 8190 and prints what it hears. Knows
nothing of our code: signatures are checked as docs/webhooks.md tells others to.
"""

import base64
import hashlib
import hmac
import sys
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PORT = 8190
_TOLERANCE = 300  # seconds
_DRIPS = 40
_HUGE = 5_000_000  # bytes


def is_genuine(secret: str, headers: Any, body: bytes) -> bool:
    """Tell whether a message was signed with our secret, lately."""
    stamp = headers.get("webhook-timestamp", "")
    if not stamp.isdigit() or abs(time.time() - int(stamp)) > _TOLERANCE:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers.get('webhook-id', '')}.{stamp}.".encode() + body
    ours = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    theirs = headers.get("webhook-signature", "").split()
    return any(hmac.compare_digest(ours, one) for one in theirs)


@dataclass
class Heard:
    """One call as it came in."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """A listening server; `heard` grows with each call. Use as a context."""

    port: int = 0
    heard: list[Heard] = field(default_factory=list)
    drip_seconds: float = 1.0

    def __enter__(self) -> "Receiver":
        self._server = ThreadingHTTPServer(
            ("127.0.0.1", self.port), type("Handler", (_Handler,), {"receiver": self})
        )
        self._server.daemon_threads = True
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.daemon = True
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def url(self, how: str) -> str:
        """Return the address that answers in one way: ok, error, gone, redirect, huge, drip…"""
        return f"http://127.0.0.1:{self.port}/{how}"


class _Handler(BaseHTTPRequestHandler):
    receiver: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.receiver.heard.append(Heard(self.path, dict(self.headers.items()), body))
        try:
            self._answer(self.path.strip("/"))
        except OSError:
            return  # they hung up, as they should on some of these

    def _answer(self, how: str) -> None:
        if how == "drip":
            self._drip()
            return
        self.send_response(self._status(how))
        if how == "redirect":
            self.send_header("Location", self.receiver.url("ok"))
        if how == "busy":
            self.send_header("Retry-After", "7200")
        self.end_headers()
        self.wfile.write(b"x" * _HUGE if how == "huge" else b"thank you\n")

    def _status(self, how: str) -> int:
        calls = sum(one.path == self.path for one in self.receiver.heard)
        if how == "flaky":
            return 500 if calls == 1 else 200
        return {"error": 500, "gone": 410, "redirect": 302, "busy": 503}.get(how, 200)

    def _drip(self) -> None:
        self.send_response(200)
        self.end_headers()
        for _drop in range(_DRIPS):
            self.wfile.write(b".")
            self.wfile.flush()
            time.sleep(self.receiver.drip_seconds)

    def log_message(self, format: str, *args: Any) -> None:
        return


def main() -> None:
    """Listen until stopped, and print what is heard."""
    with Receiver(port=PORT) as receiver:
        sys.stdout.write(f"Listening at {receiver.url('ok')}\n")
        told = 0
        while True:
            time.sleep(0.5)
            for one in receiver.heard[told:]:
                sys.stdout.write(f"{one.path} {one.headers} {one.body.decode()}\n")
                told += 1
            sys.stdout.flush()


if __name__ == "__main__":
    main()
