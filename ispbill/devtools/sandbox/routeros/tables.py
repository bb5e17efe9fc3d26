"""Tables of a router: rows with internal ids, checked columns and unique keys."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ispbill.devtools.sandbox.routeros.errors import BAD_VALUE, MISSING_ITEM, Trap
from ispbill.devtools.sandbox.routeros.values import IsInterface, Kind

Row = dict[str, str]
Listener = Callable[[str, "Row | None"], None]


@dataclass(frozen=True, kw_only=True)
class Menu:
    """What a menu of the router knows: its columns and what may be done with it.

    `defaults` are filled in on add, `read_only` after them; `required` must be given; `unique` is
    the key that may occur only once, refused with `duplicate`. `references` names, per column, the
    menu whose `name` it must match; `kinds` what may be written into it. `order` is the order of
    columns in an answer; others follow.
    """

    path: str
    writable: tuple[str, ...] = ()
    defaults: Mapping[str, str] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    unique: tuple[str, ...] = ()
    duplicate: str = "failure: already have such item"
    references: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    read_only: Mapping[str, str] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    commands: tuple[str, ...] = (
        "print",
        "add",
        "set",
        "remove",
        "enable",
        "disable",
        "unset",
        "comment",
        "listen",
    )
    is_singleton: bool = False


class Table:
    """Rows of one menu, in order of creation. `on_change` is called after every change.

    `listeners` are told the id and the row as it is now, or None when it is gone.
    """

    def __init__(self, menu: Menu, on_change: Callable[[], None]) -> None:
        self.menu = menu
        self._on_change = on_change
        self._rows: dict[str, Row] = {}
        self._keys: dict[tuple[str, ...], str] = {}
        self._next_id = 1
        self.listeners: list[Listener] = []

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows.values())

    def named(self, name: str) -> Row | None:
        """Return the row of that name, for menus that are unique by name."""
        row_id = self._keys.get((name,))
        return None if row_id is None else self._rows[row_id]

    def get(self, row_id: str) -> Row | None:
        return self._rows.get(row_id.upper())

    def insert(self, values: Mapping[str, str]) -> Row:
        """Add a row that is already checked (made by the router itself, or loaded)."""
        key = self._key(values)
        if key is not None and key in self._keys:
            raise Trap(self.menu.duplicate)
        row_id = f"*{self._next_id:X}"
        self._next_id += 1
        row = {".id": row_id, **values}
        self._rows[row_id] = row
        if key is not None:
            self._keys[key] = row_id
        self._changed(row_id, row)
        return row

    def update(self, row: Row, values: Mapping[str, str]) -> None:
        """Change columns; an empty text removes a column that has no default."""
        changed = {**row, **values}
        old_key, new_key = self._key(row), self._key(changed)
        if new_key != old_key:
            if new_key is not None and new_key in self._keys:
                raise Trap(self.menu.duplicate)
            if old_key is not None:
                del self._keys[old_key]
            if new_key is not None:
                self._keys[new_key] = row[".id"]
        for name, value in values.items():
            if value == "" and name not in self.menu.defaults:
                row.pop(name, None)
            else:
                row[name] = value
        self._changed(row[".id"], row)

    def delete(self, row: Row) -> None:
        del self._rows[row[".id"]]
        key = self._key(row)
        if key is not None:
            self._keys.pop(key, None)
        self._changed(row[".id"], None)

    def renumber(self, first: int) -> None:
        """Give every row a new id from `first` on, as a reboot may do."""
        rows = list(self._rows.values())
        self._rows, self._keys, self._next_id = {}, {}, first
        for row in rows:
            row_id = f"*{self._next_id:X}"
            self._next_id += 1
            row[".id"] = row_id
            self._rows[row_id] = row
            key = self._key(row)
            if key is not None:
                self._keys[key] = row_id
        self._on_change()

    def chosen(self, given: str) -> list[Row]:
        """Return the rows of a comma list of ids or names; raises Trap when one is missing."""
        rows: list[Row] = []
        for part in filter(None, given.split(",")):
            row = self.get(part) if part.startswith("*") else self._by_name(part)
            if row is None:
                raise Trap("no such item", MISSING_ITEM)
            rows.append(row)
        if not rows:
            raise Trap("no such item", MISSING_ITEM)
        return rows

    def checked(self, given: Mapping[str, str], *, is_new: bool, is_interface: IsInterface) -> Row:
        """Return the values as the router would store them; raises Trap for a bad one."""
        values: Row = {}
        for name, value in given.items():
            if name not in self.menu.writable:
                raise Trap(f"unknown parameter {name}")
            kind = self.menu.kinds.get(name)
            values[name] = value if kind is None else kind(name, value, is_interface)
        if not is_new:
            return values
        for name in self.menu.required:
            if not values.get(name):
                raise Trap(f"failure: {name} must be given", BAD_VALUE)
        filled = {**self.menu.defaults, **self.menu.read_only, **values}
        known = {*self.menu.defaults, *self.menu.read_only}
        return {k: v for k, v in filled.items() if v or k in known}

    def _changed(self, row_id: str, row: Row | None) -> None:
        self._on_change()
        for listener in self.listeners:
            listener(row_id, row)

    def _by_name(self, name: str) -> Row | None:
        if self.menu.unique == ("name",):
            return self.named(name)
        return next((row for row in self if row.get("name") == name), None)

    def _key(self, row: Mapping[str, str]) -> tuple[str, ...] | None:
        if not self.menu.unique:
            return None
        return tuple(row.get(name, "") for name in self.menu.unique)


def static_rows(rows: Iterable[Row]) -> list[Row]:
    """Return copies of the rows a person made, without ids (for saving)."""
    return [
        {name: value for name, value in row.items() if name != ".id"}
        for row in rows
        if row.get("dynamic") != "true"
    ]
