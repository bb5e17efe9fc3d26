"""What breaks, one at a time: it is done, lasts, and is put right unless it heals by itself."""

import os
import random
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache

from ispbill.core import statements
from ispbill.devtools.sandbox import config
from ispbill.devtools.sandbox.gateways.client import Desk
from ispbill.devtools.sandbox.messages.client import Inbox
from ispbill.devtools.sandbox.routeros.control import Control
from ispbill.devtools.soak import programs


@dataclass(frozen=True)
class Fault:
    """`strike` returns what puts it right, if anything must; it lasts `seconds`."""

    name: str
    strike: Callable[[random.Random], Callable[[], object] | None]
    seconds: float = 5.0


def _shot(program: str, *, first: bool) -> Callable[[random.Random], None]:
    def strike(chance: random.Random) -> None:
        fitting = [p for p in programs.running() if (p.program, p.is_first) == (program, first)]
        if fitting:
            programs.shoot(chance.choice(fitting))

    return strike


def _database(_chance: random.Random) -> None:
    backend = int(statements.first("SELECT pg_backend_pid()")[0])
    os.kill(programs.parent_of(backend), signal.SIGKILL)


def _broker() -> int:
    client = cache._cache.get_client(None, write=True)  # type: ignore[attr-defined]
    return int(client.info("server")["process_id"])


def _broker_shot(_chance: random.Random) -> None:
    os.kill(_broker(), signal.SIGKILL)


def _broker_hangs(_chance: random.Random) -> Callable[[], object]:
    pid = _broker()
    os.kill(pid, signal.SIGSTOP)
    return lambda: os.kill(pid, signal.SIGCONT)


def _broker_emptied(_chance: random.Random) -> None:
    cache._cache.get_client(None, write=True).flushall()  # type: ignore[attr-defined]


def _gateway(chance: random.Random) -> Callable[[], object]:
    desk = Desk(settings.SANDBOX_DIR)
    kind = chance.choice(["error_500", "lost_answer", "html", "maintenance", "timeout", "null"])
    for gateway in ("sslcommerz", "bkash", "nagad"):
        desk.fault(gateway, kind, times=-1, seconds=20)
    return desk.clear_faults


def _messages(chance: random.Random) -> Callable[[], object]:
    inbox = Inbox(settings.SANDBOX_DIR)
    name = chance.choice(["server_errors", "too_many", "lost_answers"])
    inbox.switch(**{name: -1})
    return lambda: inbox.switch(**{name: 0})


def _router(chance: random.Random) -> Callable[[], object]:
    routers = Control(str(config.routers_control(settings.SANDBOX_DIR)))
    name = chance.choice(config.ROUTERS)
    routers.set_offline(name, True)
    return lambda: routers.set_offline(name, False)


def _reboot(chance: random.Random) -> None:
    Control(str(config.routers_control(settings.SANDBOX_DIR))).reboot(chance.choice(config.ROUTERS))


MIX = (
    Fault("one process of the web server is shot", _shot("web", first=False)),
    Fault("the web server is shot", _shot("web", first=True), 10),
    Fault("one process of the worker is shot", _shot("worker", first=False)),
    Fault("the worker is shot", _shot("worker", first=True), 15),
    Fault("the scheduler is shot", _shot("beat", first=True), 10),
    Fault("PostgreSQL stops dead", _database, 15),
    Fault("Valkey stops dead", _broker_shot, 10),
    Fault("Valkey hangs", _broker_hangs, 8),
    Fault("Valkey forgets everything", _broker_emptied),
    Fault("the simulators are shot, in the middle of whatever they do",
          _shot("sandbox", first=True), 15),
    Fault("the gateways are away or talk nonsense", _gateway, 30),
    Fault("the message provider is away, busy or silent", _messages, 30),
    Fault("a router is away", _router, 40),
    Fault("a router starts anew", _reboot, 20),
)  # fmt: skip


def strike(fault: Fault, chance: random.Random, say: Callable[[str], None]) -> None:
    """Let a fault happen, last, and be put right; what it needed may itself be broken just then."""
    undo: Callable[[], object] | None = None
    try:
        undo = fault.strike(chance)
    except Exception as error:
        say(f"  {fault.name}: not done ({error!r})")
    time.sleep(fault.seconds)
    for _try in range(20):
        if undo is None:
            return
        with suppress(Exception):
            undo()
            return
        time.sleep(3)
