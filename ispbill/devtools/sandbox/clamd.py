"""A virus scanner on the loopback or on a socket, written from clamd(8) and clamd.conf(5).

It knows PING, VERSION and INSTREAM, each begun with `z` (ended by NUL) or `n` (ended by a new
line); a command of another kind is answered UNKNOWN COMMAND. Of viruses it knows one: the test
string of EICAR (https://www.eicar.org), anywhere in what is sent. `scanned` holds the
lengths of the streams that were judged.
"""

import argparse
import contextlib
import json
import signal
import socketserver
import struct
import sys
import threading
import time
from pathlib import Path
from typing import Self

from ispbill.devtools.sandbox.faults import Misbehaves

# In two parts, or scanners of this very file would find it.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SIGNATURE = "Eicar-Test-Signature"
VERSION = "ClamAV 1.4.3/27832/Tue Nov 25 08:36:02 2026"
STREAM_MAX_LENGTH = 25 * 1024 * 1024  # as clamd.conf has it
SLOW_SECONDS = 1.5
FAULTS = ("hang_up", "hang_up_midway", "slow", "error", "garbage")


class Scanner(Misbehaves):
    """The daemon; `address` is what CLAMD is set to, `close` stops it."""

    kinds = FAULTS

    def __init__(self, path: Path | None = None, *, most_bytes: int = STREAM_MAX_LENGTH) -> None:
        super().__init__()
        self.scanned: list[int] = []
        self.version = VERSION
        self.most_bytes = most_bytes
        scanner = self

        class Line(_Line):
            owner = scanner

        if path is None:
            self._server: socketserver.BaseServer = _Tcp(("127.0.0.1", 0), Line)
            self.address = f"127.0.0.1:{self._server.server_address[1]!s}"
        else:
            self._server = _Unix(str(path), Line)
            self.address = str(path)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), daemon=True
        )
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Tcp(socketserver.ThreadingTCPServer):
    daemon_threads, block_on_close, allow_reuse_address = True, False, True


class _Unix(socketserver.ThreadingUnixStreamServer):
    daemon_threads, block_on_close = True, False


class _Line(socketserver.StreamRequestHandler):
    """One connection: a command, its answer, and it is closed."""

    owner: Scanner

    def handle(self) -> None:
        with contextlib.suppress(ConnectionError, EOFError):
            self._answer()

    def _answer(self) -> None:
        first = self.rfile.read(1)
        end = {b"z": b"\0", b"n": b"\n"}.get(first, b"\n")
        command = b"" if first in {b"z", b"n"} else first
        while not command.endswith(end) and len(command) < 1024:
            piece = self.rfile.read(1)
            if not piece:
                return
            command += piece
        word = command.removesuffix(end).decode("ascii", "replace")
        if word == "PING":
            said = "PONG"
        elif word == "VERSION":
            said = self.owner.version
        elif word == "INSTREAM" and first in {b"z", b"n"}:
            said = self._judged()
        else:
            said = "UNKNOWN COMMAND"
        if said:
            self.wfile.write(said.encode() + end)

    def _judged(self) -> str:
        fault = self.owner.fault()
        if fault == "hang_up_midway":
            self._exactly(4)
            return ""
        content = b""
        while length := struct.unpack("!I", self._exactly(4))[0]:
            if len(content) + length > self.owner.most_bytes:
                return "INSTREAM size limit exceeded. ERROR"
            content += self._exactly(length)
        if fault == "slow":
            time.sleep(SLOW_SECONDS)
        told = {"hang_up": "", "error": "stream: Can't allocate memory ERROR", "garbage": "maybe"}
        if fault in told:
            return told[fault]
        self.owner.scanned.append(len(content))
        return f"stream: {SIGNATURE} FOUND" if EICAR in content else "stream: OK"

    def _exactly(self, count: int) -> bytes:
        found = self.rfile.read(count)
        if len(found) < count:
            raise EOFError
        return found


def main(arguments: list[str] | None = None) -> int:
    """Run the scanner until told to stop; the first line of output is what CLAMD is set to."""
    parser = argparse.ArgumentParser(prog="python -m ispbill.devtools.sandbox.clamd")
    parser.add_argument("--socket", type=Path)
    options = parser.parse_args(arguments)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with Scanner(options.socket) as scanner:
        sys.stdout.write(json.dumps({"CLAMD": scanner.address}) + "\n")
        sys.stdout.flush()
        stop.wait()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
