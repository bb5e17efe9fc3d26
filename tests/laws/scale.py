"""How much of a law is tried: the floor in every run of the suite, the full figure by hand.

`PROVE=full python3 manage.py test tests/laws` takes hours and says what it did.
"""

import os

FULL = os.environ.get("PROVE") == "full"


def tried(*, floor: int, full: int) -> int:
    """Return how often something is tried in this run."""
    return full if FULL else floor
