"""Talking to routers: our gateway against librouteros as it comes, on the bundled simulator.

The simulator is a process of its own, so that it does not share our interpreter's lock. The same
columns are asked for on both sides; `delay` is the seconds each command takes on the router.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import librouteros
from librouteros.query import Key

from ispbill.core.addresses import Fence
from ispbill.devtools.bench.measure import Pairs
from ispbill.devtools.sandbox.routeros import Control
from network.gateways.base import DesiredSecret, Limits, RouterLogin
from network.gateways.mikrotik import MikrotikRouter

PASSWORD = "bench-of-routers"  # noqa: S105 - of virtual routers that live for a minute
DELAY = 0.010
FLEET_DELAY = 0.020
FLEET, FLEET_SESSIONS, IN_FLIGHT, STOCK_THREADS = 32, 200, 64, 8
SUSPENDED, SUSPENDED_SAMPLE = 1_000, 40

# Menu and columns as the gateway asks for them, and the gateway's own verb.
_READS: dict[
    str, tuple[tuple[str, ...], tuple[str, ...], Callable[[MikrotikRouter], list[Any]]]
] = {
    "users": (
        ("ppp", "secret"),
        (
            "name",
            "profile",
            "service",
            "disabled",
            "comment",
            "remote-address",
            "caller-id",
            "last-logged-out",
            "last-disconnect-reason",
        ),
        MikrotikRouter.secrets,
    ),
    "sessions": (
        ("ppp", "active"),
        ("name", "service", "caller-id", "address", "uptime", "session-id"),
        MikrotikRouter.actives,
    ),
    "counters": (("interface",), ("name", "rx-byte", "tx-byte"), MikrotikRouter.interfaces),
}


def run(*, scale: int, pairs: int) -> dict[str, Any]:
    """Measure bulk reads of `scale` sessions, a fleet poll, and suspending many users."""
    result: dict[str, Any] = {"name": "routers", "scale": scale}
    big = {"name": "big", "secrets": users(scale), "dial_delay": (0, 0)}
    fleet = [
        {"name": f"f{number}", "secrets": users(FLEET_SESSIONS), "dial_delay": (0, 0)}
        for number in range(FLEET)
    ]
    busy = {"name": "busy", "secrets": users(SUSPENDED), "dial_delay": (0, 0)}
    with simulator([big]) as (control, logins):
        for name in _READS:
            result[f"P11_{name}"] = reads(name, logins["big"], scale, pairs)
        control.slow("big", DELAY)
        result["P11_users_with_delay"] = reads("users", logins["big"], scale, pairs)
    with simulator(fleet) as (control, logins):
        for name in logins:
            control.slow(name, FLEET_DELAY)
        result["P12_routers_a_minute"] = _polls(list(logins.values()), pairs)
    with simulator([busy]) as (control, logins):
        control.slow("busy", DELAY)
        result["P13_users_suspended_a_second"] = _suspensions(control, logins["busy"], pairs)
    return result


# --- reading one large router ----------------------------------------------------------------------


def reads(name: str, login: RouterLogin, scale: int, pairs: int) -> dict[str, Any]:
    """Rows a second of our own processor for one table, on a connection that is open.

    What the router at the other end takes is the same for both sides and says nothing of either.
    """
    menu, columns, ours = _READS[name]
    measured = Pairs()
    with MikrotikRouter(login, _PATIENT) as router, _stock(login) as api:
        path, keys = api.path(*menu), [Key(column) for column in columns]
        for pair in range(pairs + 1):
            mine, rows = _fastest(lambda: ours(router))
            stock, stock_rows = _fastest(lambda: list(path.select(*keys)))
            if len(rows) != len(stock_rows) or len(rows) < scale:
                raise RuntimeError(f"{len(rows)} and {len(stock_rows)} rows instead of {scale}")
            if pair:  # the first one warms up
                measured.add(len(rows) / mine, len(rows) / stock)
    return measured.as_dict()


def _fastest(read: Callable[[], list[Any]], times: int = 3) -> tuple[float, list[Any]]:
    """Return the median processor seconds of a few reads, and the rows of the last."""
    seconds, rows = [], []
    for _time in range(times):
        start = time.process_time()
        rows = read()
        seconds.append(time.process_time() - start)
    return median(seconds), rows


# --- reading many routers --------------------------------------------------------------------------


def _polls(logins: Sequence[RouterLogin], pairs: int) -> dict[str, Any]:
    """Routers a minute: connect, log in, read sessions and counters, leave."""
    measured = Pairs()
    for _pair in range(pairs):
        mine = seconds_of(poll, logins, IN_FLIGHT)
        stock = seconds_of(poll_stock, logins, STOCK_THREADS)
        measured.add(60 * len(logins) / mine, 60 * len(logins) / stock)
    return measured.as_dict() | {
        "routers": len(logins),
        "sessions_each": FLEET_SESSIONS,
        "delay": FLEET_DELAY,
    }


def seconds_of(
    poll: Callable[[RouterLogin], int], logins: Sequence[RouterLogin], threads: int
) -> float:
    with ThreadPoolExecutor(threads) as pool:
        start = time.perf_counter()
        counts = list(pool.map(poll, logins))
        seconds = time.perf_counter() - start
    if min(counts) < 2 * FLEET_SESSIONS:
        raise RuntimeError("a router did not tell all its sessions")
    return seconds


def poll(login: RouterLogin) -> int:
    with MikrotikRouter(login, _PATIENT) as router:
        return len(router.actives()) + len(router.interfaces())


def poll_stock(login: RouterLogin) -> int:
    """Read what a poll needs with librouteros as it comes; return how many rows."""
    return sum(map(len, read_stock(login)))


def read_stock(login: RouterLogin) -> list[list[dict[str, Any]]]:
    """Return a router's sessions and counters."""
    with _stock(login) as api:
        return [
            list(api.path(*menu).select(*map(Key, columns)))
            for menu, columns, _ours in (_READS["sessions"], _READS["counters"])
        ]


