"""A drawn signature: strokes of points [x, y, milliseconds, pressure] in 0–1000."""

import hashlib
import json
import math
from typing import Any

FEWEST_POINTS, MOST_POINTS = 20, 10_000
SHORTEST = 100  # of the whole path, in the units of the pad
MOST_BYTES = 256 * 1024
SIDE = 1000

Strokes = list[list[list[float]]]


class BadStrokes(ValueError):
    """No signature: too little, too much, or not of this form."""


def read(text: str) -> Strokes:
    """Read what a pad has sent. Raises BadStrokes."""
    if len(text.encode()) > MOST_BYTES:
        raise BadStrokes("too large")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise BadStrokes("unreadable") from None
    if not isinstance(found, list):
        raise BadStrokes("not strokes")
    strokes = [[_point(one) for one in stroke] for stroke in found if isinstance(stroke, list)]
    count = sum(len(stroke) for stroke in strokes)
    if len(strokes) != len(found) or count > MOST_POINTS:
        raise BadStrokes("too much")
    if count < FEWEST_POINTS or length(strokes) < SHORTEST:
        raise BadStrokes("too little")
    return strokes


def length(strokes: Strokes) -> float:
    """Return how long the path is, in the units of the pad."""
    return sum(
        math.hypot(b[0] - a[0], b[1] - a[1])
        for stroke in strokes
        for a, b in zip(stroke, stroke[1:], strict=False)
    )


def digest(strokes: Strokes) -> str:
    """Return the SHA-256 of the strokes, "" without any."""
    if not strokes:
        return ""
    return hashlib.sha256(json.dumps(strokes, separators=(",", ":")).encode()).hexdigest()


def path(strokes: Strokes) -> str:
    """Return the strokes as the path of an SVG picture of 1000 by 400: drawn here, never taken."""
    return " ".join(
        "M" + " L".join(f"{x:.0f} {y * 0.4:.0f}" for x, y, *_rest in stroke)
        for stroke in strokes
        if stroke
    )


def _point(found: Any) -> list[float]:
    if not isinstance(found, list) or not 2 <= len(found) <= 4:
        raise BadStrokes("not points")
    if not all(isinstance(one, int | float) and math.isfinite(one) for one in found):
        raise BadStrokes("not numbers")
    if not (0 <= found[0] <= SIDE and 0 <= found[1] <= SIDE):
        raise BadStrokes("beside the pad")
    return [round(one, 2) for one in found]
