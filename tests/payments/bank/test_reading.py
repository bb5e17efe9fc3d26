"""A file becomes lines: each once, none lost, whatever the file is and whenever it breaks off."""

import io
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from ispbill.audit.models import JobRun
from ispbill.core.acts import Act
from payments.bank.models import BadRow, BankAccount, StatementImport, StatementLine
from payments.bank.rules import statement_rows
from payments.bank.services import files, reading, uploads
from payments.bank.services.files import FileRefused
from payments.bank.services.uploads import LayoutRefused, SameFile
from tests.factories.accounts import UserFactory
from tests.factories.bank import bank_account, csv_of, imported, lines_of, uploaded
from tests.factories.customers import CustomerFactory
from tests.rivals import at_once

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = (
    ("2026-01-07", "CT-2026-00001 January", "1150.00"),
    ("2026-01-08", "Bank fee", "-57.50"),
    ("2026-01-09", "Rahim", "500.00"),
)


def amounts(statement):
    return [line.amount for line in lines_of(statement)]


def workbook(rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.fixture
def account():
    return bank_account()


def test_a_statement_becomes_lines_and_tells_its_period(account, at):
    statement = imported(account, *ROWS, at=at)

    assert (statement.state, statement.row_count, statement.new_count) == ("READ", 3, 3)
    assert (statement.first_day, statement.last_day) == (date(2026, 1, 7), date(2026, 1, 9))
    assert amounts(statement) == [Decimal(1150), Decimal("-57.50"), Decimal(500)]
    assert BankAccount.objects.get().layout == statement.layout


def test_the_same_file_is_taken_once(account, at):
    imported(account, *ROWS, at=at)

    with pytest.raises(SameFile):
        uploaded(account, csv_of(*ROWS), at=at)
    other = imported(bank_account(), *ROWS, at=at)
    assert other.new_count == 3


def test_overlapping_statements_bring_a_line_once_and_equal_lines_as_often_as_they_are(account, at):
    twice = ("2026-01-09", "Same words", "20.00")
    first = imported(account, *ROWS, twice, at=at)

    second = imported(account, *ROWS[1:], twice, twice, ("2026-01-10", "New", "9.00"), at=at)

    assert (first.new_count, second.row_count, second.new_count) == (4, 5, 2)
    assert amounts(second) == [Decimal(20), Decimal(9)]
    assert StatementLine.objects.filter(description="Same words").count() == 2


def test_rows_that_cannot_be_read_are_kept_with_their_reason(account, at):
    content = csv_of(*ROWS, ("soon", "no day", "5.00"), ("2026-01-09", "=cmd()", "a lot"))
    content += b"\n\n2026-02-01,Tomorrow,,,,5.00\nTotal,,,,,1592.50\n"

    statement = imported(account, at=at, content=content)

    assert statement.bad_count == 4
    kept = {row.row_no: (row.problem, row.cells[1]) for row in BadRow.objects.all()}
    assert kept == {
        5: ("The day is not written as chosen.", "no day"),
        6: ("The amount is not a number.", "=cmd()"),
        8: ("The day lies in the future.", "Tomorrow"),
        9: ("The day is not written as chosen.", ""),
    }


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_every_character_set_reads_the_same(account, at, encoding):
    text = "Date;Description;Amount\n09/01/2026;Café für José;1.150,50\n"

    statement = imported(account, at=at, content=text.encode(encoding))

    (line,) = lines_of(statement)
    assert (line.description, line.amount) == ("Café für José", Decimal("1150.50"))
    assert statement.layout["mark"] == ","


def test_a_workbook_reads_like_a_text(account, at):
    content = workbook(
        [
            ["My bank", None, None],
            ["Txn Date", "Particulars", "Withdrawal", "Deposit"],
            [date(2026, 1, 9), "CT-2026-00001", None, 1150.5],
            ["10-Jan-2026", "Fee", 57.5, None],
        ]
    )

    statement = imported(account, at=at, content=content, date_format="DD MON YYYY")

    assert amounts(statement) == [Decimal("1150.50"), Decimal("-57.50")]


def test_a_workbook_of_formulas_brings_what_they_show_and_no_formula(account, at):
    book = Workbook()
    book.active.append(["Date", "Description", "Amount"])
    book.active.append(["2026-01-09", '=HYPERLINK("x")', "=1+1"])
    file = io.BytesIO()
    book.save(file)

    statement = imported(account, at=at, content=file.getvalue(), date_format="YYYY-MM-DD")

    assert (statement.row_count, statement.bad_count) == (0, 1)


def bomb():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 50_000_000)
    return file.getvalue()


def entity():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xl/workbook.xml", '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]>')
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"   \n",
        b"%PDF-1.7",
        b"\xd0\xcf\x11\xe0old",
        b"PK\x03\x04broken",
        b"x" * (files.MOST_BYTES + 1),
        bomb(),
        entity(),
    ],
    ids=["empty", "blank", "pdf", "xls", "broken", "large", "bomb", "entity"],
)
def test_what_is_no_statement_is_refused_and_nothing_kept(account, at, content):
    with pytest.raises(FileRefused):
        uploaded(account, content, at=at)

    assert StatementImport.objects.count() == 0


