"""Read a file of days that somebody typed: `username,date,upload_gb,download_gb`.

A row that cannot count says why by its first fault. What it names is looked up elsewhere.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from ispbill.core import typed_days
from network.usage.rules.sizes import GB

COLUMNS = ("username", "date", "upload_gb", "download_gb")
MOST_ROWS = 20_000
MOST_GB = 10_000


class Unreadable(ValueError):
    """The file is no such file; `why` is ENCODING, COLUMNS, EMPTY or ROWS."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, kw_only=True)
class Typed:
    """A row as it was typed, in bytes; `problem` when it cannot count."""

    row_no: int
    username: str = ""
    on: date | None = None
    upload: int = 0
    download: int = 0
    problem: str = ""


class _Fault(ValueError):
    pass


def read(content: bytes, *, today: date) -> list[Typed]:
    """Return the rows of a file, each once read; raises Unreadable. Row 1 is the head."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable("ENCODING") from error
    head_line = text.lstrip().partition("\n")[0]
    sign = ";" if head_line.count(";") > head_line.count(",") else ","
    reader = csv.reader(io.StringIO(text.replace("\x00", ""), newline=""), delimiter=sign)
    try:
        places = _places(next(reader, []))
        rows = list(_rows(reader, places, today=today))
    except csv.Error as error:
        raise Unreadable("COLUMNS") from error
    if not rows:
        raise Unreadable("EMPTY")
    return rows


def _places(head: Sequence[str]) -> list[int]:
    names = [name.strip().lower() for name in head]
    if any(names.count(column) != 1 for column in COLUMNS):
        raise Unreadable("COLUMNS")
    return [names.index(column) for column in COLUMNS]


def _rows(reader: Iterator[list[str]], places: Sequence[int], *, today: date) -> Iterator[Typed]:
    seen: set[tuple[str, date | None]] = set()
    for row_no, cells in enumerate(reader, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if row_no > MOST_ROWS + 1:
            raise Unreadable("ROWS")
        row = _row(row_no, [cells[at].strip() if at < len(cells) else "" for at in places], today)
        if row.on is not None and not row.problem:
            key = (row.username, row.on)
            if key in seen:
                row = Typed(row_no=row_no, username=row.username, on=row.on, problem="DOUBLED")
            else:
                seen.add(key)
        yield row


def _row(row_no: int, cells: Sequence[str], today: date) -> Typed:
    username, on = cells[0][:120], None
    try:
        if not all(cells):
            raise _Fault("SHORT")
        on = _day(cells[1])
        if on > today:
            raise _Fault("FUTURE")
        upload, download = _bytes(cells[2]), _bytes(cells[3])
    except _Fault as fault:
        return Typed(row_no=row_no, username=username, on=on, problem=str(fault))
    return Typed(row_no=row_no, username=username, on=on, upload=upload, download=download)


def _day(text: str) -> date:
    found = typed_days.read(text)
    if found is None:
        raise _Fault("DATE")
    return found


def _bytes(text: str) -> int:
    """Return GB as bytes; a part of a byte is none."""
    try:
        size = Decimal(text)
    except InvalidOperation as error:
        raise _Fault("NUMBER") from error
    if not size.is_finite():
        raise _Fault("NUMBER")
    if size < 0:
        raise _Fault("NEGATIVE")
    if size > MOST_GB:
        raise _Fault("TOO_MUCH")
    return int(size * GB)
