"""Lines on virtual routers, in a bench database: the ground `lines` measures on.

The simulator is one process for all routers, as the demo's is.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from ispbill.core import clock, crypto
from ispbill.devtools.bench import population, routers, scratch
from ispbill.devtools.sandbox.routeros import Control
from network.gateways.base import RouterLogin
from network.models import Access, Router
from network.rules.router_time import parse_uptime
from network.services import connections, sessions
from network.services.connections import login_of
from network.usage.services import ingest, polling
from network.usage.services.ingest import Seen

PROFILE = "ispbill-10M-10M"
# Dealt out to the routers in turn, open, and confirmed by the simulator's own set-up below.
_LINES = """
INSERT INTO network_access (subscription_id, customer_id, router_id, username, seal_id,
    sealed_password, desired_state, desired_profile, generation, desired_since, desired_by_name,
    desired_reason, confirmed_state, confirmed_profile, confirmed_generation)
    SELECT s.id, s.customer_id, (%(routers)s::bigint[])[1 + s.id %% %(count)s], s.connection_id,
           gen_random_uuid(), '', 'OPEN', %(profile)s, 1, now(), 'system', '', 'OPEN',
           %(profile)s, 1
    FROM customers_subscription s ORDER BY s.id
"""


@contextmanager
def company(*, lines: int, fleet: int) -> Iterator[tuple[Control, list[Router]]]:
    """Make a company of so many lines on so many routers, every line on line, for the block."""
    with scratch.database("network"):
        population.fill(lines)
        made = with_lines(fleet)
        with routers.simulator([_spec(router) for router in made]) as (control, logins):
            for router in made:
                _found_at(router, logins[router.name])
            yield control, made


def with_lines(fleet: int) -> list[Router]:
    """Make routers, and deal the services of the present bench database out to them as lines."""
    made = [_router(number) for number in range(fleet)]
    with connection.cursor() as cursor:
        ids = [router.pk for router in made]
        cursor.execute(_LINES, {"routers": ids, "count": fleet, "profile": PROFILE})
    scratch.vacuum()
    return made


def _router(number: int) -> Router:
    branch = 1 + number % 4
    return Router.objects.create(
        name=f"r{number}", host="127.0.0.1", port=40_000 + number, username="", branch_id=branch
    )


def _spec(router: Router) -> dict[str, Any]:
    rows = Access.objects.filter(router=router).order_by("pk")
    return {
        "name": router.name,
        "profiles": [{"name": PROFILE, "rate_limit": "10M/10M", "comment": "ispbill"}],
        "pools": {"pppoe-pool": "10.64.0.2-10.64.255.254"},
        "secrets": [
            {"name": name, "comment": f"ispbill:{service}", "profile": PROFILE}
            for name, service in rows.values_list("username", "subscription_id")
        ],
        "dial_delay": (0, 0),
    }


def _found_at(router: Router, login: RouterLogin) -> None:
    router.host, router.port, router.username = login.host, login.port, login.username
    router.sealed_password = crypto.seal(login.password, context=connections.secret_place(router))
    router.status, router.version = Router.Status.ONLINE, "7.16"
    router.save()


class Sky:
    """The simulator's time, which runs ahead of ours, and polls at that time."""

    def __init__(self, control: Control) -> None:
        self._control, self._ahead = control, timedelta()

    def now(self) -> datetime:
        return clock.real_now() + self._ahead

    def advance(self, seconds: int) -> None:
        self._control.advance(seconds)
        self._ahead += timedelta(seconds=seconds)

    def poll(self, router: Router) -> None:
        if polling.poll_router(router_id=router.pk, now=self.now) is None:
            raise RuntimeError(f"router {router.pk} did not answer")

    def poll_stock(self, router: Router) -> None:
        """Read with librouteros as it comes; count, and note who is on line, as the product does."""
        online, counted = routers.read_stock(login_of(router))
        at = self.now()
        sizes = {row["name"]: (int(row["rx-byte"]), int(row["tx-byte"])) for row in counted}
        seen = [_seen(row, sizes[f"<pppoe-{row['name']}>"], at) for row in online]
        ingest.take(router_id=router.pk, sessions=seen, uptime_seconds=1, at=at, now=at)
        logins = {row["name"] for row in online}
        sessions.note(router_id=router.pk, seen=sessions.OnLine(logins=logins), at=at)


def _seen(row: Mapping[str, Any], sizes: tuple[int, int], at: datetime) -> Seen:
    age = timedelta(seconds=parse_uptime(str(row["uptime"])))
    return Seen(row["name"], str(row["session-id"]), at - age, *sizes)
