"""How long to wait before trying again: from five seconds to under five minutes."""

from datetime import timedelta

FIRST_SECONDS = 5.0
# With the sweep's half minute on top, a router that returns is served within five minutes.
LONGEST_SECONDS = 270.0
ATTEMPTS_BEFORE_HOLD = 12


def wait(failures: int, *, chance: float) -> timedelta:
    """Return the wait after so many failures in a row (1 is the first).

    Doubles each time; `chance` (0 to 1) takes off up to a fifth, so that routers which failed
    together do not come back together.
    """
    seconds = min(FIRST_SECONDS * 2 ** min(max(failures - 1, 0), 10), LONGEST_SECONDS)
    return timedelta(seconds=seconds * (1 - 0.2 * chance))
