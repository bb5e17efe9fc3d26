"""Room for Python's frames, so that no call deep in a page or a test asks the system for memory.

CPython (3.11 and later) keeps frames in pieces of 16 KB. Where a loop stands at the end of a piece,
each call in it asks for another one and gives it back (mmap, munmap, and the pages of it anew): a
list page paid a quarter of its time for it. A first frame that asks for much makes the piece large
enough for all the frames above it. Elsewhere it does nothing.
"""

from collections.abc import Callable
from typing import Any

SLOTS = 70_000  # half a megabyte: the piece becomes a whole one, its other half is for the frames


def widen(function: Callable[..., Any]) -> None:
    """Let the frame of a Python function make room for every call that is made in it."""
    code = function.__code__
    function.__code__ = code.replace(co_stacksize=SLOTS)
