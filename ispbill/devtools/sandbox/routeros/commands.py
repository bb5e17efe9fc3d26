"""What the commands of a virtual router do and answer."""

from collections.abc import Callable, Iterable, Sequence

from ispbill.devtools.sandbox.routeros import export, probes, traffic
from ispbill.devtools.sandbox.routeros.clock import as_uptime
from ispbill.devtools.sandbox.routeros.errors import BAD_VALUE, MISSING_ITEM, Trap
from ispbill.devtools.sandbox.routeros.menus import MENUS
from ispbill.devtools.sandbox.routeros.queries import QueryError, matcher
from ispbill.devtools.sandbox.routeros.request import Answer, Command
from ispbill.devtools.sandbox.routeros.router import VirtualRouter
from ispbill.devtools.sandbox.routeros.spec import UserSpec
from ispbill.devtools.sandbox.routeros.tables import Menu, Row

_PRINT_WORDS = {
    "detail", "stats", "stats-detail", "without-paging", "terse", "follow", "follow-only",
}  # fmt: skip
_NEEDED_POLICY = {
    "print": "read", "listen": "read", "export": "read", "monitor-traffic": "read", "ping": "test",
    "reboot": "reboot",
}  # fmt: skip


def run(router: VirtualRouter, user: UserSpec, command: Command) -> Answer:
    """Carry a command out; raises Trap when the router refuses it."""
    router.settle()
    check_policy(user, command)
    special = _SPECIAL.get(command.path)
    if command.path == "/export":
        return _export(router, user, command)
    if special is not None:
        return special(router, command)
    menu = MENUS.get(command.menu)
    if menu is None:
        if router.spec.release < (7, 0):
            raise Trap(
                f"no such command or directory ({_unknown_part(command.menu)})",
                MISSING_ITEM,
                also="no such command prefix",
            )
        raise Trap("no such command prefix", MISSING_ITEM)
    if command.verb not in menu.commands and command.verb != "export":
        raise Trap("no such command", MISSING_ITEM)
    return _VERBS[command.verb](router, user, command)


def check_policy(user: UserSpec, command: Command) -> None:
    """Raise Trap when the user's group may not give this command."""
    if _NEEDED_POLICY.get(command.verb, "write") not in user.policies:
        raise Trap("not enough permissions (9)")


def hidden_from(user: UserSpec) -> tuple[str, ...]:
    """Return the columns this user is not shown."""
    return () if "sensitive" in user.policies else ("password",)


def words_of(row: Row, menu: Menu, *, proplist: str, hidden: Sequence[str]) -> list[str]:
    """Return a row as words: the columns asked for, or all of them in the menu's order."""
    if proplist:
        names: Iterable[str] = (name for name in proplist.split(",") if name in row)
    else:
        names = dict.fromkeys((*(name for name in menu.order if name in row), *row))
    return [f"={name}={row[name]}" for name in names if name not in hidden]


def _unknown_part(menu: str) -> str:
    """Return the first part of a path under which there is no menu."""
    known = ""
    for part in menu.strip("/").split("/"):
        known += f"/{part}"
        if not any(f"{path}/".startswith(f"{known}/") for path in MENUS):
            return part
    return menu.rpartition("/")[2]


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
    menu = MENUS[command.menu]
    hidden = hidden_from(user)
    wanted = command.attributes.get(".proplist", "")
    words = [words_of(row, menu, proplist=wanted, hidden=hidden) for row in rows]
    if command.menu == "/interface":
        router.note_read()
    elif command.menu == "/queue/simple":
        router.fixed.note_read()
    elif command.menu == "/ip/hotspot/active":
        router.hotspot.note_read()
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


def _export(router: VirtualRouter, user: UserSpec, command: Command) -> Answer:
    """Write the set-up into a file; without one there is nothing to see over the API."""
    unknown = set(command.attributes) - {"file", "compact", "verbose", "terse", "show-sensitive"}
    if unknown:
        raise Trap(f"unknown parameter {min(unknown)}")
    name = command.attributes.get("file", "")
    if name:
        router.write_file(f"{name}.rsc", export.script_of(router, command.menu))
    return Answer()


def _make_static(router: VirtualRouter, user: UserSpec, command: Command) -> Answer:
    for row in _chosen(router, command):
        router.tables[command.menu].update(row, {"dynamic": "false"})
    return Answer()


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
    "export": _export,
    "make-static": _make_static,
    "reset-counters": _reset_counters,
    "reset-counters-all": _reset_counters,
}

_SPECIAL: dict[str, Callable[[VirtualRouter, Command], Answer]] = {
    "/interface/monitor-traffic": probes.monitor,
    "/ping": probes.ping,
    "/tool/ping": probes.ping,
    "/system/reboot": _reboot,
}