# --- suspending ------------------------------------------------------------------------------------


def _suspensions(control: Control, login: RouterLogin, pairs: int) -> dict[str, Any]:
    """Users a second; the reference connects, finds, disables and disconnects one after another.

    The reference is timed on a sample: its time grows with the number of users and nothing else.
    """
    measured = Pairs()
    for _pair in range(pairs):
        with MikrotikRouter(login, _PATIENT) as router:
            start = time.perf_counter()
            outcomes = router.apply([_desired(number, True) for number in range(SUSPENDED)])
            mine = time.perf_counter() - start
            _check(control, [outcome.status.is_done for outcome in outcomes])
            router.apply([_desired(number, False) for number in range(SUSPENDED)])
        control.advance(5)
        start = time.perf_counter()
        for number in range(SUSPENDED_SAMPLE):
            suspend_stock(login, _user(number))
        stock = time.perf_counter() - start
        with MikrotikRouter(login, _PATIENT) as router:
            router.apply([_desired(number, False) for number in range(SUSPENDED_SAMPLE)])
        control.advance(5)
        measured.add(SUSPENDED / mine, SUSPENDED_SAMPLE / stock)
    return measured.as_dict() | {"users": SUSPENDED, "delay": DELAY}


def _check(control: Control, are_done: Sequence[bool]) -> None:
    disabled = sum(1 for row in control.secrets("busy") if row["disabled"])
    online = len(control.active("busy"))
    if not all(are_done) or disabled != SUSPENDED or online:
        raise RuntimeError(f"{disabled} users disabled, {online} still on line")


def suspend_stock(login: RouterLogin, user: str) -> None:
    """Connect, find a user, disable it, end its session, leave."""
    with _stock(login) as api:
        secrets, sessions = api.path("ppp", "secret"), api.path("ppp", "active")
        key, name = Key(".id"), Key("name")
        for row in list(secrets.select(key).where(name == user)):
            secrets.update(**{".id": row[".id"], "disabled": True})
        for row in list(sessions.select(key).where(name == user)):
            sessions.remove(str(row[".id"]))


# --- the simulator ---------------------------------------------------------------------------------

_PATIENT = Limits(connect=10, read=60, overall=120, bulk=120)


def _user(number: int) -> str:
    return f"line{number:05d}"


def users(count: int) -> list[dict[str, Any]]:
    return [{"name": _user(number), "comment": f"ispbill:{number}"} for number in range(count)]


def _desired(number: int, is_disabled: bool) -> DesiredSecret:
    return DesiredSecret(
        username=_user(number), owner=str(number), profile="default", is_disabled=is_disabled
    )


@contextmanager
def simulator(routers: list[dict[str, Any]]) -> Iterator[tuple[Control, dict[str, RouterLogin]]]:
    with tempfile.TemporaryDirectory(prefix="ispbill-bench-") as directory:
        config = Path(directory) / "routers.json"
        given = [{**router, "password": PASSWORD} for router in routers]
        config.write_text(json.dumps({"routers": given}), "utf-8")
        address = f"{directory}/control"
        command = [sys.executable, "-m", "ispbill.devtools.sandbox.routeros"]
        with subprocess.Popen(  # noqa: S603 - our own program
            [*command, "--config", str(config), "--control", address],
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                first = process.stdout.readline() if process.stdout else ""
                logins = {router["name"]: _login(router) for router in json.loads(first)["routers"]}
                control = Control(address, timeout_seconds=60)
                control.advance(10)  # everybody dials in
                yield control, logins
            finally:
                process.terminate()


def _login(endpoint: dict[str, Any]) -> RouterLogin:
    place = (str(endpoint["host"]), int(endpoint["port"]))
    return RouterLogin(
        host=place[0],
        port=place[1],
        username=str(endpoint["username"]),
        password=PASSWORD,
        policy=Fence(endpoints=frozenset({place})),
    )


@contextmanager
def _stock(login: RouterLogin) -> Iterator[librouteros.api.Api]:
    api = librouteros.connect(
        host=login.host,
        port=login.port,
        username=login.username,
        password=login.password,
        timeout=60,
    )
    try:
        yield api
    finally:
        api.close()