def test_the_columns_must_be_named(account, at):
    statement = uploaded(account, b"a,b\n1,2\n", at=at)

    with pytest.raises(LayoutRefused):
        uploads.start(
            statement=statement,
            layout=statement_rows.layout_of(statement.layout),
            act=Act(UserFactory(), at),
        )


def test_a_file_none_of_whose_rows_can_be_read_says_so(account, at):
    statement = imported(account, at=at, content=csv_of() + b"\n", date_format="YYYY-MM-DD")

    assert statement.state == "FAILED"
    assert statement.error
    assert JobRun.objects.get(job="payments.read_statement").status == "FAILED"


def test_reading_that_pauses_off_and_begins_anew_gives_the_same(account, at, monkeypatch):
    rows = [("2026-01-09", f"Payer {number}", f"{number}.00") for number in range(1, 31)]
    whole = imported(bank_account(), *rows, ("x", "bad", "1"), at=at)
    monkeypatch.setattr(reading, "CHUNK", 10)
    statement = uploaded(account, csv_of(*rows, ("x", "bad", "1")), at=at)
    layout = statement_rows.layout_of(statement.layout)
    uploads.start(statement=statement, layout=layout, act=Act(UserFactory(), at))

    real, written = reading._write, []

    def dies(*args, **values):
        if len(written) == 2:
            raise SystemExit
        written.append(real(*args, **values))

    monkeypatch.setattr(reading, "_write", dies)
    with pytest.raises(SystemExit):
        reading.read(statement_id=statement.pk, at=at)
    assert 0 < StatementLine.objects.filter(statement=statement).count() < 30
    monkeypatch.setattr(reading, "_write", real)
    reading.read(statement_id=statement.pk, at=at)
    reading.read(statement_id=statement.pk, at=at)

    statement.refresh_from_db()
    assert (statement.state, statement.row_count, statement.bad_count) == ("READ", 30, 1)
    assert amounts(statement) == amounts(whole)
    assert BadRow.objects.filter(statement=statement).count() == 1


@pytest.mark.slow
def test_the_same_file_taken_in_by_several_at_once_is_there_once(account, at):
    people = [UserFactory() for _each in range(4)]
    deeds = [lambda one=one: uploaded(account, csv_of(*ROWS), at=at, actor=one) for one in people]

    results = at_once(4, *deeds)

    assert StatementImport.objects.count() == 1
    assert sum(isinstance(one, StatementImport) for one in results) == 1
    assert results.count("SameFile") == 3


@pytest.mark.slow
def test_a_statement_read_by_two_workers_at_once_brings_each_line_once(account, at):
    statement = uploaded(account, csv_of(*ROWS), at=at)
    layout = statement_rows.layout_of(statement.layout)
    uploads.start(statement=statement, layout=layout, act=Act(UserFactory(), at))

    at_once(2, lambda: reading.read(statement_id=statement.pk, at=at))

    assert StatementLine.objects.count() == 3


def test_balances_are_believed_when_they_follow_from_the_amounts(account, at):
    text = "Date,Description,Amount,Balance\n2026-01-08,a,10.00,110.00\n2026-01-09,b,-5.00,105.00\n"
    statement = imported(account, at=at, content=text.encode())
    wrong = imported(bank_account(), at=at, content=text.replace("105.00", "106.00").encode())

    assert (statement.opening_amount, statement.closing_amount) == (Decimal(100), Decimal(105))
    assert (wrong.opening_amount, wrong.closing_amount) == (None, None)


def test_what_the_text_says_finds_the_customer(account, at):
    customer = CustomerFactory(name="Rahim Uddin", phone="+8801711000001")
    number = customer.number
    statement = imported(
        account,
        ("2026-01-09", f"TRF {number} JAN", "1.00"),
        ("2026-01-09", "01711-000001", "2.00"),
        ("2026-01-09", "RAHIM UDDEN", "3.00"),
        ("2026-01-09", "Unknown person", "4.00"),
        at=at,
    )

    found = [
        (line.confidence, line.is_safe, [one.customer_id for one in line.suggestions.all()])
        for line in lines_of(statement)
    ]
    assert found == [
        (95, True, [customer.pk]),
        (90, False, [customer.pk]),
        (60, False, [customer.pk]),
        (0, False, []),
    ]


def test_a_file_sent_by_a_browser_is_named_by_its_end_only(account, at):
    file = SimpleUploadedFile("../" * 60 + "statement.csv", csv_of(*ROWS))

    statement = uploaded(account, file.read(), at=at, name=file.name)

    assert len(statement.file_name) <= 120
    assert statement.path.startswith("statements/")
