"""Every list that leaves as a file for spreadsheets: CSV line by line, XLSX up to a bound.

Names and references are typed by strangers, and a spreadsheet takes a cell that begins with a
sign for a formula, which may call other programs or addresses (OWASP: CSV injection). Here, and
nowhere else, such a text is made plain; numbers and days stay what they are. The dump of all data
(`export_data`) is for machines and keeps every byte.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

Cell = str | Decimal | date | int | None

MOST_XLSX_ROWS = 50_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
MARK = "\ufeff"  # so that spreadsheets read the file as UTF-8
# The wide signs of East Asian keyboards count as the narrow ones.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,9})?", re.ASCII)


class _Echo:
    """What `csv` writes is handed back instead of being kept."""

    def write(self, value: str) -> str:
        return value


def harmless(text: str) -> str:
    """Return a text that no spreadsheet reckons with; one that is a number stays a number."""
    text = text.replace("\x00", "")
    if not text.lstrip(" \u00a0").startswith(_FORMULA) or _NUMBER.fullmatch(text):
        return text
    return f"'{text}"


def csv_line(cells: Iterable[Cell]) -> str:
    """Return one line; days are ISO, moments to the minute, amounts plain."""
    return str(csv.writer(_Echo()).writerow([_plain(value) for value in cells]))


def csv_lines(head: Sequence[Cell], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Yield the file line by line, while the rows are read."""
    yield MARK
    yield csv_line(head)
    for row in rows:
        yield csv_line(row)


def xlsx(title: str, head: Sequence[Cell], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return the file of the first 50,000 rows; numbers and days keep their kind."""
    content = BytesIO()
    write_xlsx(content, title, head, rows, most=MOST_XLSX_ROWS)
    return content.getvalue()


def write_xlsx(
    target: IO[bytes] | Path,
    title: str,
    head: Sequence[Cell],
    rows: Iterable[Sequence[Cell]],
    *,
    most: int | None = None,
) -> None:
    """Write a workbook of one sheet row by row, its head in sight; `most` rows, None for all."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    sheet.append([_typed(sheet, value) for value in head])
    for number, row in enumerate(rows, start=1):
        if most is not None and number > most:
            break
        sheet.append([_typed(sheet, value) for value in row])
    book.save(target)


def _plain(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return harmless(str(value))


def _typed(sheet: object, value: Cell) -> Any:
    if isinstance(value, datetime):
        value = value.replace(tzinfo=None)  # a workbook knows no zones: the company's is meant
    if isinstance(value, str):
        # Said to be a text it is no formula here; the sign before it lasts when it is saved as CSV.
        value = ILLEGAL_CHARACTERS_RE.sub("", harmless(str(value)))
    cell = WriteOnlyCell(sheet, value=value)  # type: ignore[arg-type]
    if isinstance(value, str):
        cell.data_type = "s"
    return cell


def offered(csv: str, xlsx: str) -> list[dict[str, str]]:
    """Return what a list's menu offers to take along: label and address of each kind of file."""
    return [{"label": _("Export CSV"), "url": csv}, {"label": _("Export XLSX"), "url": xlsx}]
