"""Hearing of every change of a menu: `listen`, and `print` with `follow` or `follow-only`.

A row that is new or changed is told whole; of one that is gone only its id, with `.dead`.
Source: MikroTik, "API" in the RouterOS manual, "/user/active/listen"; recorded answers.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager

from ispbill.devtools.sandbox.routeros.commands import words_of
from ispbill.devtools.sandbox.routeros.errors import MISSING_ITEM, Trap
from ispbill.devtools.sandbox.routeros.menus import MENUS
from ispbill.devtools.sandbox.routeros.request import Command
from ispbill.devtools.sandbox.routeros.router import VirtualRouter
from ispbill.devtools.sandbox.routeros.tables import Row

Heard = Callable[[float], Awaitable[list[list[str]]]]


@contextmanager
def ear(router: VirtualRouter, command: Command, *, hidden: Sequence[str]) -> Iterator[Heard]:
    """Give a function that waits some seconds at most for changes and returns their words.

    Raises Trap for a menu that is not there or has no rows.
    """
    menu = MENUS.get(command.menu)
    if menu is None:
        raise Trap("no such command prefix", MISSING_ITEM)
    if menu.is_singleton:
        raise Trap("unknown parameter follow-only")
    events: asyncio.Queue[list[str]] = asyncio.Queue()
    proplist = command.attributes.get(".proplist", "")

    def note(row_id: str, row: Row | None) -> None:
        if row is None:
            events.put_nowait([f"=.id={row_id}", "=.dead=true"])
        else:
            events.put_nowait(words_of(row, menu, proplist=proplist, hidden=hidden))

    async def heard(seconds: float) -> list[list[str]]:
        router.settle()
        found: list[list[str]] = []
        try:
            found.append(await asyncio.wait_for(events.get(), seconds))
        except TimeoutError:
            return found
        while not events.empty():
            found.append(events.get_nowait())
        return found

    table = router.tables[command.menu]
    table.listeners.append(note)
    try:
        yield heard
    finally:
        table.listeners.remove(note)
