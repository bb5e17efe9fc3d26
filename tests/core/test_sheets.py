"""What leaves for a spreadsheet: no text is a formula, every number is a number."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from openpyxl import load_workbook

from ispbill.core import sheets

EVIL = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "|cmd", " =1", "＝1", "-"]


@pytest.mark.parametrize("text", EVIL)
def test_a_text_that_begins_with_a_sign_is_made_plain(text):
    assert sheets.harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["Amina", "", "a=1", "-5.00", "1725.00", "CT-2026-00012", "রহিম"])
def test_what_is_harmless_stays(text):
    assert sheets.harmless(text) == text


def test_numbers_and_days_keep_their_kind():
    row = [
        Decimal("-5.10"),
        Decimal("1E+2"),
        -7,
        None,
        date(2026, 1, 10),
        datetime(2026, 1, 10, 4, 0, 30, tzinfo=UTC),
        "-x",
        "a\x00b",
    ]

    text = "".join(sheets.csv_lines(["=head"], [row]))
    head, cells = csv.reader(io.StringIO(text.removeprefix(sheets.MARK)))
    book = load_workbook(io.BytesIO(sheets.xlsx("x", ["=head"], [row])))
    kept = [cell.value for cell in book.active[2]]

    assert head == ["'=head"]
    assert cells == ["-5.10", "100", "-7", "", "2026-01-10", "2026-01-10T04:00+00:00", "'-x", "ab"]
    assert kept[:3] == [-5.1, 100, -7]
    assert kept[4] == datetime(2026, 1, 10)  # noqa: DTZ001 - a workbook knows no zones
    assert kept[6:] == ["'-x", "ab"]
    assert {cell.data_type for line in book.active for cell in line} <= {"s", "n", "d"}


def test_nobody_else_writes_files_for_spreadsheets():
    root = Path(settings.BASE_DIR)
    apps = ("billing", "customers", "ispbill", "network", "payments", "resellers", "tickets")
    found = {
        str(path.relative_to(root))
        for app in apps
        for path in (root / app).rglob("*.py")
        if any(word in path.read_text() for word in ("csv.writer", "Workbook(", "csv.DictWriter"))
    }

    assert found == {"ispbill/core/sheets.py"}
