"""Room for the frames of a test (`ispbill.core.stack_room`): some took twice their time without."""

import threading

from _pytest.runner import CallInfo

from ispbill.core.stack_room import widen


def make() -> None:
    """Give room to every phase of a test, and to every thread."""
    # Whatever pytest does for a test goes through the first; a thread begins with the second.
    widen(CallInfo.from_call.__func__)
    widen(threading.Thread._bootstrap)
