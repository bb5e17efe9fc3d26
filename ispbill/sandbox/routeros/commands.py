"""What the commands of a virtual router do and answer."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from ispbill.sandbox.routeros import traffic
from ispbill.sandbox.routeros.clock import as_uptime
from ispbill.sandbox.routeros.errors import BAD_VALUE, MISSING_ITEM, Trap
from ispbill.sandbox.routeros.menus import MENUS
from ispbill.sandbox.routeros.queries import QueryError, matcher
from ispbill.sandbox.routeros.router import VirtualRouter
from ispbill.sandbox.routeros.spec import UserSpec
from ispbill.sandbox.routeros.tables import Row

_PRINT_WORDS = {"detail", "stats", "stats-detail", "without-paging", "terse", "follow-only"}
_NEEDED_POLICY = {"print": "read", "monitor-traffic": "read", "ping": "test", "reboot": "reboot"}


@dataclass(kw_only=True)
class Command:
    """A request taken apart: verb and menu, attributes, query words and the tag."""

    menu: str
    verb: str
    attributes: dict[str, str] = field(default_factory=dict)
    queries: list[str] = field(default_factory=list)
    tag: str | None = None

    @property
    def path(self) -> str:
        return f"{self.menu}/{self.verb}" if self.menu else f"/{self.verb}"

    @property
    def is_endless(self) -> bool:
        """Whether it answers each second until it is cancelled."""
        if self.path == "/interface/monitor-traffic":
            return "once" not in self.attributes
        return self.path in ("/ping", "/tool/ping") and "count" not in self.attributes

    def told(self) -> str:
        """Return the arguments for the log, without passwords."""
        hidden = {"password", "response"}
        words = [f"{k}={'***' if k in hidden else v}" for k, v in self.attributes.items()]
        text = " ".join([*words, *self.queries])
        return text if len(text) <= 400 else f"{text[:400]}…"


@dataclass(kw_only=True)
class Answer:
    """Rows (each a list of words after `!re`) and what `!done` carries."""

    rows: list[list[str]] = field(default_factory=list)
    ret: str | None = None
    is_print: bool = False


def parse(sentence: list[str]) -> Command:
    """Take a request apart; raises Trap for a word that is none."""
    path = sentence[0]
    menu, _, verb = path.rpartition("/")
    if not path.startswith("/") or not verb:
        raise Trap("no such command prefix", MISSING_ITEM)
    command = Command(menu=menu, verb="print" if verb == "getall" else verb)
    for word in sentence[1:]:
        if word.startswith("="):
            name, _, value = word[1:].partition("=")
            command.attributes[name] = value
        elif word.startswith(".tag="):
            command.tag = word[5:]
        elif word.startswith("?"):
            command.queries.append(word)
        else:
            raise Trap(f"unknown word {word[:40]}", BAD_VALUE)
    return command


def run(router: VirtualRouter, user: UserSpec, command: Command) -> Answer:
    """Carry a command out; raises Trap when the router refuses it."""
    router.settle()
    needed = _NEEDED_POLICY.get(command.verb, "write")
    if needed not in user.policies:
        raise Trap("not enough permissions (9)")
    special = _SPECIAL.get(command.path)
    if special is not None:
        return special(router, command)
    menu = MENUS.get(command.menu)
    if menu is None:
        if router.spec.release < (7, 0):
            raise Trap(
                f"no such command or directory ({command.verb})", also="no such command prefix"
            )
        raise Trap("no such command prefix", MISSING_ITEM)
    if command.verb not in menu.commands:
        raise Trap("no such command", MISSING_ITEM)
    return _VERBS[command.verb](router, user, command)


def _print(router: VirtualRouter, user: UserSpec, command: Command) -> Answer:
    for name in command.attributes:
        if name not in (".proplist", "count-only", ".id", *_PRINT_WORDS):
            raise Trap(f"unknown parameter {name}")
    rows: Iterable[Row] = _rows_of(router, command.menu)
    if ".id" in command.attributes:
        rows = router.tables[command.menu].chosen(command.attributes[".id"])
    if command.queries:
        try:
            matches = matcher(command.queries)
            rows = [row for row in rows if matches(row)]
        except QueryError as error:
            raise Trap(str(error), BAD_VALUE) from error
    if "count-only" in command.attributes:
        return Answer(ret=str(sum(1 for _row in rows)))
    hidden = () if "sensitive" in user.policies else ("password",)
    wanted = command.attributes.get(".proplist")
    if wanted:
        columns = [name for name in wanted.split(",") if name not in hidden]
        words = [[f"={name}={row[name]}" for name in columns if name in row] for row in rows]
    else:
        words = [
            [f"={name}={value}" for name, value in row.items() if name not in hidden]
            for row in rows
        ]
    return Answer(rows=words, is_print=True)


def _rows_of(router: VirtualRouter, path: str) -> Iterable[Row]:
    if path == "/system/identity":
        return [{"name": router.identity}]
    if path == "/system/clock":
        return [_clock(router)]
    if path == "/system/resource":
        return [_resource(router)]
    return router.tables[path]


def _clock(router: VirtualRouter) -> Row:
    local = router.clock.now() + router.spec.utc_offset_minutes * 60
    day_second = int(local) % 86_400
    moment = f"{day_second // 3600:02}:{day_second % 3600 // 60:02}:{day_second % 60:02}"
    return {
        "time": moment,
        "date": router.clock.moment().strftime("%Y-%m-%d"),
        "time-zone-name": "Asia/Dhaka",
        "gmt-offset": f"+{router.spec.utc_offset_minutes // 60:02}:00",
    }


def _resource(router: VirtualRouter) -> Row:
    now = router.clock.now()
    load = 2 + len(router.sessions) // 60 + int(6 * traffic.jitter(router.spec.name, int(now) // 5))
    return {
        "uptime": as_uptime(now - router.booted_at),
        "version": router.spec.version,
        "build-time": "2024-11-26 12:09:40",
        "free-memory": str(3_900_000_000 - 40_000 * len(router.sessions)),
        "total-memory": "4294967296",
        "cpu": "ARM64",
        "cpu-count": "4",
        "cpu-frequency": "1700",
        "cpu-load": str(min(100, load)),
        "free-hdd-space": "92274688",
        "total-hdd-space": "134217728",
        "architecture-name": "arm64",
        "board-name": router.spec.board,
        "platform": "MikroTik",
    }


def _chosen(router: VirtualRouter, command: Command) -> list[Row]:
    given = command.attributes.pop(".id", None) or command.attributes.pop("numbers", None)
    if given is None:
        raise Trap("no such item", MISSING_ITEM)
    return router.tables[command.menu].chosen(given)


def _add(router: VirtualRouter, user: UserSpec, command: Command) -> Answer:
    return Answer(ret=router.add(command.menu, command.attributes)[".id"])


def _set(router: VirtualRouter, user: UserSpec, command: Command) -> Answer:
    if command.menu == "/system/identity":
        router.identity = command.attributes.get("name", router.identity)
        return Answer()
    rows = _chosen(router, command)
    router.set(command.menu, rows, command.attributes)
    return Answer()


def _remove(router: VirtualRouter, user: UserSpec, command: Command) -> Answer:
    router.remove(command.menu, _chosen(router, command))
    return Answer()


def _switch(value: str) -> "Callable[[VirtualRouter, UserSpec, Command], Answer]":
    def switch(router: VirtualRouter, user: UserSpec, command: Command) -> Answer:
        router.set(command.menu, _chosen(router, command), {"disabled": value})
        return Answer()

    return switch


def _unset(router: VirtualRouter, user: UserSpec, command: Command) -> Answer:
    rows = _chosen(router, command)
    name = command.attributes.get("value-name", "")
    default = MENUS[command.menu].defaults.get(name, "")
    router.set(command.menu, rows, {name: default})
    return Answer()


def _comment(router: VirtualRouter, user: UserSpec, command: Command) -> Answer:
    rows = _chosen(router, command)
    router.set(command.menu, rows, {"comment": command.attributes.get("comment", "")})
    return Answer()


def _reset_counters(router: VirtualRouter, user: UserSpec, command: Command) -> Answer:
    router.reset_counters()
    return Answer()


def monitor(router: VirtualRouter, command: Command) -> Answer:
    """Return the present bit rates of the interfaces asked for."""
    names = [name for name in command.attributes.get("interface", "").split(",") if name]
    rows: list[list[str]] = []
    for name in names:
        interface = router.tables["/interface"].get(name) if name.startswith("*") else None
        interface = interface or router.tables["/interface"].named(name)
        if interface is None:
            raise Trap("input does not match any value of interface", BAD_VALUE)
        up, down = _rate(router, interface["name"])
        rows.append(
            [
                f"=name={interface['name']}",
                f"=rx-packets-per-second={up // 8 // 700}",
                f"=rx-bits-per-second={up}",
                f"=tx-packets-per-second={down // 8 // 1100}",
                f"=tx-bits-per-second={down}",
            ]
        )
    if not rows:
        raise Trap("failure: interface must be given", BAD_VALUE)
    return Answer(rows=rows)


def _rate(router: VirtualRouter, interface: str) -> tuple[int, int]:
    sessions = list(router.sessions.values())
    if interface.startswith("<"):
        sessions = [s for s in sessions if s.interface["name"] == interface]
    elif interface != "ether1":
        return 0, 0
    pairs = [
        traffic.rate_now(
            name=session.name,
            at=router.clock.now(),
            rate_limit=session.rate_limit,
            utc_offset_minutes=router.spec.utc_offset_minutes,
        )
        for session in sessions
    ]
    up, down = sum(p[0] for p in pairs), sum(p[1] for p in pairs)
    return (down, up) if interface == "ether1" else (up, down)


def ping(router: VirtualRouter, command: Command) -> Answer:
    """Answer for addresses that are on line; all others time out."""
    address = command.attributes.get("address", "")
    try:
        count = max(0, min(100, int(command.attributes.get("count", "1"))))
    except ValueError as error:
        raise Trap("invalid value for argument count", BAD_VALUE) from error
    if not address:
        raise Trap("failure: address must be given", BAD_VALUE)
    answers = any(s.active["address"] == address for s in router.sessions.values())
    return Answer(rows=list(_echoes(address, count, answers)))


def _echoes(address: str, count: int, answers: bool) -> Iterator[list[str]]:
    times = [2 + int(9 * traffic.jitter(address, sequence)) for sequence in range(count)]
    for sequence, milliseconds in enumerate(times):
        words = [f"=seq={sequence}", f"=host={address}"]
        if answers:
            words += ["=size=56", "=ttl=64", f"=time={milliseconds}ms"]
        else:
            words += ["=status=timeout"]
        received = sequence + 1 if answers else 0
        words += [f"=sent={sequence + 1}", f"=received={received}"]
        words += [f"=packet-loss={0 if answers else 100}"]
        if answers:
            known = times[: sequence + 1]
            words += [f"=min-rtt={min(known)}ms", f"=avg-rtt={sum(known) // len(known)}ms"]
            words += [f"=max-rtt={max(known)}ms"]
        yield words


def _reboot(router: VirtualRouter, command: Command) -> Answer:
    router.reboot()
    return Answer()


_VERBS: dict[str, Callable[[VirtualRouter, UserSpec, Command], Answer]] = {
    "print": _print,
    "add": _add,
    "set": _set,
    "remove": _remove,
    "enable": _switch("false"),
    "disable": _switch("true"),
    "unset": _unset,
    "comment": _comment,
    "reset-counters": _reset_counters,
    "reset-counters-all": _reset_counters,
}

_SPECIAL: dict[str, Callable[[VirtualRouter, Command], Answer]] = {
    "/interface/monitor-traffic": monitor,
    "/ping": ping,
    "/tool/ping": ping,
    "/system/reboot": _reboot,
}
