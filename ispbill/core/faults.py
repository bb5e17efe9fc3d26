"""Named points where a test may kill the process, or let somebody else act, and see what is left.

`ISPBILL_FAULT=billing.chunk.before_commit:3` ends the process, without any clean-up, the third
time that point is passed; `passing` calls a deed there. Outside the test mode the points do
nothing.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings

_passed: Counter[str] = Counter()
_deeds: dict[str, Callable[[], None]] = {}


def point(name: str) -> None:
    """Die or call the deed of this point if a test says so (test mode only)."""
    if settings.MODE != "test":
        return
    if name in _deeds:
        _deeds.pop(name)()
    wanted = os.environ.get("ISPBILL_FAULT", "")
    named, _, nth = wanted.partition(":")
    if not wanted or named != name:
        return
    _passed[name] += 1
    if _passed[name] >= int(nth or 1):
        os._exit(137)


@contextmanager
def passing(name: str, deed: Callable[[], None]) -> Iterator[None]:
    """Call `deed` the first time this process passes the point within the block."""
    _deeds[name] = deed
    try:
        yield
    finally:
        _deeds.pop(name, None)
