"""How far two points lie apart, how long the way takes, and what a phone's point is worth."""

from __future__ import annotations

import math
from dataclasses import dataclass

from customers.rules import coverage

DETOUR = 1.3  # streets against the straight line
TRAVEL_KMH = 20
LEG_WITHOUT_POINT_MINUTES = 15
SHORTEST_LEG_MINUTES = 5
POOR_ABOVE_M = 200
FAR_ABOVE_M = 300


@dataclass(frozen=True)
class Point:
    """Degrees north and east, and how many metres it may be wrong."""

    latitude: float
    longitude: float
    accuracy_m: float = 0.0


def point(latitude: object, longitude: object, accuracy_m: object = 0) -> Point | None:
    """Return a point, or None where there is none; (0, 0) is what phones say without a fix."""
    try:
        found = Point(float(str(latitude)), float(str(longitude)), float(str(accuracy_m or 0)))
    except ValueError:
        return None
    is_sound = abs(found.latitude) <= 90 and abs(found.longitude) <= 180 and found.accuracy_m >= 0
    if not is_sound or not math.isfinite(found.accuracy_m):
        return None
    return None if (found.latitude, found.longitude) == (0.0, 0.0) else found


def metres(one: Point, other: Point) -> float:
    """Return the length of the great circle between two points (haversine)."""
    return coverage.metres((one.latitude, one.longitude), (other.latitude, other.longitude))


def travel_minutes(one: Point | None, other: Point | None) -> int:
    """Return the minutes from one address to the next, up to the next five."""
    if one is None or other is None:
        return LEG_WITHOUT_POINT_MINUTES
    minutes = metres(one, other) * DETOUR / (TRAVEL_KMH * 1000 / 60)
    return max(SHORTEST_LEG_MINUTES, math.ceil(minutes / 5) * 5)


def is_poor(accuracy_m: float | None) -> bool:
    """Tell whether a point is too vague to prove anything."""
    return accuracy_m is not None and accuracy_m > POOR_ABOVE_M


def is_far(distance_m: float | None, accuracy_m: float | None) -> bool:
    """Tell whether a technician was away from the address, by more than the point may be wrong."""
    if distance_m is None:
        return False
    return distance_m - min(accuracy_m or 0, POOR_ABOVE_M) > FAR_ABOVE_M
