"""Opening hours as people write them: `09:00–13:00, 14:00–18:00`."""

import re

from tickets.rules.sla import Spans

_SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*[-–—]\s*(\d{1,2}):(\d{2})")


def read(text: str) -> Spans:
    """Return the stretches of a day in minutes, in order; none for an empty text.

    Raises ValueError for what is no time of day, ends before it begins, or overlaps.
    """
    spans = []
    for part in filter(None, (one.strip() for one in text.split(","))):
        found = _SPAN.fullmatch(part)
        if found is None:
            raise ValueError(part)
        opens, closes = _minutes(found[1], found[2]), _minutes(found[3], found[4])
        if not 0 <= opens < closes <= 1440:
            raise ValueError(part)
        spans.append((opens, closes))
    spans.sort()
    if any(later[0] < earlier[1] for earlier, later in zip(spans, spans[1:], strict=False)):
        raise ValueError(text)
    return tuple(spans)


def written(spans: Spans) -> str:
    """Return stretches of a day as people write them."""
    return ", ".join(f"{_clock(opens)}–{_clock(closes)}" for opens, closes in sorted(spans))


def _minutes(hours: str, minutes: str) -> int:
    if int(minutes) > 59:
        raise ValueError(minutes)
    return int(hours) * 60 + int(minutes)


def _clock(minute: int) -> str:
    hours, minutes = divmod(minute, 60)
    return f"{hours:02d}:{minutes:02d}"
