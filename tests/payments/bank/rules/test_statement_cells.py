"""Days and amounts as banks write them; what cannot be read is refused, never guessed."""

import contextlib
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.bank.rules import statement_rows
from payments.bank.rules.statement_cells import (
    DATE_FORMATS,
    CellRefused,
    guess_date_formats,
    guess_mark,
    read_amount,
    read_date,
    text_of,
)
from payments.bank.rules.statement_rows import Layout, Row, RowRefused

days = st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 31))
amounts = st.decimals(min_value=Decimal("-9999999.99"), max_value=Decimal("9999999.99"), places=2)
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()  # noqa: SIM905


def written(day, form):
    text = form.replace("MON", _MONTHS[day.month - 1]).replace("YYYY", f"{day.year:04d}")
    text = text.replace("YY", f"{day.year % 100:02d}")
    return text.replace("MM", f"{day.month:02d}").replace("DD", f"{day.day:02d}")


@given(days, st.sampled_from(DATE_FORMATS))
def test_every_day_is_read_as_it_was_written(day, form):
    assert read_date(written(day, form), form) == day
    assert form in guess_date_formats([written(day, form)])


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("", "DD/MM/YYYY"),
        ("31/02/2026", "DD/MM/YYYY"),
        ("13/01/2026", "MM/DD/YYYY"),
        ("09 Foo 2026", "DD MON YYYY"),
        ("09/01/1926", "DD/MM/YYYY"),
        ("09/01/26", "DD/MM/YYYY"),
    ],
)
def test_what_is_no_such_day_is_refused(text, form):
    with pytest.raises(CellRefused):
        read_date(text, form)


def test_a_time_of_day_is_left_out_and_bangla_digits_are_read():
    assert read_date("2026-01-09 14:22:05", "YYYY-MM-DD") == date(2026, 1, 9)
    assert read_date("09/01/2026 2:22 PM", "DD/MM/YYYY") == date(2026, 1, 9)
    assert read_date("০৯/০১/২০২৬", "DD/MM/YYYY") == date(2026, 1, 9)
    assert read_date("9-Jan-2026", "DD MON YYYY") == date(2026, 1, 9)


def test_day_before_month_is_guessed_unless_a_cell_forbids_it():
    assert guess_date_formats(["03/02/2026", "09/01/2026"])[0] == "DD/MM/YYYY"
    assert guess_date_formats(["03/02/2026", "01/13/2026"]) == ["MM/DD/YYYY"]


@pytest.mark.parametrize(
    ("text", "mark", "amount"),
    [
        ("1,150.00", ".", "1150"),
        ("1.150,50", ",", "1150.50"),
        ("12,34,567.50", ".", "1234567.50"),
        ("1 150,50", ",", "1150.50"),
        ("(57.50)", ".", "-57.50"),
        ("57.50-", ".", "-57.50"),
        ("57.50 DR", ".", "-57.50"),
        ("57.50CR", ".", "57.50"),
        ("৳ 500", ".", "500"),
        ("-R 12.00", ".", "-12"),
        ("+5", ".", "5"),
        ("১,১৫০.০০", ".", "1150"),
        ("1'000.00", ".", "1000"),
    ],
)
def test_amounts_are_read_as_banks_write_them(text, mark, amount):
    assert read_amount(text, mark) == Decimal(amount)


@pytest.mark.parametrize("text", ["", " ", "-", "—"])
def test_an_empty_amount_is_none(text):
    assert read_amount(text) is None


@pytest.mark.parametrize(
    "text", ["abc", "1.2.3", "1,5,0", "1e5", "NaN", "=1+1", "12.345", "--5", "9" * 16, "1.150,50"]
)
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(CellRefused):
        read_amount(text, ".")


@given(amounts)
def test_every_amount_comes_back_whichever_mark_and_grouping(amount):
    assert (read_amount(f"{amount:,.2f}", ".") or 0) == amount
    swapped = f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))
    assert (read_amount(swapped, ",") or 0) == amount
    assert guess_mark([swapped]) == ("," if "," in swapped else ".")


@given(st.text(max_size=40), st.sampled_from([".", ","]), st.sampled_from(DATE_FORMATS))
def test_no_text_does_worse_than_be_refused(text, mark, form):
    for read in (lambda: read_amount(text, mark), lambda: read_date(text, form)):
        with contextlib.suppress(CellRefused):
            read()


LAYOUT = Layout(
    date_format="DD/MM/YYYY", columns={"date": 0, "description": 1, "debit": 2, "credit": 3}
)


def test_debit_and_credit_columns_make_one_signed_amount():
    rows = [
        statement_rows.read_row(2, ["09/01/2026", "Fee", "57.50", ""], LAYOUT),
        statement_rows.read_row(3, ["09/01/2026", "Fee", "-57.50", "0.00"], LAYOUT),
        statement_rows.read_row(4, ["09/01/2026", "In", "", "1,150.00"], LAYOUT),
    ]

    assert [row.amount for row in rows] == [Decimal("-57.5"), Decimal("-57.5"), Decimal(1150)]


@given(st.lists(st.text(max_size=12), max_size=6))
def test_a_row_is_read_or_kept_with_its_reason_or_empty(cells):
    read = statement_rows.read_row(9, cells, LAYOUT)

    if read is None:
        assert not any(text_of(cell) for cell in cells)
    elif isinstance(read, RowRefused):
        assert read.problem
        assert read.cells == [text_of(cell) for cell in cells]
    else:
        assert isinstance(read, Row)
        assert read.amount


def test_the_layout_is_guessed_from_the_heads_below_a_banks_own_lines():
    rows = [
        ["Dutch-Bangla Bank", "", "", "", ""],
        ["Account", "1234567890", "", "", ""],
        ["Txn Date", "Particulars", "Withdrawal", "Deposit", "Balance"],
        ["09/01/2026", "CT-2026-00012", "", "1,150.00", "11,150.00"],
    ]

    layout = statement_rows.guess(rows, encoding="utf-8", delimiter=",")

    assert (layout.head_row, layout.date_format) == (2, "DD/MM/YYYY")
    assert layout.columns == {"date": 0, "description": 1, "debit": 2, "credit": 3, "balance": 4}
    assert statement_rows.missing(layout) == ""


def test_balances_prove_themselves_in_either_order_or_are_not_believed():
    up = [
        Row(1, date(2026, 1, 1), Decimal(5), balance=Decimal(15)),
        Row(2, date(2026, 1, 2), Decimal(-3), balance=Decimal(12)),
    ]

    assert statement_rows.opening_and_closing(up) == (10, 12)
    assert statement_rows.opening_and_closing(up[::-1]) == (10, 12)
    wrong = [up[0], Row(2, date(2026, 1, 2), Decimal(-3), balance=Decimal(99))]
    assert statement_rows.opening_and_closing(wrong) is None
