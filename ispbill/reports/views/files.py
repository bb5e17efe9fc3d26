"""Reports as files for spreadsheets; no text is taken for a formula (`ispbill.core.sheets`)."""

from collections.abc import Sequence
from decimal import Decimal

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _

from ispbill.core import sheets
from ispbill.reports.queries.rows import Rows
from ispbill.reports.views.report import MONEY, PERCENT, Table, Value

MOST_ROWS = sheets.MOST_XLSX_ROWS

Lines = list[Sequence[sheets.Cell]]


def of_tables(name: str, tables: Sequence[Table], *, as_xlsx: bool) -> HttpResponseBase:
    """Answer with the tables one below the other, each under its title and its head."""
    lines: Lines = []
    for table in tables:
        if lines:
            lines.append([])
        lines += [[str(table.title)], [str(word) for word in table.head]]
        lines += [[_plain(cell.value, cell.unit) for cell in row] for row in table.rows]
        if table.total:
            lines.append([_plain(cell.value, cell.unit) for cell in table.total])
    head, rest = (lines[0], lines[1:]) if lines else ([""], [])
    return _answer(name, [str(cell) for cell in head], rest, as_xlsx=as_xlsx)


def of_rows(what: str, found: Rows, *, as_xlsx: bool) -> HttpResponseBase:
    """Answer with the rows behind a figure."""
    head = [_("Day"), _("Customer number"), _("Customer"), _("Kind"), _("About"), _("Before"),
            _("Amount")]  # fmt: skip
    lines: Lines = [
        [
            row.day,
            row.customer_number,
            row.customer_name,
            row.kind,
            row.about,
            row.before,
            row.amount,
        ]
        for row in found.rows
    ]
    return _answer(f"revenue-{what}", head, lines, as_xlsx=as_xlsx)


def of_list(
    name: str, head: Sequence[sheets.Cell], lines: Lines, *, as_xlsx: bool
) -> HttpResponseBase:
    """Answer with a table of the console, at most `MOST_ROWS` lines."""
    return _answer(name, [str(cell) for cell in head], lines, as_xlsx=as_xlsx)


def _answer(name: str, head: Sequence[str], lines: Lines, *, as_xlsx: bool) -> HttpResponseBase:
    response: HttpResponseBase
    if as_xlsx:
        response = HttpResponse(sheets.xlsx(name, head, lines), content_type=sheets.XLSX)
    else:
        response = StreamingHttpResponse(sheets.csv_lines(head, lines), content_type=sheets.CSV)
    kind = "xlsx" if as_xlsx else "csv"
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


def _plain(value: Value, unit: str) -> sheets.Cell:
    if isinstance(value, Decimal) and unit in (MONEY, PERCENT):
        return round(value, 2 if unit == MONEY else 1)
    return value
