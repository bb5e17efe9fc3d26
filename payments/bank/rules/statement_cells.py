"""Read the cells of a bank's or a provider's file: days and amounts, however they are written.

Pure. A cell is a text as a CSV holds it, or what a workbook knows better: a `Decimal` or a `date`.
Amounts are in the company's currency, at most two decimals (docs/algorithms/matching.md).
"""

import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from ispbill.core.digits import latin
from ispbill.core.marking import gettext_noop

Cell = str | Decimal | date

EARLIEST, LATEST = 2000, 2099
LARGEST = Decimal("999999999999.99")

# The ways a day may be written, in the order they are guessed: what all cells fit comes first.
DATE_FORMATS: tuple[str, ...] = (
    "YYYY-MM-DD", "DD/MM/YYYY", "MM/DD/YYYY", "DD-MM-YYYY", "DD.MM.YYYY", "DD MON YYYY",
    "DD/MM/YY", "MM/DD/YY", "DD-MM-YY", "DD MON YY", "YYYYMMDD", "YYYY/MM/DD", "MON DD YYYY",
)  # fmt: skip
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_TIME = re.compile(r"(?:[T ]|\s+)\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:\.\d+)?)?\s*(?:[AaPp][Mm])?Z?$")
_PARTS = {"YYYY": r"(\d{4})", "YY": r"(\d{2})", "MM": r"(\d{1,2})", "DD": r"(\d{1,2})"}
_GROUPED = {
    ".": re.compile(r"\d{1,3}(?:,\d{2,3})*,\d{3}(?:\.\d*)?|\d*(?:\.\d*)?"),
    ",": re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d*)?|\d*(?:,\d*)?"),
}
_SIGN_AFTER = re.compile(r"\s*(CR|DR|C|D|\+|-)\.?$", re.IGNORECASE)
_CURRENCY = re.compile(
    r"^(?:৳|₹|BDT|ZAR|INR|TK\.?|RS\.?|R)\s*|\s*(?:BDT|ZAR|INR|TK\.?)$", re.IGNORECASE
)


class CellRefused(ValueError):
    """A cell is not what its column should hold; the message is for the person who reads it."""


def text_of(cell: Cell | None) -> str:
    """Return a cell as one line of text."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        cell = cell.date()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, Decimal):
        return f"{cell.normalize():f}" if cell == cell.to_integral_value() else f"{cell:f}"
    return " ".join(cell.replace("\x00", "").split())


def read_date(cell: Cell | None, written: str) -> date:
    """Return the day a cell names in the format `written` (one of `DATE_FORMATS`).

    A time of day behind it is left out. Raises CellRefused.
    """
    if isinstance(cell, datetime):
        return _plausible(cell.date())
    if isinstance(cell, date):
        return _plausible(cell)
    text = _TIME.sub("", latin(text_of(cell))).strip()
    if not text:
        raise CellRefused(gettext_noop("The day is missing."))
    found = _taken_apart(text, written)
    if found is None:
        raise CellRefused(gettext_noop("The day is not written as chosen."))
    return _plausible(found)


def guess_date_formats(cells: Iterable[Cell | None]) -> list[str]:
    """Return the formats that read every cell, the likeliest first; all days are plausible then."""
    seen = [cell for cell in cells if text_of(cell)]
    if not seen:
        return []
    fitting = []
    for written in DATE_FORMATS:
        try:
            for cell in seen:
                read_date(cell, written)
        except CellRefused:
            continue
        fitting.append(written)
    return fitting


def read_amount(cell: Cell | None, mark: str = ".") -> Decimal | None:
    """Return a signed amount, None for an empty cell. `mark` begins the decimals: "." or ",".

    Takes grouping of the other mark or of spaces, a minus before or after, brackets for a minus,
    `CR`/`DR` behind it (DR is negative), a currency's mark. Raises CellRefused.
    """
    if isinstance(cell, Decimal):
        return _exact(cell)
    if isinstance(cell, date):
        raise CellRefused(gettext_noop("The amount is a day."))
    text = latin(text_of(cell)).replace("\u00a0", " ").replace("−", "-")
    if text in ("", "-", "–", "—"):
        return None
    sign = 1
    if text.startswith("(") and text.endswith(")"):
        sign, text = -1, text[1:-1].strip()
    if after := _SIGN_AFTER.search(text):
        sign = -sign if after[1].upper() in ("DR", "D", "-") else sign
        text = text[: after.start()]
    text = _CURRENCY.sub("", text.strip()).strip()
    if text[:1] in "+-" and text:
        sign = -sign if text[0] == "-" else sign
        text = _CURRENCY.sub("", text[1:].strip()).strip()
    plain = re.sub(r"[ '\u202f]", "", text)
    if (
        not plain.isascii()
        or not any(c.isdigit() for c in plain)
        or not _GROUPED[mark].fullmatch(plain)
    ):
        raise CellRefused(gettext_noop("The amount is not a number."))
    other = "," if mark == "." else "."
    return _exact(sign * Decimal(plain.replace(other, "").replace(mark, ".").rstrip(".") or "0"))


def guess_mark(cells: Iterable[Cell | None]) -> str:
    """Return what begins the decimals in a column of amounts: a comma only when it is plain."""
    commas = points = 0
    for cell in cells:
        if not isinstance(cell, str):
            continue
        tail = re.search(r"([.,])(\d{1,2})\D*$", cell.strip())
        commas += bool(tail and tail[1] == ",")
        points += bool(tail and tail[1] == ".")
    return "," if commas > points else "."


def _taken_apart(text: str, written: str) -> date | None:
    if "MON" in written:
        words = re.split(r"[\s,./-]+", text)
        if len(words) != 3:
            return None
        day, month, year = words if written.startswith("DD") else (words[1], words[0], words[2])
        number = _MONTHS.get(month[:3].lower())
        if number is None or not day.isdigit() or not year.isdigit():
            return None
        if len(year) != (4 if written.endswith("YYYY") else 2):
            return None
        return _day(int(year), number, int(day))
    names = re.findall(r"YYYY|YY|MM|DD", written)
    pattern = re.escape(written)
    for name in names:
        part = r"(\d{2})" if written == "YYYYMMDD" and name != "YYYY" else _PARTS[name]
        pattern = pattern.replace(name, part, 1)
    match = re.fullmatch(pattern, text)
    if match is None:
        return None
    given = {name[0]: int(value) for name, value in zip(names, match.groups(), strict=True)}
    return _day(given["Y"], given["M"], given["D"])


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year + 2000 if year < 100 else year, month, day)
    except ValueError:
        return None


def _plausible(day: date) -> date:
    if not EARLIEST <= day.year <= LATEST:
        raise CellRefused(gettext_noop("The year cannot be meant."))
    return day


def _exact(amount: Decimal) -> Decimal:
    if not amount.is_finite() or abs(amount) > LARGEST:
        raise CellRefused(gettext_noop("The amount is too large."))
    cents = amount.quantize(Decimal("0.01"))
    if cents != amount:
        raise CellRefused(gettext_noop("The amount has more than two decimals."))
    return abs(cents) if cents.is_zero() else cents
