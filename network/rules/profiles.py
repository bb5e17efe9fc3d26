"""From a package's speed to the profile that carries it on a router.

The name tells the speed (`ispbill-30M-5M`: 30 Mbit/s down, 5 up) and the package's own burst
(`ispbill-30M-5M-b150-10`: half as fast again for ten seconds), so that a router restored from an
old backup can get its profiles again from the lines alone.
"""

import re
from typing import NamedTuple

from network.rules.rate_limit import RateLimit

_THRESHOLD_PERCENT = 80
_NAME = re.compile(
    r"ispbill-([1-9][0-9]{0,6})M-([1-9][0-9]{0,6})M(?:-b([1-9][0-9]{2})-([1-9][0-9]{0,2}))?"
)


class Burst(NamedTuple):
    """For so many seconds a quiet line may have `percent` of its speed; 0: never."""

    percent: int = 0
    seconds: int = 10


NO_BURST = Burst()


def name_for(
    *, download_mbps: int, upload_mbps: int, chosen: str = "", burst: Burst = NO_BURST
) -> str:
    """Return the profile's name: the one staff chose for the package, or one made of the speed."""
    if chosen:
        return chosen
    name = f"ispbill-{download_mbps}M-{upload_mbps}M"
    return f"{name}-b{burst.percent}-{burst.seconds}" if burst.percent else name


def limit_of(
    *, download_mbps: int, upload_mbps: int, burst_percent: int = 0, burst_seconds: int = 0
) -> RateLimit:
    """Return the limit of a speed; `burst_percent` of it for a while where a router allows that.

    The burst ends once the average reaches four fifths of the speed (docs/adr/0081).
    """
    upload, download = upload_mbps * 1_000_000, download_mbps * 1_000_000
    if not burst_percent:
        return RateLimit(upload=upload, download=download)
    return RateLimit(
        upload=upload,
        download=download,
        burst_upload=upload * burst_percent // 100,
        burst_download=download * burst_percent // 100,
        threshold_upload=upload * _THRESHOLD_PERCENT // 100,
        threshold_download=download * _THRESHOLD_PERCENT // 100,
        burst_seconds=burst_seconds,
    )


def speed_of(name: str) -> tuple[int, int] | None:
    """Return (download, upload) in Mbit/s told by a name of ours; None for any other name."""
    found = _NAME.fullmatch(name)
    return (int(found[1]), int(found[2])) if found else None


def burst_of(name: str, *, usual: Burst) -> Burst:
    """Return the burst a name of ours tells, the package's; else the `usual`, the router's."""
    found = _NAME.fullmatch(name)
    return Burst(int(found[3]), int(found[4])) if found and found[3] else usual
