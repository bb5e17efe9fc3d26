"""The sandbox's time: the machine's clock plus a shift that the control interface may set."""

import time
from datetime import UTC, datetime


class Clock:
    """Seconds since the epoch (UTC), as a float, because durations are all that is derived."""

    def __init__(self) -> None:
        self.shift_seconds = 0.0
        self._held_at: float | None = None

    def now(self) -> float:
        machine = time.time() if self._held_at is None else self._held_at
        return machine + self.shift_seconds

    def hold(self) -> None:
        """Stand still from now on, but for `advance`: counters are then the same however slowly
        they are read."""
        self._held_at = float(int(time.time()))

    def moment(self) -> datetime:
        return datetime.fromtimestamp(self.now(), tz=UTC)

    def advance(self, seconds: float) -> None:
        """Let time pass at once. Sessions dial in and counters grow as if we had waited."""
        if seconds < 0:
            raise ValueError("the sandbox's time only goes forward")
        self.shift_seconds += seconds


def as_uptime(seconds: float) -> str:
    """Return a duration the way RouterOS prints one: `1w2d3h4m5s`."""
    left = max(0, int(seconds))
    if left == 0:
        return "0s"
    text = ""
    for unit, size in (("w", 604_800), ("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)):
        amount, left = divmod(left, size)
        if amount:
            text += f"{amount}{unit}"
    return text


def as_router_date(moment: datetime, *, release: tuple[int, int]) -> str:
    """Return a date and time as this release prints it (ISO since 7.10)."""
    if release >= (7, 10):
        return moment.strftime("%Y-%m-%d %H:%M:%S")
    return moment.strftime("%b/%d/%Y %H:%M:%S").lower()
