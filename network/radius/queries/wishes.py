"""What a line is wished to be, in the words of the rules."""

from network.models import Access, Router
from network.radius.models import RadiusNas
from network.radius.rules.replies import Wish
from network.rules import profiles


def of_line(line: Access, *, nas: RadiusNas) -> Wish:
    """Return a line's wish; `line.subscription` and `nas.router` are at hand."""
    router = nas.router
    download, upload = profiles.speed_of(line.desired_profile) or (
        line.subscription.download_mbps,
        line.subscription.upload_mbps,
    )
    return Wish(
        state=line.desired_state,
        disables=router.suspend_mode == Router.SuspendMode.DISABLE,
        download_mbps=download,
        upload_mbps=upload,
        burst=profiles.burst_of(
            line.desired_profile, usual=profiles.Burst(router.burst_percent, router.burst_seconds)
        ),
        address=line.static_ip or "",
        pool=router.address_pool,
        walled_pool=router.walled_pool,
        prefix=line.delegated_prefix or "",
        ipv6_pool=nas.ipv6_pool,
    )
