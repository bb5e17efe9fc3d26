"""A simulator's end of an HTTP/1.1 line: what is asked is read whole, and a line is closed openly.

A line stays open for the next call unless somebody says otherwise. Clients that keep lines (Node's
`fetch` and its likes) send their next call on one that was closed in silence, and lose it; so
whoever closes says `Connection: close` with the answer.
"""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_LONGEST_LINE = 1_024  # bytes of a line between two chunks


class Exchange(ThreadingHTTPServer):
    """A simulator that answers in threads of this process from `start` to `close`.

    Closing does not wait for callers that keep their line open.
    """

    daemon_threads = True
    block_on_close = False

    def start(self) -> None:
        """Answer from now on."""
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop answering."""
        self.shutdown()
        self._thread.join()
        self.server_close()


class Line(BaseHTTPRequestHandler):
    """The handler of one client's line. A subclass sets `most_bytes` and answers by `answer`."""

    protocol_version = "HTTP/1.1"
    timeout = 120  # seconds a client may be silent
    most_bytes = 1_000_000

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: addresses and bodies hold passwords, codes and account numbers."""

    def body(self) -> bytes | None:
        """Return the whole body; None when it is too long, cut off, or of no length that is told.

        After None the line is closed with the answer: what follows on it is no request.
        """
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            found = self._chunks()
        else:
            length = self.headers.get("Content-Length", "0")
            is_told = length.isascii() and length.isdigit() and int(length) <= self.most_bytes
            found = self._exactly(int(length)) if is_told else None
        if found is None:
            self.close_connection = True
        return found

    def answer(
        self,
        status: int,
        raw: bytes,
        kind: str = "application/json",
        *,
        promised: int = 0,
        **headers: str,
    ) -> None:
        """Write an answer; with `promised` bytes more than there are, it breaks off."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(promised or len(raw)))
        for name, value in headers.items():
            self.send_header(name, value)
        if promised:
            self.close_connection = True
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(raw)

    def _exactly(self, count: int) -> bytes | None:
        found = self.rfile.read(count)
        return found if len(found) == count else None

    def _chunks(self) -> bytes | None:
        """Read a body that comes in chunks, as of clients that do not know its length."""
        whole = bytearray()
        while True:
            size = self.rfile.readline(_LONGEST_LINE).split(b";")[0].strip()
            try:
                count = int(size, 16)
            except ValueError:
                return None
            if count == 0:
                break
            part = self._exactly(count) if 0 < count <= self.most_bytes - len(whole) else None
            if part is None or self.rfile.readline(_LONGEST_LINE).strip():
                return None
            whole += part
        while self.rfile.readline(_LONGEST_LINE).strip():
            pass  # trailers
        return bytes(whole)
