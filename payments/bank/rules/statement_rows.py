"""Make lines of a statement out of the rows of a file, by a layout a person has confirmed.

Pure. Nothing is lost: a row that holds something but cannot be read is a `RowRefused`, kept with
its cells; only rows above the heads and rows that are empty are passed over.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from decimal import Decimal
from typing import Any

from ispbill.core.marking import gettext_noop
from payments.bank.rules.statement_cells import (
    DATE_FORMATS,
    Cell,
    CellRefused,
    guess_date_formats,
    guess_mark,
    read_amount,
    read_date,
    text_of,
)

ENCODINGS: tuple[str, ...] = ("utf-8", "utf-16", "cp1252")
DELIMITERS: tuple[str, ...] = (",", ";", "\t", "|")
SAMPLE = 200

# What a column may be; a bank's amount is one signed column, or one for each way.
ROLES: tuple[str, ...] = (
    "date", "amount", "debit", "credit", "description", "reference", "counterparty", "payer",
    "bank_id", "balance",
)  # fmt: skip
# Of a provider's settlement file.
PAYOUT_ROLES: tuple[str, ...] = ("transaction", "date", "gross", "fee", "net")

# Heads as banks of Bangladesh, South Africa and India write them; whole words, lower case.
_HEADS: Mapping[str, tuple[str, ...]] = {
    "transaction": ("bank tran id", "trx id", "trxid", "transaction id", "tran id", "order id"),
    "date": ("transaction date", "txn date", "trans date", "posting date", "value date", "date"),
    "gross": ("gross amount", "transaction amount", "gross", "amount", "total amount"),
    "fee": ("service charge", "merchant fee", "charges", "fees", "fee", "mdr", "commission"),
    "net": ("payable amount", "net amount", "settled amount", "store amount", "net", "payable"),
    "balance": ("running balance", "closing balance", "balance"),
    "debit": (
        "withdrawal amt", "withdrawals", "withdrawal", "debit amount", "debit", "dr", "money out",
    ),
    "credit": (
        "deposit amt", "deposits", "deposit", "credit amount", "credit", "cr", "money in",
    ),
    "amount": ("transaction amount", "amount"),
    "payer": (
        "account number", "counterparty account", "sender account", "from account", "iban",
        "account no",
    ),
    "counterparty": ("counterparty", "payer", "sender", "beneficiary", "remitter", "name", "payee"),
    "bank_id": (
        "transaction id", "txn id", "trx id", "trxid", "bank reference", "journal no", "tran id",
    ),
    "reference": (
        "your reference", "payment reference", "cheque no", "chq/ref no", "instrument",
        "reference", "ref",
    ),
    "description": (
        "transaction details", "description", "particulars", "narration", "narrative", "details",
        "remarks",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Layout:
    """How a file reads. Columns and rows count from 0; `head_row` -1 is a file without heads."""

    encoding: str = "utf-8"
    delimiter: str = ","
    head_row: int = 0
    date_format: str = ""
    mark: str = "."
    is_out_positive: bool = False  # money that left is written without a minus, and the other way
    columns: dict[str, int] = field(default_factory=dict)  # role → column

    def kept(self) -> dict[str, Any]:
        """Return it as plain values, to be stored."""
        return asdict(self)


@dataclass(frozen=True)
class Row:
    """One movement on the account; positive came in. Amounts in the company's currency."""

    row_no: int
    booked_on: date
    amount: Decimal
    description: str = ""
    reference: str = ""
    counterparty: str = ""
    payer: str = ""
    bank_id: str = ""
    balance: Decimal | None = None


@dataclass(frozen=True)
class RowRefused:
    """A row that could not be read, as it was, and why."""

    row_no: int
    cells: list[str]
    problem: str


def layout_of(kept: Mapping[str, Any]) -> Layout:
    """Return a stored layout; whatever does not belong to one is left out."""
    names = {one.name for one in fields(Layout)}
    given = {name: value for name, value in kept.items() if name in names}
    columns = given.get("columns", {})
    given["columns"] = {
        role: column
        for role, column in columns.items()
        if role in ROLES + PAYOUT_ROLES and isinstance(column, int) and column >= 0
    }
    return Layout(**given)


def missing(layout: Layout) -> str:
    """Return what a layout of a statement still lacks, "" when it is whole."""
    columns = layout.columns
    if "date" not in columns:
        return gettext_noop("Say which column holds the day.")
    if layout.date_format not in DATE_FORMATS:
        return gettext_noop("Say how days are written.")
    if "amount" not in columns and not {"debit", "credit"} <= columns.keys():
        return gettext_noop("Say which column holds the amount, or both of money in and money out.")
    if not columns.keys() & {"description", "reference", "counterparty", "bank_id"}:
        return gettext_noop("Say which column tells what a line is about.")
    return ""


