"""Pools of the demo, and lines with a fixed address of them."""

from datetime import datetime, timedelta

from ispbill.core.acts import Act
from ispbill.devtools.demo.ground import Ground
from network.addresses.models import IpPool
from network.addresses.services import assigning, pools
from network.models import Access

FIXED = 12


def give(*, base: Ground, now: datetime) -> None:
    """Take three pools into use, and give a dozen lines a public address."""
    noc = base.staff["noc@demo.test"]
    act = Act(noc, now - timedelta(days=9), reason="The business package has a fixed address")
    public = pools.add(
        pool=IpPool(
            name="Public, Dhaka",
            cidr="203.0.113.0/27",
            kind=IpPool.Kind.PUBLIC,
            gateway="203.0.113.1",
            reserved=4,
        ),
        act=act,
    )
    pools.add(
        pool=IpPool(
            name="CGNAT, Dhaka",
            cidr="100.64.0.0/20",
            kind=IpPool.Kind.CGNAT,
            outside="198.51.100.16",
        ),
        act=act,
    )
    pools.add(pool=IpPool(name="IPv6", cidr="2001:db8:10::/64", kind=IpPool.Kind.PUBLIC), act=act)
    lines = Access.objects.filter(desired_state="OPEN", static_ip=None)
    given = list(lines.order_by("-subscription__download_mbps", "pk")[:FIXED])
    for line in given:
        assigning.assign(line=line, pool=public, address="", act=act)
    for line in given[-2:]:
        gone = Act(noc, now - timedelta(days=2), reason="The customer no longer needs it")
        assigning.release(line=line, act=gone)
