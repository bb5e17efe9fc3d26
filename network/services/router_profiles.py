"""The profiles lines need on a router: made before use, kept at the package's speed."""

from collections.abc import Iterable

from network.gateways.base import DesiredProfile, Outcome, RouterGateway, Status
from network.models import Access, Router
from network.rules import profiles

WALLED_RATE_LIMIT = "1M/1M"
WALLED_ADDRESS_LIST = "ispbill-suspended"


def profile_on_router(line: Access, router: Router) -> str:
    """Return the profile the line shall have on the router in its wanted state."""
    is_walled = line.desired_state == Access.State.WALLED
    if is_walled and router.suspend_mode == Router.SuspendMode.PROFILE:
        return router.walled_profile
    return line.desired_profile


def desired_for(name: str, *, line: Access, router: Router) -> DesiredProfile:
    """Return how a profile shall be. A name of ours tells its speed; another has the service's."""
    if name == router.walled_profile:
        return DesiredProfile(
            name=name,
            rate_limit=WALLED_RATE_LIMIT,
            local_address=router.local_address or None,
            remote_address=router.walled_pool or None,
            address_list=WALLED_ADDRESS_LIST,
        )
    download, upload = profiles.speed_of(name) or (
        line.subscription.download_mbps,
        line.subscription.upload_mbps,
    )
    return DesiredProfile(
        name=name,
        rate_limit=profiles.rate_limit(download_mbps=download, upload_mbps=upload),
        local_address=router.local_address or None,
        remote_address=router.address_pool or None,
    )


def ensure(
    link: RouterGateway, *, router: Router, lines: Iterable[Access], known: set[str]
) -> dict[str, str]:
    """Make the profiles these lines need; return the refused ones with the router's words.

    `known` are those seen to in this session; new ones are added to it. A profile that somebody
    else made under the same name is used as it is.
    """
    desired_states: dict[str, DesiredProfile] = {}
    for line in lines:
        name = profile_on_router(line, router)
        if name not in known and line.desired_state != Access.State.REMOVED:
            desired_states.setdefault(name, desired_for(name, line=line, router=router))
    if not desired_states:
        return {}
    outcomes: list[Outcome] = link.ensure_profiles(list(desired_states.values()))
    known |= {outcome.name for outcome in outcomes if outcome.status is not Status.FAILED}
    return {outcome.name: outcome.detail for outcome in outcomes if outcome.status is Status.FAILED}
