"""Which tests go to one process when several run the suite side by side.

A file is done by one process, so that what its tests share is made once. The journeys are one
piece: they share a browser, a worker and virtual routers. What takes long begins first, or one
process would still be at it when the others have nothing left.
"""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

JOURNEYS = "tests/journeys/"


def piece_of(nodeid: str) -> str:
    """Return the name of the piece of work that a test is part of."""
    path = nodeid.split("::")[0]
    return JOURNEYS if path.startswith(JOURNEYS) else path


class InPieces(LoadScopeScheduling):
    """Hands out pieces in the order in which they were collected."""

    def __init__(self, config: pytest.Config, log: Any = None) -> None:
        config.option.loadscopereorder = False  # by the number of tests says nothing of the time
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return piece_of(nodeid)


def longest_first(items: list[pytest.Item]) -> None:
    """Order tests by how long the piece takes that they are part of."""
    slow = {piece_of(item.nodeid) for item in items if item.get_closest_marker("slow")}

    def begins(item: pytest.Item) -> int:
        piece = piece_of(item.nodeid)
        return 0 if piece == JOURNEYS else 1 if piece in slow else 2

    items.sort(key=begins)
