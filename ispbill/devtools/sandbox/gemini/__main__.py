"""Run the simulated service until told to stop; the first line of output is its address."""

import argparse
import json
import signal
import sys
import threading

from ispbill.devtools.sandbox.gemini.server import FAULTS, KEY, serve


def main(arguments: list[str] | None = None) -> int:
    """Return the exit status: 0 after a clean stop, 2 when the port cannot be used."""
    parser = argparse.ArgumentParser(
        prog="python -m ispbill.devtools.sandbox.gemini", description=__doc__
    )
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--faults", nargs="*", choices=FAULTS, default=[])
    options = parser.parse_args(arguments)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        server = serve(options.port)
    except OSError as error:
        sys.stderr.write(f"cannot start the Gemini sandbox: {error}\n")
        return 2
    server.misbehave(*options.faults)
    sys.stdout.write(json.dumps({"GEMINI_URL": server.url, "GEMINI_API_KEY": KEY}) + "\n")
    sys.stdout.flush()
    stop.wait()
    server.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
