"""Spans of time `[since, until)`: put together, cut out of each other, and measured."""

from collections.abc import Iterable
from datetime import datetime, timedelta

Span = tuple[datetime, datetime]


def union(spans: Iterable[Span]) -> list[Span]:
    """Return the same time as spans that neither touch nor overlap, in order."""
    joined: list[Span] = []
    for since, until in sorted(one for one in spans if one[0] < one[1]):
        if joined and since <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], until))
        else:
            joined.append((since, until))
    return joined


def within(spans: Iterable[Span], frame: Span) -> list[Span]:
    """Return what of the spans lies inside a frame, joined."""
    return union((max(since, frame[0]), min(until, frame[1])) for since, until in spans)


def without(spans: Iterable[Span], holes: Iterable[Span]) -> list[Span]:
    """Return what is left of the spans when the holes are cut out."""
    left = union(spans)
    for hole_since, hole_until in union(holes):
        cut: list[Span] = []
        for since, until in left:
            cut += [(since, min(until, hole_since)), (max(since, hole_until), until)]
        left = [one for one in cut if one[0] < one[1]]
    return left


def seconds(spans: Iterable[Span]) -> int:
    """Return how long spans last together, in whole seconds; they must not overlap."""
    whole = sum((until - since for since, until in spans), start=timedelta())
    return int(whole.total_seconds())


def minutes(span: Span) -> int:
    """Return a span's minutes, floored."""
    return int((span[1] - span[0]).total_seconds()) // 60
