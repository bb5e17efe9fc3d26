"""Whether a place is served: what an area says, or what it lies in; and which area a pin is in."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

COVERED, PLANNED, NONE = "COVERED", "PLANNED", "NONE"
NEAR_M = 2_000  # so far from an area's centre a pin still counts as there
EARTH_M = 6_371_000

Degrees = tuple[float, float]  # north, east


@dataclass(frozen=True)
class Centre:
    """An area by its id, and the point its customers live around."""

    area_id: int
    point: Degrees


def effective(said: Iterable[str]) -> str:
    """Return what holds for an area: `said` are its own word and those above it, from the root.

    The innermost that says anything decides; a tree that says nothing is one we serve.
    """
    spoken = [word for word in said if word]
    return spoken[-1] if spoken else COVERED


def nearest(pin: Degrees, centres: Iterable[Centre], *, within_m: int = NEAR_M) -> int | None:
    """Return the id of the area whose centre is nearest to a pin; None where none is near."""
    near = [(metres(pin, one.point), one.area_id) for one in centres]
    found = min(near, default=None)
    return found[1] if found is not None and found[0] <= within_m else None


def metres(one: Degrees, other: Degrees) -> float:
    """Return the length of the great circle between two points (haversine)."""
    north, south = math.radians(one[0]), math.radians(other[0])
    high = math.sin((south - north) / 2) ** 2
    wide = math.sin(math.radians(other[1] - one[1]) / 2) ** 2
    return 2 * EARTH_M * math.asin(math.sqrt(high + math.cos(north) * math.cos(south) * wide))
