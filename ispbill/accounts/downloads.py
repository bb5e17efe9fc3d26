"""Tables to download: CSV a spreadsheet opens as it is, and XLSX with real numbers and days."""

from collections.abc import Iterable, Sequence

from django.http import HttpResponse

from ispbill.core import sheets
from ispbill.core.sheets import Cell


def csv_file(name: str, head: Sequence[Cell], rows: Iterable[Sequence[Cell]]) -> HttpResponse:
    """Return rows as CSV."""
    response = HttpResponse("".join(sheets.csv_lines(head, rows)), content_type=sheets.CSV)
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def xlsx_file(name: str, head: Sequence[Cell], rows: Iterable[Sequence[Cell]]) -> HttpResponse:
    """Return rows as a workbook of one sheet."""
    response = HttpResponse(sheets.xlsx(name, head, rows), content_type=sheets.XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response
