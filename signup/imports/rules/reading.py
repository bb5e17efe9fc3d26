"""What one row says: each cell read, and what is wrong with it said by column and code."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal

from ispbill.core.marking import gettext_noop
from payments.bank.rules import statement_cells
from payments.bank.rules.statement_cells import CellRefused
from signup.imports.rules.fields import NEEDED, SYSTEMS

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
# 8.80171E+12: a spreadsheet has taken the number apart, its end is lost.
_LOST = re.compile(r"[0-9][.,][0-9]+E\+?[0-9]+", re.I)
WARNINGS = ("bad_email",)


@dataclass(frozen=True)
class Way:
    """How the file is read: its system, which field stands where, how days and amounts look."""

    system: str
    mapping: Mapping[str, int]
    date_format: str
    decimal_mark: str


@dataclass(frozen=True)
class Problem:
    """What is wrong in a column (a field, "" for the row). The message is English, to be put
    into the reader's language where it is shown."""

    column: str
    code: str
    message: str


@dataclass(frozen=True)
class Said:
    """What a row says. Phones as typed; `balance` in the company's currency, positive: owes."""

    source_id: str
    name: str
    phone: str
    alternate_phone: str = ""
    email: str = ""
    national_id: str = ""
    address: str = ""
    area: str = ""
    customer_since: date | None = None
    notes: str = ""
    package: str = ""
    status: str = "ACTIVE"
    connection_id: str = ""
    billing_day: int | None = None
    price: Decimal | None = None
    next_billing_date: date | None = None
    activated_on: date | None = None
    balance: Decimal = Decimal(0)
    next_bill: Decimal | None = None
    problems: tuple[Problem, ...] = field(default=(), compare=False)

    @property
    def digest(self) -> str:
        """Return a fingerprint of what is said."""
        told = {name: str(value) for name, value in asdict(self).items() if name != "problems"}
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def is_skipped(cells: Sequence[str], columns: Sequence[str], system: str) -> bool:
    """Tell whether the other system's sheet has this row for something we do not take in."""
    known = {name.strip().lower(): place for place, name in enumerate(columns)}
    for column, word in SYSTEMS[system].skips.items():
        place = known.get(column)
        if place is not None and place < len(cells) and cells[place].strip().lower() == word:
            return True
    return False


def is_lead(cells: Sequence[str], columns: Sequence[str], system: str) -> bool:
    """Tell whether the row is somebody who may become a customer."""
    known = {name.strip().lower(): place for place, name in enumerate(columns)}
    for column, words in SYSTEMS[system].leads.items():
        place = known.get(column)
        if place is not None and place < len(cells) and cells[place].strip().lower() in words:
            return True
    return False


def read(cells: Sequence[str], way: Way) -> Said:
    """Read a row; what cannot be read is among its problems."""
    problems: list[Problem] = []
    text = _texts(cells, way)
    for name in NEEDED:
        if not text[name]:
            problems.append(Problem(name, "missing", gettext_noop("This is missing.")))
    if _LOST.fullmatch(text["phone"]):
        said = gettext_noop("The spreadsheet has lost the end of the number.")
        problems.append(Problem("phone", "phone_lost_in_excel", said))
    phone, second = _phones(text["phone"], text["alternate_phone"])
    email = text["email"]
    if email and not _EMAIL.fullmatch(email):
        problems.append(Problem("email", "bad_email", gettext_noop("No e-mail address; left out.")))
        email = ""
    return Said(
        source_id=text["source_id"][:80],
        name=text["name"][:120],
        phone=phone,
        alternate_phone=second,
        email=email,
        national_id=text["national_id"][:40],
        address=text["address"][:240],
        area=text["area"],
        notes=text["notes"],
        package=text["package"],
        connection_id=text["connection_id"][:80],
        customer_since=read_day("customer_since", text, way, problems),
        activated_on=read_day("activated_on", text, way, problems),
        next_billing_date=read_day("next_billing_date", text, way, problems),
        status=_status(text["status"], way, problems),
        billing_day=_billing_day(text["billing_day"], problems),
        price=_price(text, way, problems),
        balance=_balance(text, way, problems),
        next_bill=read_amount("next_bill", text, way, problems),
        problems=tuple(problems),
    )


def _texts(cells: Sequence[str], way: Way) -> dict[str, str]:
    nothing = SYSTEMS[way.system].nothing
    found = {}
    for name in SYSTEMS["PLAIN"].columns:
        place = way.mapping.get(name)
        text = cells[place].strip() if place is not None and place < len(cells) else ""
        found[name] = "" if text == nothing.get(name) else " ".join(text.split())
    return found


def _phones(phone: str, second: str) -> tuple[str, str]:
    first, _comma, rest = phone.partition(",")
    return first.strip(), second or rest.partition(",")[0].strip()


def read_day(name: str, text: Mapping[str, str], way: Way, problems: list[Problem]) -> date | None:
    if not text[name] or text[name].startswith("0000"):
        return None
    try:
        return statement_cells.read_date(text[name], way.date_format)
    except CellRefused as error:
        problems.append(Problem(name, "bad_date", str(error)))
        return None


def _status(word: str, way: Way, problems: list[Problem]) -> str:
    system = SYSTEMS[way.system]
    found = system.statuses.get(word.lower(), system.otherwise) if word else "ACTIVE"
    if not found:
        said = gettext_noop("This state is not known.")
        problems.append(Problem("status", "unknown_status", said))
    return found or "PENDING"


def _billing_day(word: str, problems: list[Problem]) -> int | None:
    if not word:
        return None
    if not word.isascii() or not word.isdigit() or not 1 <= int(word) <= 31:
        said = gettext_noop("A billing day lies between 1 and 31.")
        problems.append(Problem("billing_day", "bad_day", said))
        return None
    return int(word)


def _price(text: Mapping[str, str], way: Way, problems: list[Problem]) -> Decimal | None:
    price = read_amount("price", text, way, problems)
    if price is not None and price < 0:
        said = gettext_noop("A price is not below zero.")
        problems.append(Problem("price", "bad_amount", said))
        return None
    return price


def _balance(text: Mapping[str, str], way: Way, problems: list[Problem]) -> Decimal:
    owed = read_amount("balance", text, way, problems) or Decimal(0)
    if SYSTEMS[way.system].is_credit_positive:
        owed = -owed
    return owed - (read_amount("credit", text, way, problems) or Decimal(0))


def read_amount(
    name: str, text: Mapping[str, str], way: Way, problems: list[Problem]
) -> Decimal | None:
    try:
        return statement_cells.read_amount(text[name], way.decimal_mark)
    except CellRefused as error:
        problems.append(Problem(name, "bad_amount", str(error)))
        return None
