"""What differs in a router's menus beside PPP: queues, leases, hotspot users, listed addresses."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from network.gateways.line_rows import DesiredRow, FoundRow, Menu
from network.models import Access, Method, Router
from network.rules import router_values
from network.services import orders
from network.services.differences import Difference, Kind, state_words
from network.services.router_profiles import WALLED_ADDRESS_LIST

Rows = Mapping[Menu, Sequence[FoundRow]]
_SPEED = ("max-limit", "burst-limit", "burst-threshold", "burst-time")
_KINDS = {
    "disabled": Kind.WRONG_STATE,
    "block-access": Kind.WRONG_STATE,
    "profile": Kind.WRONG_PROFILE,
    "target": Kind.WRONG_ADDRESS,
    "address": Kind.WRONG_ADDRESS,
    "mac-address": Kind.WRONG_ADDRESS,
    "server": Kind.WRONG_ADDRESS,
    "name": Kind.WRONG_NAME,
} | dict.fromkeys(_SPEED, Kind.WRONG_SPEED)
# What tells a row from others, to a person.
_NAMES = {Menu.LISTED: "address", Menu.LEASE: "mac-address"}


def menus_of(lines: Iterable[Access], router: Router) -> list[Menu]:
    """Return the menus to read: those of the methods in use, and always who is suspended."""
    methods = {Method(line.method) for line in lines} | {Method(router.default_method)}
    used = {Menu.LISTED, *(menu for method in methods for menu in orders.MENUS[method])}
    return [menu for menu in Menu if menu in used]


def lists_of(menu: Menu) -> list[str]:
    """Return the address lists that are ours to look at; other menus have none."""
    return [WALLED_ADDRESS_LIST] if menu is Menu.LISTED else []


def of_lines(
    lines: Iterable[Access], router: Router, rows: Rows, *, online: Collection[str]
) -> list[Difference]:
    """Return what differs of these lines; `online` are the users with a session."""
    by_owner = {menu: _by_owner(found) for menu, found in rows.items()}
    by_name = {menu: {_name(menu, row): row for row in found} for menu, found in rows.items()}
    differences: list[Difference] = []
    for line in lines:
        for desired in orders.rows_for(line, router):
            ours = by_owner[desired.menu].get(desired.owner, [])
            other = by_name[desired.menu].get(desired.values.get(_column(desired.menu), ""))
            differences += _of_row(line, desired, ours, other, online)
    return differences


def unknown(lines: Iterable[Access], router: Router, rows: Rows) -> list[Difference]:
    """Return the rows that belong to no line of the router, or to none by its method."""
    known = {
        (desired.menu, desired.owner) for line in lines for desired in orders.rows_for(line, router)
    }
    wanted = {
        (desired.menu, desired.values.get(_column(desired.menu), ""))
        for line in lines
        for desired in orders.rows_for(line, router)
        if not desired.is_absent
    }
    return [
        Difference(
            kind=Kind.EXTRA, name=_name(menu, row), wanted="", actual=words_of(row), menu=menu.value
        )
        for menu, found in rows.items()
        for row in found
        if (menu, row.owner) not in known and (menu, _name(menu, row)) not in wanted
    ]


def words_of(row: FoundRow) -> str:
    """Return a row as a finding shows it."""
    told = ", ".join(
        f"{name}={value}"
        for name, value in row.values.items()
        if value and not router_values.is_same(name, value, "")
    )
    return f"{told} ({row.comment})" if row.comment else told


def nothing_named(menu: Menu, name: str) -> DesiredRow:
    """Return the wish that a row of nobody's be gone, by what a finding calls it."""
    values = {_column(menu): name}
    if menu is Menu.LISTED:
        values["list"] = WALLED_ADDRESS_LIST
    return DesiredRow(
        menu=menu,
        owner="",
        name=name,
        values=values,
        may_adopt=True,
        is_absent=True,
        drop_session=True,
    )


def _of_row(
    line: Access,
    desired: DesiredRow,
    ours: Sequence[FoundRow],
    other: FoundRow | None,
    online: Collection[str],
) -> Iterator[Difference]:
    menu, name = desired.menu, line.username

    def differs(kind: Kind, wanted: str, actual: str) -> Difference:
        return Difference(
            kind=kind,
            name=name,
            wanted=wanted,
            actual=actual,
            menu=menu.value,
            line_id=line.pk,
            customer_number=line.subscription.customer.number,
            is_pending=not line.is_settled,
        )

    if menu is Menu.LISTED and bool(ours) is desired.is_absent:
        words = ("not listed", "listed")
        yield differs(Kind.WRONG_STATE, words[not desired.is_absent], words[bool(ours)])
        return
    if desired.is_absent:
        if ours:
            yield differs(Kind.STILL_THERE, "", words_of(ours[0]))
        return
    if not ours:
        yield differs(
            Kind.NOT_OURS if other else Kind.MISSING, "", words_of(other) if other else ""
        )
        return
    for kind, columns in _wrong(line, desired, ours[0]).items():
        wanted = ", ".join(f"{one}={desired.values[one]}" for one in columns)
        actual = ", ".join(f"{one}={ours[0].values.get(one, '')}" for one in columns)
        yield differs(kind, wanted, actual)
    if menu is Menu.HOTSPOT and desired.shuts_out and name in online:
        yield differs(Kind.STILL_ONLINE, state_words(True), "on line")
    if len(ours) > 1:
        yield differs(Kind.STILL_THERE, "", words_of(ours[1]))


def _wrong(line: Access, desired: DesiredRow, row: FoundRow) -> dict[Kind, list[str]]:
    """Return the columns that are not as wanted, by what that means.

    The speed of a closed queue is what closes it, so that a wrong one is a wrong state.
    """
    is_open = line.desired_state == Access.State.OPEN
    found: dict[Kind, list[str]] = {}
    for name, value in desired.values.items():
        if router_values.is_same(name, row.values.get(name, ""), value):
            continue
        kind = _KINDS[name]
        if kind is Kind.WRONG_SPEED and not is_open:
            kind = Kind.WRONG_STATE
        found.setdefault(kind, []).append(name)
    return found


def _by_owner(rows: Iterable[FoundRow]) -> dict[str, list[FoundRow]]:
    found: dict[str, list[FoundRow]] = {}
    for row in rows:
        if row.owner:
            found.setdefault(row.owner, []).append(row)
    return found


def _column(menu: Menu) -> str:
    return _NAMES.get(menu, "name")


def _name(menu: Menu, row: FoundRow) -> str:
    return row.values.get(_column(menu), "")
