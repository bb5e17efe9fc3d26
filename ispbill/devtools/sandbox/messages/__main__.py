"""Run the simulated provider until told to stop; the first line of output is its address."""

import argparse
import json
import signal
import sys
import threading
from pathlib import Path

from ispbill.devtools.sandbox.messages.server import serve


def main(arguments: list[str] | None = None) -> int:
    """Return the exit status: 0 after a clean stop, 2 when the port cannot be used."""
    parser = argparse.ArgumentParser(
        prog="python -m ispbill.devtools.sandbox.messages", description=__doc__
    )
    parser.add_argument("directory", type=Path, help="where messages and the address are kept")
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args(arguments)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        server = serve(options.directory, options.port)
    except OSError as error:
        sys.stderr.write(f"cannot start the message sandbox: {error}\n")
        return 2
    sys.stdout.write(json.dumps({"messages": server.address}) + "\n")
    sys.stdout.flush()
    stop.wait()
    server.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
