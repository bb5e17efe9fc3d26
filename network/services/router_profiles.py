"""How a line is closed on its router, and the profiles and speeds it needs there.

Profiles are made before use and kept at the package's speed. A line with a queue needs none: its
profile's name still tells its speed.
"""

from collections.abc import Iterable

from network.gateways.base import DesiredProfile, Outcome, Status
from network.gateways.operations import RouterGateway
from network.models import Access, Method, Router
from network.rules import profiles
from network.rules.rate_limit import RateLimit

WALLED_RATE_LIMIT = "1M/1M"
WALLED_ADDRESS_LIST = "ispbill-suspended"


Closing = Router.SuspendMode
Key = tuple[bool, str]  # whether it is a hotspot's, and the name


def closing_of(line: Access, router: Router) -> Closing | None:
    """Return how a line is closed on the router; None when it shall be open or gone.

    A line whose address changes with each session cannot stand in an address list of ours: the
    walled profile lists whatever address it gets.
    """
    if line.desired_state != Access.State.WALLED:
        return None
    mode = Closing(router.suspend_mode)
    has_address = line.static_ip is not None
    return Closing.PROFILE if mode == Closing.ADDRESS_LIST and not has_address else mode


def profile_on_router(line: Access, router: Router) -> str:
    """Return the profile the line shall have on the router in its wanted state."""
    if closing_of(line, router) == Closing.PROFILE:
        return router.walled_profile
    return line.desired_profile


def key_of(line: Access, router: Router) -> Key:
    """Return what a line's profile is known by on the router."""
    return line.method == Method.HOTSPOT, profile_on_router(line, router)


def speed_of(name: str, *, line: Access, router: Router) -> RateLimit:
    """Return the limit a profile stands for. A name of ours tells its speed; another has the
    service's."""
    download, upload = profiles.speed_of(name) or (
        line.subscription.download_mbps,
        line.subscription.upload_mbps,
    )
    usual = profiles.Burst(router.burst_percent, router.burst_seconds)
    burst = profiles.burst_of(name, usual=usual)
    return profiles.limit_of(
        download_mbps=download,
        upload_mbps=upload,
        burst_percent=burst.percent,
        burst_seconds=burst.seconds,
    )


def desired_for(name: str, *, line: Access, router: Router) -> DesiredProfile:
    """Return how a profile shall be."""
    is_hotspot = line.method == Method.HOTSPOT
    if name == router.walled_profile:
        return DesiredProfile(
            name=name,
            rate_limit=WALLED_RATE_LIMIT,
            local_address=router.local_address or None,
            remote_address=router.walled_pool or None,
            address_list=WALLED_ADDRESS_LIST,
            is_hotspot=is_hotspot,
        )
    return DesiredProfile(
        name=name,
        rate_limit=str(speed_of(name, line=line, router=router)),
        local_address=router.local_address or None,
        remote_address=router.address_pool or None,
        is_hotspot=is_hotspot,
    )


def ensure(
    link: RouterGateway, *, router: Router, lines: Iterable[Access], known: set[Key]
) -> dict[Key, str]:
    """Make the profiles these lines need; return the refused ones with the router's words.

    `known` are those seen to in this session; new ones are added to it. A profile that somebody
    else made under the same name is used as it is.
    """
    wanted: dict[Key, DesiredProfile] = {}
    for line in lines:
        key = key_of(line, router)
        needs_one = Method(line.method).has_login and line.desired_state != Access.State.REMOVED
        if needs_one and key not in known:
            wanted.setdefault(key, desired_for(key[1], line=line, router=router))
    if not wanted:
        return {}
    outcomes: list[Outcome] = link.ensure_profiles(list(wanted.values()))
    refused = {
        key: outcome.detail
        for key, outcome in zip(wanted, outcomes, strict=True)
        if outcome.status is Status.FAILED
    }
    known |= set(wanted) - set(refused)
    return refused
