"""Lengths of time as RouterOS prints them."""

import re

_LETTERS = re.compile(
    r"(?:(?P<w>\d+)w)?(?:(?P<d>\d+)d)?"
    r"(?:(?P<hh>\d+):(?P<mm>\d+):(?P<ss>\d+)"
    r"|(?:(?P<h>\d+)h)?(?:(?P<m>\d+)m)?(?:(?P<s>\d+)s)?(?:(?P<ms>\d+)ms)?(?:\d+us)?)(?:\.\d+)?"
)
_SECONDS = {"w": 604_800, "d": 86_400, "h": 3_600, "hh": 3_600, "m": 60, "mm": 60, "s": 1, "ss": 1}


def parse_uptime(text: str) -> int:
    """Return whole seconds of `1w2d3h4m5s`, `2d01:15:03`, `00:05:00` or `10ms` (rounded down).

    Raises ValueError for anything else.
    """
    match = _LETTERS.fullmatch(text.strip())
    if match is None or not text.strip():
        raise ValueError(f"not a length of time: {text!r}")
    found = match.groupdict(default="0")
    return sum(int(found[unit]) * seconds for unit, seconds in _SECONDS.items())
