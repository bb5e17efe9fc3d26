"""The foot of a list that is paged by keyset: where one is, and the cursors to either side.

A keyset knows no positions; the address carries the first row's (`from`) along, so that the foot
can say "26–50 of 500". It is an indication only and decides nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.http import QueryDict

from ispbill.core import digits

POSITION = ("after", "before", "from", "page")
"""Keys of the address that say where in the list one is, not what the list holds."""


@dataclass(frozen=True)
class Pager:
    """What `ui/_pager.html` shows. Cursors are "" at the ends; `total` is None when unknown."""

    newer: str
    older: str
    size: int = 0
    sizes: Sequence[int] = ()
    total: int | None = None
    first: int = 1
    shown: int = 0

    @property
    def last(self) -> int:
        """Return the position of the last row shown."""
        return self.first + self.shown - 1

    @property
    def from_newer(self) -> int:
        """Return the first position of the page before."""
        return max(1, self.first - self.size)

    @property
    def from_older(self) -> int:
        """Return the first position of the page after."""
        return self.first + self.shown


class Page(Protocol):
    """A page of a list: its rows, and the cursors to either side ("" where there is none)."""

    @property
    def rows(self) -> Sequence[Any]: ...
    @property
    def newer(self) -> str: ...
    @property
    def older(self) -> str: ...


def foot(
    page: Page, query: QueryDict, *, size: int, sizes: Sequence[int] = (), total: int | None = None
) -> Pager:
    """Return the foot of a page; `total`: how many rows there are, where that is known."""
    return Pager(
        newer=page.newer,
        older=page.older,
        size=size,
        sizes=sizes,
        total=total,
        first=first_row(query),
        shown=len(page.rows),
    )


def start_of(query: QueryDict, *, total: int) -> int:
    """Return the first row of the page asked for, of a list so short that its cursor is a number.

    What is no number leads to the first page.
    """
    asked = query.get("after") or query.get("before") or "0"
    return min(digits.whole(asked) or 0, total)


def numbered(start: int, *, size: int, total: int) -> Pager:
    """Return the foot of such a list's page, which begins at row `start` (0 is the first)."""
    return Pager(
        newer=str(max(0, start - size)) if start else "",
        older=str(start + size) if start + size < total else "",
        size=size,
        total=total,
        first=start + 1,
        shown=min(size, total - start),
    )


def asked_anew(query: QueryDict, *left_out: str, **changed: str | list[str]) -> str:
    """Return the address's query asked otherwise, from the list's first page.

    Keys that are left out, and those changed to "" or [], are gone; all others stay as they are.
    """
    kept = query.copy()
    for key in (*left_out, *changed, *POSITION):
        kept.pop(key, None)
    for key, value in changed.items():
        if value:
            kept.setlist(key, value if isinstance(value, list) else [value])
    return f"?{kept.urlencode()}"


def tabs(
    query: QueryDict | None,
    key: str,
    words: Iterable[tuple[str, Any]],
    *,
    current: str | None = None,
    counts: Mapping[str, int] | None = None,
) -> list[dict[str, Any]]:
    """Return a list's tabs by the values of a key; what else is asked for stays asked for.

    `query` None: the tabs ask for nothing else. `current` is the value in force where it is not
    the address's own, or none of the words. `counts`: how many rows each value has.
    """
    asked = QueryDict() if query is None else query
    chosen = asked.get(key, "") if current is None else current
    return [
        {
            "label": label,
            "url": asked_anew(asked, **{key: value}),
            "current": value == chosen,
            "count": counts.get(value) if counts else None,
        }
        for value, label in words
    ]


def first_row(query: QueryDict) -> int:
    """Read the position of the page's first row from the address; 1 unless it says a number."""
    is_inside = "after" in query or "before" in query
    return (digits.whole(query.get("from", "")) if is_inside else None) or 1
