"""The rate-limit string of a PPP profile (the same as RADIUS `Mikrotik-Rate-Limit`).

`rx[/tx] [rx-burst[/tx-burst] [rx-threshold[/tx-threshold] [rx-time[/tx-time] [priority
[rx-min[/tx-min]]]]]]`, seen from the router: **rx, the customer's upload, comes first**.
k is 1,000 and M is 1,000,000 bit/s. Source: MikroTik RouterOS manual, AAA/RADIUS.
"""

from dataclasses import dataclass
from typing import Self

_UNITS = {"k": 1_000, "K": 1_000, "M": 1_000_000, "G": 1_000_000_000}
_NOTHING = (0, 0)


@dataclass(frozen=True, kw_only=True)
class RateLimit:
    """Speeds in bit/s, burst time in seconds; 0 means not given.

    A burst lets a customer go up to `burst_*` while the average over `burst_seconds` stays under
    `threshold_*`. `priority` is 1 (best) to 8. Raises ValueError for what RouterOS would refuse.
    """

    upload: int
    download: int
    burst_upload: int = 0
    burst_download: int = 0
    threshold_upload: int = 0
    threshold_download: int = 0
    burst_seconds: int = 0
    priority: int = 0
    least_upload: int = 0
    least_download: int = 0

    def __post_init__(self) -> None:
        if self.upload <= 0 or self.download <= 0:
            raise ValueError("a speed must be more than nothing")
        if not 0 <= self.priority <= 8:
            raise ValueError("a priority is 1 (best) to 8")
        if bool(self.burst_upload) != bool(self.burst_download):
            raise ValueError("a burst needs both directions")
        if self.burst_upload and (
            self.burst_upload < self.upload or self.burst_download < self.download
        ):
            raise ValueError("a burst must not be slower than the speed")
        extras = (self.threshold_upload, self.threshold_download, self.burst_seconds)
        if any(extras) and not self.burst_upload:
            raise ValueError("a threshold or a burst time needs a burst")
        if any(number < 0 for number in (*extras, self.least_upload, self.least_download)):
            raise ValueError("a speed must not be negative")

    def __str__(self) -> str:
        """Return the string for the router, with the defaults it would assume written out."""
        groups = [_pair(self.upload, self.download)]
        has_more = bool(self.priority or self.least_upload or self.least_download)
        if self.burst_upload or has_more:
            seconds = self.burst_seconds or (1 if self.burst_upload else 0)
            threshold_up, threshold_down = self.thresholds
            groups += [
                _pair(self.burst_upload, self.burst_download),
                _pair(threshold_up, threshold_down),
                f"{seconds}/{seconds}",
            ]
        if has_more:
            groups.append(str(self.priority or 8))
        if self.least_upload or self.least_download:
            groups.append(_pair(self.least_upload, self.least_download))
        return " ".join(groups)

    @property
    def thresholds(self) -> tuple[int, int]:
        """Upload and download threshold; the speed itself where none is given."""
        if not self.burst_upload:
            return _NOTHING
        return self.threshold_upload or self.upload, self.threshold_download or self.download

    @property
    def burst_or_nothing(self) -> tuple[str, str, str]:
        """Limit, threshold and time of the burst as a queue takes them; zeros for none."""
        up, down = self.thresholds
        seconds = self.burst_seconds or (1 if self.burst_upload else 0)
        return (
            _pair(self.burst_upload, self.burst_download),
            _pair(up, down),
            f"{seconds}s/{seconds}s",
        )

    @property
    def speeds(self) -> str:
        """Upload and download alone, as a queue takes them."""
        return _pair(self.upload, self.download)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a string as the router has it; raises ValueError when it is none."""
        groups = text.split()
        if not 1 <= len(groups) <= 6:
            raise ValueError(f"not a rate limit: {text!r}")
        speeds = both(groups[0])
        burst = both(groups[1]) if len(groups) > 1 else _NOTHING
        threshold = both(groups[2]) if len(groups) > 2 else _NOTHING
        times = both(groups[3].replace("s", "")) if len(groups) > 3 else _NOTHING
        least = both(groups[5]) if len(groups) > 5 else _NOTHING
        has_burst = burst != _NOTHING
        return cls(
            upload=speeds[0],
            download=speeds[1],
            burst_upload=burst[0],
            burst_download=burst[1],
            threshold_upload=(threshold[0] or speeds[0]) if has_burst else 0,
            threshold_download=(threshold[1] or speeds[1]) if has_burst else 0,
            burst_seconds=(max(times) or 1) if has_burst else 0,
            priority=int(groups[4].partition("/")[0]) if len(groups) > 4 else 0,
            least_upload=least[0],
            least_download=least[1],
        )


def is_same(left: str, right: str) -> bool:
    """Return whether two strings mean the same to a router (`10M/30M` and `10000k/30000k`)."""
    if left == right:
        return True
    try:
        return str(RateLimit.parse(left)) == str(RateLimit.parse(right))
    except ValueError:
        return False


def both(text: str) -> tuple[int, int]:
    """Read `upload/download` in bit/s, or one number for both; raises ValueError."""
    first, delimiter, second = text.partition("/")
    return _number(first), _number(second if delimiter else first)


def _pair(first: int, second: int) -> str:
    return f"{_short(first)}/{_short(second)}"


def _short(number: int) -> str:
    if number and number % 1_000_000 == 0:
        return f"{number // 1_000_000}M"
    if number and number % 1_000 == 0:
        return f"{number // 1_000}k"
    return str(number)


def _number(text: str) -> int:
    unit = _UNITS.get(text[-1:], 1)
    digits = text[:-1] if unit != 1 else text
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError(f"not a speed: {text!r}")
    return int(digits) * unit
