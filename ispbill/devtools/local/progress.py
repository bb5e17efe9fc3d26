"""Lines that tell a waiting person what goes on and for how long. Standard library only."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

TICK_ON_A_SCREEN = 1.0
TICK_IN_A_LOG = 10.0  # seconds; a log file must not fill with dots


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


@contextmanager
def step(text: str) -> Iterator[None]:
    """Announce a step, show the elapsed seconds while it lasts, and how it ended.

    Everything goes to standard error: a command's own output stays clean for pipes.
    """
    out: TextIO = sys.stderr
    screen = out.isatty()
    began = time.monotonic()
    done = threading.Event()

    def tick() -> None:
        while not done.wait(TICK_ON_A_SCREEN if screen else TICK_IN_A_LOG):
            line = f"  {text} … {time.monotonic() - began:.0f} s"
            out.write(f"\r{line}" if screen else f"{line}\n")
            out.flush()

    ticker = threading.Thread(target=tick, daemon=True)
    ticker.start()
    outcome = "failed after"
    try:
        yield
        outcome = "done in"
    finally:
        done.set()
        ticker.join()
        clear = "\r\033[K" if screen else ""
        out.write(f"{clear}  {text}: {outcome} {time.monotonic() - began:.1f} s\n")
        out.flush()
