"""A router's set-up as the script that would make it again. Passwords are left out."""

from ispbill.devtools.sandbox.routeros.menus import SAVED_MENUS
from ispbill.devtools.sandbox.routeros.router import VirtualRouter
from ispbill.devtools.sandbox.routeros.tables import Row, static_rows


def script_of(router: VirtualRouter, menu: str) -> str:
    """Return the commands for a menu and those below it; an empty menu means all."""
    moment = router.clock.moment().strftime("%Y-%m-%d %H:%M:%S")
    lines = [f"# {moment} by RouterOS {router.spec.version.partition(' ')[0]}"]
    for path in SAVED_MENUS:
        rows = static_rows(router.tables[path])
        if rows and f"{path}/".startswith(f"{menu}/"):
            lines.append(path[:1] + path[1:].replace("/", " "))
            lines += [_line(router, path, row) for row in rows]
    return "\n".join([*lines, ""])


def _line(router: VirtualRouter, path: str, row: Row) -> str:
    menu = router.tables[path].menu
    told = {
        name: value
        for name, value in row.items()
        if name in menu.writable and name != "password" and value != menu.defaults.get(name)
    }
    words = [f"{name}={_quoted(value)}" for name, value in sorted(told.items())]
    return " ".join(["add", *words])


def _quoted(value: str) -> str:
    if value and all(character.isalnum() or character in "-./:_," for character in value):
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$")
    return f'"{escaped}"'
