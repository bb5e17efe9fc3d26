"""Lines of every method on a virtual router, and what the router has of them."""

from django.db import transaction

from ispbill.core.acts import Act
from network.models import Access
from network.services import desired_states, push
from tests.factories.network import AccessFactory

METHODS = ("PPPOE", "QUEUE", "DHCP", "HOTSPOT")
MENUS = {
    "queue": "/queue/simple",
    "lease": "/ip/dhcp-server/lease",
    "hotspot": "/ip/hotspot/user",
    "listed": "/ip/firewall/address-list",
}
WRITING = ("/add", "/set", "/remove", "/unset", "/enable", "/disable")


def line_of(router, method, number=7, **changes):
    """Make a line with all its method is made of; logins have a fixed address only if asked."""
    facts = {"mac_address": f"C0:25:E9:00:00:{number:02X}"}
    if method in ("QUEUE", "DHCP"):
        facts["static_ip"] = f"10.20.0.{number}"
    return AccessFactory(router=router, method=method, **{**facts, **changes})


def wanted(line, state, at):
    """Ask for another state, as billing does."""
    act = Act(None, at, reason="Overdue for five days")
    with transaction.atomic():
        desired_states.switch(subscription_ids=[line.subscription_id], state=state, act=act)


def pushed(line, at):
    push.push_router(router_id=line.router_id, now=lambda: at)
    line.refresh_from_db()
    return line


def again(line, at):
    """Bring the same desired state to the router once more."""
    Access.objects.filter(pk=line.pk).update(generation=line.generation + 1, next_attempt_at=None)
    return pushed(line, at)


def own(farm, menu, router="r1"):
    """Return the rows of a menu that the router did not make by itself."""
    return [row for row in farm.rows(router, MENUS[menu]) if row.get("dynamic") != "true"]


def writes(farm, router="r1"):
    return [row["command"] for row in farm.log(router, 1_000) if row["command"].endswith(WRITING)]
