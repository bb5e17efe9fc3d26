"""Lines that tell the person at the terminal which step is being worked on."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Say:
    """Says what is done, as it is done, through the writer of the command."""

    def __init__(self, write: Callable[[str], object]) -> None:
        self._write = write

    def line(self, text: str) -> None:
        self._write(text)

    @contextmanager
    def step(self, text: str) -> Iterator[None]:
        """Say how long a step took when it has ended."""
        began = time.monotonic()
        yield
        self._write(f"  {text}: {time.monotonic() - began:.1f} s")
