"""The product's whole way of polling, counting and reconciling, at the bundled routers.

What a poll found is counted and what a push did is confirmed, in the database. Each figure says on
which of its two sides the database is; `routers` measures the gateway alone.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, connections, transaction

from ispbill.core import clock, statements
from ispbill.devtools.bench import measure, network, population, routers, scratch
from ispbill.devtools.bench.measure import Pairs, Timed
from ispbill.devtools.sandbox.routeros import Control
from network.gateways.base import RouterLogin
from network.models import Access, Router
from network.services import push, reconcile
from network.services.connections import login_of
from network.usage.models import UsageSample
from network.usage.rules.counters import Delta, Verdict
from network.usage.services import ingest, keeping, writing
from network.usage.services.ingest import Part, Seen

# More workers than that find no connection of the embedded server free; stock has eight, as P12 says.
WORKERS = 16
FIRST = datetime(2026, 2, 5, 4, 0, tzinfo=UTC)
_STEP = timedelta(minutes=5)
_SAMPLES = """
    COPY bench_samples (subscription_id, router_id, read_at, since, upload_counter,
        download_counter, upload_bytes, download_bytes) FROM STDIN
"""


def poll(*, scale: int, fleet: int, pairs: int) -> dict[str, Any]:
    """Poll a fleet in routers a minute: the reading alone, and with everything counted (P12).

    Stock reads in eight threads; what it read is counted by the same services, or not at all.
    """
    reading, counting, only_ours = Pairs(), Pairs(), Pairs()
    with network.company(lines=scale, fleet=fleet) as (control, made):
        sky = network.Sky(control)
        sky.advance(5)
        for router in made:
            control.slow(router.name, routers.FLEET_DELAY)
        _shared(sky.poll, made, WORKERS)  # the base line of each
        logins = [login_of(one) for one in made]
        for _pair in range(pairs):
            sky.advance(300)
            whole = _shared(sky.poll, made, WORKERS)
            sky.advance(300)
            stock_whole = _shared(sky.poll_stock, made, routers.STOCK_THREADS)
            ours = routers.seconds_of(routers.poll, logins, routers.IN_FLIGHT)
            stock = routers.seconds_of(routers.poll_stock, logins, routers.STOCK_THREADS)
            reading.add(60 * fleet / ours, 60 * fleet / stock)
            counting.add(60 * fleet / whole, 60 * fleet / stock_whole)
            only_ours.add(60 * fleet / whole, 60 * fleet / stock)
        counted = UsageSample.objects.count()
    if counted != scale * (2 * pairs + 1):
        raise RuntimeError(f"{counted} samples instead of {scale * (2 * pairs + 1)}")
    return {
        "name": "poll",
        "scale": scale,
        "routers": fleet,
        "P12_read_of_stock": reading.as_dict(),
        "counted_of_stock_counted_alike": counting.as_dict(),
        "counted_of_stock_that_only_reads": only_ours.as_dict(),
        "seconds_a_round": round(whole, 2),
        "lines_a_second": round(scale / whole),
    }


def usage(*, scale: int, pairs: int) -> dict[str, Any]:
    """Count polls of one router of `scale` lines, in rows a second, of a bare COPY with the key.

    P10 is the samples alone, the very rows that the COPY brings; the whole poll beside it also reads
    and reckons, and writes hours, days, slots and counters.
    """
    stored, whole, again = Pairs(), Pairs(), Pairs()
    with scratch.database("usage"):
        population.fill(scale)
        router = network.with_lines(1)[0]
        keeping.make_day(FIRST.date())
        _copied_table()
        rows = list(Access.objects.order_by("pk").values_list("subscription_id", "username"))
        _taken(router, rows, 0)
        for turn in range(1, pairs + 1):
            first = _taken(router, rows, turn)
            repeated = _taken(router, rows, turn)
            mine, bare = _stored(router, rows, turn), _copied(router, rows, turn)
            stored.add(scale / mine, scale / bare)
            whole.add(scale / first.seconds, scale / bare)
            again.add(first.seconds / repeated.seconds, 1.0)
            statements, wal = first.statements, round(first.wal_bytes / scale)
        counted = UsageSample.objects.count()
    if counted != scale * (2 * pairs + 1):
        raise RuntimeError(f"{counted} samples instead of {scale * (2 * pairs + 1)}")
    return {
        "name": "usage",
        "scale": scale,
        "P10_samples_of_bare_copy": stored.as_dict(),
        "whole_poll_of_bare_copy": whole.as_dict(),
        "repeated_times_faster": again.as_dict()["ours"],
        "statements_a_poll": statements,
        "wal_bytes_a_line": wal,
    }


def reconciled(*, scale: int, pairs: int) -> dict[str, Any]:
    """Compare one router whole, and suspend a thousand of its lines by the push (P13).

    The references connect for each user: stock, which finds and disables, and the same push with the
    same database, called for one line after another.
    """
    measured, pushed, compared = Pairs(), Pairs(), Pairs()
    with network.company(lines=scale, fleet=1) as (control, made):
        router = made[0]
        ids = list(Access.objects.order_by("pk").values_list("pk", flat=True)[: routers.SUSPENDED])
        sample = ids[: routers.SUSPENDED_SAMPLE]
        for _pair in range(pairs):
            compared.add(scale / _compared(router), 1.0)
            control.slow(router.name, routers.DELAY)
            mine = _turned("WALLED", router, ids)
            disabled = sum(1 for row in control.secrets(router.name) if row["disabled"])
            if disabled != len(ids):
                raise RuntimeError(f"{disabled} users disabled instead of {len(ids)}")
            _opened(control, router, ids)
            single = sum(_turned("WALLED", router, [pk]) for pk in sample)
            _opened(control, router, sample)
            stock = _each(login_of(router), sample)
            _opened(control, router, sample)
            control.slow(router.name, 0)
            measured.add(len(ids) / mine, len(sample) / stock)
            pushed.add(len(ids) / mine, len(sample) / single)
    return {
        "name": "reconcile",
        "scale": scale,
        "P13_lines_suspended_of_connecting_for_each": measured.as_dict(),
        "lines_suspended_of_pushing_each": pushed.as_dict(),
        "lines_compared_a_second": compared.as_dict()["ours"],
        "delay": routers.DELAY,
    }


def _shared(work: Callable[[Router], None], over: Sequence[Router], threads: int) -> float:
    """Return the seconds of so many workers, each with a connection of its own, as in the product."""

    def share(some: Sequence[Router]) -> None:
        try:
            for one in some:
                work(one)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(threads) as pool:
        start = time.perf_counter()
        list(pool.map(share, [over[number::threads] for number in range(threads)]))
        return time.perf_counter() - start


def _each(login: RouterLogin, ids: Sequence[int]) -> float:
    names = list(Access.objects.filter(pk__in=ids).values_list("username", flat=True))
    start = time.perf_counter()
    for name in names:
        routers.suspend_stock(login, name)
    return time.perf_counter() - start


def _sizes(pk: int, turn: int) -> tuple[int, int]:
    return turn * (1_000_000 + pk % 5_000), turn * (9_000_000 + pk % 50_000)


def _taken(router: Router, rows: Sequence[tuple[int, str]], turn: int) -> Timed:
    at = FIRST + turn * _STEP
    seen = [Seen(name, f"s{pk}", FIRST - _STEP, *_sizes(pk, turn)) for pk, name in rows]
    with measure.timed() as result:
        ingest.take(router_id=router.pk, sessions=seen, uptime_seconds=900 + turn, at=at, now=at)
    return result


def _stored(router: Router, rows: Sequence[tuple[int, str]], turn: int) -> float:
    """Return the seconds in which the product stores as many samples, of a minute later."""
    at = FIRST + turn * _STEP + timedelta(minutes=1)
    since = at - _STEP
    parts = [
        Part(
            pk,
            pk,
            Seen(name, f"s{pk}", FIRST, *_sizes(pk, turn)),
            Delta(*_sizes(pk, 1), since, Verdict.COUNTED, is_new_session=False),
            has_ended_another=False,
        )
        for pk, name in rows
    ]
    start = time.perf_counter()
    with transaction.atomic():
        writing.samples(parts, router_id=router.pk, at=at)
    return time.perf_counter() - start


def _copied_table() -> None:
    with scratch.owner() as owner:
        owner.execute(
            "CREATE TABLE bench_samples (LIKE network_usagesample INCLUDING DEFAULTS,"
            " PRIMARY KEY (subscription_id, read_at))"
        )
        owner.execute("GRANT ALL ON bench_samples TO PUBLIC")


def _copied(router: Router, rows: Sequence[tuple[int, str]], turn: int) -> float:
    """Return the seconds of copying the same samples, ready as text, into a table with the key."""
    at = FIRST + turn * _STEP + timedelta(minutes=1)
    since = at - _STEP
    text = "".join(
        "\t".join(map(str, (pk, router.pk, at, since, *_sizes(pk, turn), *_sizes(pk, 1)))) + "\n"
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


def _wanted(state: str, ids: list[int]) -> None:
    statements.run(
        "UPDATE network_access SET desired_state = %s, generation = generation + 1,"
        " desired_since = now() WHERE id = ANY(%s)",
        [state, ids],
    )


def _turned(state: str, router: Router, ids: list[int]) -> float:
    """Return the seconds from the desired state to the last confirmation."""
    _wanted(state, ids)
    start = time.perf_counter()
    push.push_router(router_id=router.pk, now=clock.now)
    seconds = time.perf_counter() - start
    left = [line.last_error for line in Access.objects.filter(pk__in=ids) if not line.is_settled]
    if left:
        raise RuntimeError(f"{len(left)} lines not confirmed: {left[0]}")
    return seconds


def _opened(control: Control, router: Router, ids: list[int]) -> None:
    _turned("OPEN", router, ids)
    control.advance(5)
