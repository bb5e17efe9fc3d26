"""The product's whole way of polling, counting and reconciling, at the bundled routers.

`routers` measures the gateway alone; here the database is part of each figure: what a poll found is
counted, what a push did is confirmed.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, connections

from ispbill.core import clock
from ispbill.devtools.bench import measure, network, population, routers, scratch
from ispbill.devtools.bench.measure import Pairs
from network.gateways.base import RouterLogin
from network.models import Access, Router
from network.services import push, reconcile
from network.services.connections import login_of
from network.usage.models import UsageSample
from network.usage.services import ingest, keeping, polling
from network.usage.services.ingest import Seen

# More workers than that find no connection of the embedded server free; stock has eight, as P12 says.
WORKERS = 16
FIRST = datetime(2026, 2, 5, 4, 0, tzinfo=UTC)
_STEP = timedelta(minutes=5)
_SAMPLES = """
    COPY bench_samples (subscription_id, router_id, read_at, since, upload_counter,
        download_counter, upload_bytes, download_bytes) FROM STDIN
"""


def poll(*, scale: int, fleet: int, pairs: int) -> dict[str, Any]:
    """Poll a fleet through the product: read, count, who is on line; in routers a minute."""
    measured, whole = Pairs(), 0.0
    with network.company(lines=scale, fleet=fleet) as (control, made):
        control.advance(5)
        for router in made:
            control.slow(router.name, routers.FLEET_DELAY)
        _polled(made)  # the base line of each
        for _pair in range(pairs):
            control.advance(300)
            whole = _polled(made)
            stock = _seconds(routers.poll_stock, [login_of(one) for one in made], 8)
            measured.add(60 * fleet / whole, 60 * fleet / stock)
        counted = UsageSample.objects.values("subscription_id").distinct().count()
    if counted < scale:
        raise RuntimeError(f"{counted} lines counted instead of {scale}")
    return {
        "name": "poll",
        "scale": scale,
        "routers": fleet,
        "P12_of_stock_that_only_reads": measured.as_dict(),
        "seconds_a_round": round(whole, 2),
        "lines_a_second": round(scale / whole),
    }


def usage(*, scale: int, pairs: int) -> dict[str, Any]:
    """Count polls of one router of `scale` lines: rows a second, of a bare COPY with the key."""
    measured, again = Pairs(), Pairs()
    with scratch.database("usage"):
        population.fill(scale)
        router = network.with_lines(1)[0]
        keeping.make_day(FIRST.date())
        _copied_table()
        rows = list(Access.objects.order_by("pk").values_list("subscription_id", "username"))
        _taken(router, rows, 0)
        for turn in range(1, pairs + 1):
            with measure.timed() as first:
                _taken(router, rows, turn)
            with measure.timed() as repeated:
                _taken(router, rows, turn)
            bare = _copied(router, rows, turn)
            measured.add(scale / first.seconds, scale / bare)
            again.add(first.seconds / repeated.seconds, 1.0)
            statements, wal = first.statements, round(first.wal_bytes / scale)
        counted = UsageSample.objects.count()
    if counted != scale * (pairs + 1):
        raise RuntimeError(f"{counted} samples instead of {scale * (pairs + 1)}")
    return {
        "name": "usage",
        "scale": scale,
        "P10_of_bare_copy": measured.as_dict(),
        "repeated_times_faster": again.as_dict()["ours"],
        "statements_a_poll": statements,
        "wal_bytes_a_line": wal,
    }


def reconciled(*, scale: int, pairs: int) -> dict[str, Any]:
    """Compare one router whole, and suspend a thousand of its lines by the push (P13)."""
    measured, compared = Pairs(), Pairs()
    with network.company(lines=scale, fleet=1) as (control, made):
        router, count = made[0], min(scale, routers.SUSPENDED)
        for _pair in range(pairs):
            compared.add(scale / _compared(router), 1.0)
            control.slow(router.name, routers.DELAY)
            mine = _turned("WALLED", router, count)
            disabled = sum(1 for row in control.secrets(router.name) if row["disabled"])
            if disabled != count:
                raise RuntimeError(f"{disabled} users disabled instead of {count}")
            _turned("OPEN", router, count)
            control.advance(5)
            names = Access.objects.order_by("pk").values_list("username", flat=True)
            sample = list(names[: routers.SUSPENDED_SAMPLE])
            login = login_of(router)
            stock = _each(login, sample)
            _wanted("OPEN", routers.SUSPENDED_SAMPLE)
            push.push_router(router_id=router.pk, now=clock.now)
            control.advance(5)
            control.slow(router.name, 0)
            measured.add(count / mine, len(sample) / stock)
    return {
        "name": "reconcile",
        "scale": scale,
        "P13_lines_suspended_of_connecting_for_each": measured.as_dict(),
        "lines_compared_a_second": compared.as_dict()["ours"],
        "delay": routers.DELAY,
    }


def _polled(made: Sequence[Router]) -> float:
    return _seconds(_poll, [router.pk for router in made], WORKERS)


def _poll(router_id: int) -> int:
    try:
        tally = polling.poll_router(router_id=router_id, now=clock.real_now)
        if tally is None:
            raise RuntimeError(f"router {router_id} did not answer")
        return tally.counted + tally.base
    finally:
        connections.close_all()


def _seconds(work: Callable[[Any], int], over: Sequence[Any], threads: int) -> float:
    with ThreadPoolExecutor(threads) as pool:
        start = time.perf_counter()
        list(pool.map(work, over))
        return time.perf_counter() - start


def _each(login: RouterLogin, names: Sequence[str]) -> float:
    start = time.perf_counter()
    for name in names:
        routers.suspend_stock(login, name)
    return time.perf_counter() - start


def _taken(router: Router, rows: Sequence[tuple[int, str]], turn: int) -> None:
    at = FIRST + turn * _STEP
    seen = [
        Seen(
            username=name,
            session=f"s{pk}",
            began_at=FIRST - _STEP,
            upload=turn * (1_000_000 + pk % 5_000),
            download=turn * (9_000_000 + pk % 50_000),
        )
        for pk, name in rows
    ]
    ingest.take(router_id=router.pk, sessions=seen, uptime_seconds=900 + turn, at=at, now=at)


def _copied_table() -> None:
    with scratch.owner() as owner:
        owner.execute(
            "CREATE TABLE bench_samples (LIKE network_usagesample INCLUDING DEFAULTS,"
            " PRIMARY KEY (subscription_id, read_at))"
        )
        owner.execute("GRANT ALL ON bench_samples TO PUBLIC")


def _copied(router: Router, rows: Sequence[tuple[int, str]], turn: int) -> float:
    """Return the seconds of copying as many samples, ready as text, into a table with the key."""
    at = FIRST + turn * _STEP
    text = "".join(
        f"{pk}\t{router.pk}\t{at.isoformat()}\t{at.isoformat()}\t{turn}\t{turn}\t1\t9\n"
        for pk, _name in rows
    )
    start = time.perf_counter()
    with connection.cursor() as cursor, cursor.copy(_SAMPLES) as copy:
        copy.write(text)
    return time.perf_counter() - start


def _compared(router: Router) -> float:
    start = time.perf_counter()
    found = reconcile.compare(router=router)
    seconds = time.perf_counter() - start
    if found:
        raise RuntimeError(f"{len(found)} differences, such as {found[0]}")
    return seconds


def _wanted(state: str, count: int) -> None:
    lowest = Access.objects.order_by("pk").values_list("pk", flat=True)[:count]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE network_access SET desired_state = %s, generation = generation + 1,"
            " desired_since = now() WHERE id = ANY(%s)",
            [state, list(lowest)],
        )


def _turned(state: str, router: Router, count: int) -> float:
    """Return the seconds from the desired state to the last confirmation."""
    _wanted(state, count)
    start = time.perf_counter()
    push.push_router(router_id=router.pk, now=clock.now)
    seconds = time.perf_counter() - start
    left = [
        line.last_error for line in Access.objects.order_by("pk")[:count] if not line.is_settled
    ]
    if left:
        raise RuntimeError(f"{len(left)} lines not confirmed: {left[0]}")
    return seconds
