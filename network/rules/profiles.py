"""From a package's speed to the profile that carries it on a router.

The name tells the speed (`ispbill-30M-5M`: 30 Mbit/s down, 5 up), so that a router restored from
an old backup can get its profiles again from the lines alone.
"""

import re

_NAME = re.compile(r"ispbill-([1-9][0-9]{0,6})M-([1-9][0-9]{0,6})M")


def name_for(*, download_mbps: int, upload_mbps: int, chosen: str = "") -> str:
    """Return the profile's name: the one staff chose for the package, or one made of the speed."""
    return chosen or f"ispbill-{download_mbps}M-{upload_mbps}M"


def rate_limit(*, download_mbps: int, upload_mbps: int) -> str:
    """Return RouterOS's rate-limit; upload first, because the router receives it (rx/tx).

    Source: MikroTik RouterOS manual, AAA/RADIUS (`rx[/tx]` seen from the router).
    """
    if download_mbps <= 0 or upload_mbps <= 0:
        raise ValueError("a speed must be more than nothing")
    return f"{upload_mbps}M/{download_mbps}M"


def speed_of(name: str) -> tuple[int, int] | None:
    """Return (download, upload) in Mbit/s told by a name of ours; None for any other name."""
    found = _NAME.fullmatch(name)
    return (int(found[1]), int(found[2])) if found else None