def guess(
    rows: Sequence[Sequence[Cell | None]],
    *,
    encoding: str,
    delimiter: str,
    roles: Sequence[str] = ROLES,
) -> Layout:
    """Return the likeliest layout of a file's first rows; a person looks at it before its use."""
    head_row, columns = _heads(rows[:SAMPLE], roles)
    body = rows[head_row + 1 : SAMPLE]

    def cells(role: str) -> list[Cell | None]:
        place = columns.get(role)
        if place is None:
            return []
        return [row[place] if place < len(row) else None for row in body]

    if "debit" in columns and "credit" in columns:
        columns.pop("amount", None)
    days = [cell for cell in cells("date") if _looks_like_a_day(cell)]
    money = [cell for role in ("amount", "debit", "credit", "gross", "net") for cell in cells(role)]
    formats = guess_date_formats(days)
    return Layout(
        encoding=encoding,
        delimiter=delimiter,
        head_row=head_row,
        columns=columns,
        date_format=formats[0] if formats else "",
        mark=guess_mark(money),
    )


def read_row(row_no: int, cells: Sequence[Cell | None], layout: Layout) -> Row | RowRefused | None:
    """Read one row below the heads; None for a row that is empty."""
    texts = [text_of(cell) for cell in cells]
    if not any(texts):
        return None
    columns = layout.columns

    def cell(role: str) -> Cell | None:
        place = columns.get(role)
        return cells[place] if place is not None and place < len(cells) else None

    try:
        booked_on = read_date(cell("date"), layout.date_format)
        amount = _amount(cell, layout)
        if not amount:
            raise CellRefused(gettext_noop("The row has no amount."))
        balance = _balance(cell("balance"), layout)
    except CellRefused as refusal:
        return RowRefused(row_no, texts, str(refusal))
    return Row(
        row_no=row_no,
        booked_on=booked_on,
        amount=amount,
        balance=balance,
        description=text_of(cell("description"))[:300],
        reference=text_of(cell("reference"))[:80],
        counterparty=text_of(cell("counterparty"))[:120],
        payer=re.sub(r"[^0-9A-Za-z]", "", text_of(cell("payer")))[:40],
        bank_id=text_of(cell("bank_id"))[:80],
    )


def _amount(cell: Any, layout: Layout) -> Decimal:
    zero = Decimal(0)
    if "debit" in layout.columns and "credit" in layout.columns:
        out = read_amount(cell("debit"), layout.mark) or zero
        into = read_amount(cell("credit"), layout.mark) or zero
        if out and into:
            raise CellRefused(gettext_noop("The row has money in and money out at once."))
        # A bank may write what left with or without a minus; the column says it.
        return into - abs(out)
    amount = read_amount(cell("amount"), layout.mark) or zero
    return -amount if layout.is_out_positive else amount


def _balance(cell: Cell | None, layout: Layout) -> Decimal | None:
    try:
        return read_amount(cell, layout.mark)
    except CellRefused:
        return None  # only a help: no line is refused for it


def opening_and_closing(rows: Sequence[Row]) -> tuple[Decimal, Decimal] | None:
    """Return the balances before the first and after the last movement, when the file tells.

    Files run up or down in time. None when there is no balance column, or when it does not follow
    from the amounts (then it proves nothing).
    """
    if not rows or any(row.balance is None for row in rows):
        return None
    for ordered in (list(rows), list(reversed(rows))):
        balance = first = _before(ordered[0])
        for row in ordered:
            balance += row.amount
            if balance != row.balance:
                break
        else:
            return first, balance
    return None


def _before(row: Row) -> Decimal:
    return (row.balance or Decimal(0)) - row.amount


def _heads(
    rows: Sequence[Sequence[Cell | None]], roles: Sequence[str]
) -> tuple[int, dict[str, int]]:
    best: tuple[int, dict[str, int]] = (-1, {})
    for number, row in enumerate(rows[:40]):
        texts = [re.sub(r"[^a-z/ ]", " ", text_of(cell).lower()).strip() for cell in row]
        found: dict[str, int] = {}
        for exactly in (True, False):
            for role in roles:
                for head in _HEADS[role]:
                    place = _place(texts, head, exactly, taken=set(found.values()))
                    if role not in found and place is not None:
                        found[role] = place
        if len(found) > len(best[1]):
            best = number, found
    return best if len(best[1]) > 1 else (-1, {})


def _place(texts: Sequence[str], head: str, exactly: bool, *, taken: set[int]) -> int | None:
    for place, text in enumerate(texts):
        if place in taken or not text:
            continue
        words = re.sub(r"\s+", " ", text)
        if words == head or (not exactly and len(words) < 40 and f" {head} " in f" {words} "):
            return place
    return None


def _looks_like_a_day(cell: Cell | None) -> bool:
    return isinstance(cell, date) or bool(
        re.search(r"\d", text_of(cell)) and len(text_of(cell)) <= 25
    )
