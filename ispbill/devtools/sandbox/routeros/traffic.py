"""How much a pretend subscriber downloads: a share of the profile's rate that follows the hour."""

import zlib
from functools import lru_cache

# Share of the day's busiest hour, by local hour: quiet at dawn, busiest at nine in the evening.
HOUR_SHARE = (
    45, 28, 16, 10, 7, 6, 8, 14, 22, 30, 34, 38, 40, 42, 44, 46, 52, 60, 72, 86, 96, 100, 90, 66,
)  # fmt: skip

_UNITS = {"k": 1_000, "M": 1_000_000, "G": 1_000_000_000}
_UNLIMITED = 20_000_000


def jitter(*parts: object) -> float:
    """Return a number in [0, 1) that is always the same for the same words."""
    text = "/".join(map(str, parts))
    return zlib.crc32(text.encode("utf-8", "surrogateescape")) / 2**32


def rates(rate_limit: str) -> tuple[int, int]:
    """Return upload and download in bit/s from the first group of a rate-limit string."""
    first = rate_limit.split(" ", 1)[0]
    if not first:
        return _UNLIMITED, _UNLIMITED
    upload, _, download = first.partition("/")
    return _bits(upload), _bits(download or upload)


def transferred(
    *, name: str, start: float, end: float, rate_limit: str, utc_offset_minutes: int
) -> tuple[int, int]:
    """Return bytes (upload, download) between two moments (epoch seconds).

    The integral is exact over hours, so polling often or seldom gives the same sum.
    """
    up, down = _busiest(name, rate_limit)
    weighted = _weighted_seconds(start, end, utc_offset_minutes * 60)
    return int(weighted * up), int(weighted * down)


@lru_cache(maxsize=65_536)
def _busiest(name: str, rate_limit: str) -> tuple[float, float]:
    """Return the subscriber's bytes per second (upload, download) in the busiest hour."""
    upload, download = rates(rate_limit)
    appetite = (0.03 + 0.25 * jitter("appetite", name)) / 8
    return appetite * upload * (0.05 + 0.2 * jitter("upload", name)), appetite * download


def rate_now(*, name: str, at: float, rate_limit: str, utc_offset_minutes: int) -> tuple[int, int]:
    """Return bit/s (upload, download) at this second, with a flicker."""
    up, down = transferred(
        name=name,
        start=at,
        end=at + 1,
        rate_limit=rate_limit,
        utc_offset_minutes=utc_offset_minutes,
    )
    flicker = 0.6 + 0.8 * jitter("flicker", name, int(at))
    return int(up * 8 * flicker), int(down * 8 * flicker)


@lru_cache(maxsize=256)  # all sessions of a router are counted over the same interval
def _weighted_seconds(start: float, end: float, offset: int) -> float:
    total = 0.0
    position = start
    day = sum(HOUR_SHARE) * 36.0
    if end - position >= 86_400:
        days = int((end - position) // 86_400)
        total += days * day
        position += days * 86_400
    while position < end:
        local = position + offset
        hour_ends = (local // 3_600 + 1) * 3_600 - offset
        until = min(end, hour_ends)
        total += (until - position) * HOUR_SHARE[int(local // 3_600) % 24] / 100
        position = until
    return total


def _bits(text: str) -> int:
    unit = _UNITS.get(text[-1:], 1)
    digits = text[:-1] if unit != 1 else text
    return int(digits) * unit if digits.isdigit() else _UNLIMITED
