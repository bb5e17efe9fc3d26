"""Named points where a test may kill the process, to prove that dying there loses nothing.

`ISPBILL_FAULT=billing.chunk.before_commit:3` ends the process, without any clean-up, the third
time that point is passed. Outside the test mode the points do nothing.
"""

import os
from collections import Counter

from django.conf import settings

_passed: Counter[str] = Counter()


def point(name: str) -> None:
    """Die here if the environment says so (test mode only)."""
    wanted = os.environ.get("ISPBILL_FAULT", "")
    if not wanted or settings.MODE != "test":
        return
    named, _, nth = wanted.partition(":")
    if named != name:
        return
    _passed[name] += 1
    if _passed[name] >= int(nth or 1):
        os._exit(137)
