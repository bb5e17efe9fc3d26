"""Room for the frames of a test, so that no call deep in it asks the system for memory.

Python keeps its frames in pieces of 16 KB. Where a loop stands at the end of a piece, each call in
it asks for another one and gives it back (mmap, munmap): such a test took twice its time. A first
frame that asks for much makes the piece large enough for all the frames above it.
"""

import threading
from types import FunctionType

from _pytest.runner import CallInfo

SLOTS = 70_000  # half a megabyte: the piece becomes a whole one, its other half is for the frames


def make() -> None:
    """Give room to every phase of a test, and to every thread."""
    # Whatever pytest does for a test goes through the first; a thread begins with the second.
    _widen(CallInfo.from_call.__func__)  # type: ignore[attr-defined]
    _widen(threading.Thread._bootstrap)  # type: ignore[attr-defined]


def _widen(function: FunctionType) -> None:
    function.__code__ = function.__code__.replace(co_stacksize=SLOTS)
