"""Reading the daily statement: one line per movement, tab-delimited.

Columns: date, code, transaction id, description, amount, effect (+ or −), VAT, three extra texts,
ledger description. Unpaid lines carry the reason in the description ("- Code: 02"), in some files
as a column of its own; so the effect is looked for, not counted to.
"""

import re
from datetime import date
from decimal import Decimal

from payments.online.gateways.netcash import amounts, reports
from payments.online.gateways.netcash.contract import NetcashDown, Statement, StatementLine

_CODE = re.compile(r"[A-Z]{3}", re.ASCII)
ZERO = Decimal("0.00")  # nought less nought has no sign
_REASON = re.compile(r"Code\s*:?\s*(\d{1,3})\b", re.IGNORECASE | re.ASCII)


def statement(text: str) -> Statement:
    """Read a statement; what cannot be read is kept in `unread`.

    Raises NetcashDown when there are lines but none can be read.
    """
    read: list[StatementLine] = []
    unread: list[str] = []
    for row in reports.lines(text):
        if row.startswith("###"):
            continue
        line = _line(row)
        if line is None:
            unread.append(row[:500])
        else:
            read.append(line)
    if unread and not read:
        raise NetcashDown("the statement cannot be read", was_sent=True)
    return Statement(lines=tuple(read), unread=tuple(unread))


def _line(row: str) -> StatementLine | None:
    fields = [field.strip() for field in row.split("\t")]
    if len(fields) < 6:
        return None
    day: date | None = reports.day(fields[0])
    code = fields[1].upper()
    effect = _effect(fields)
    if day is None or not _CODE.fullmatch(code) or effect is None:
        return None
    amount = amounts.read_rand(fields[effect - 1])
    if amount is None:
        return None
    description = " ".join(filter(None, fields[3 : effect - 1]))
    after = (*fields[effect + 1 :], "", "", "", "", "")
    reason = _REASON.search(description)
    return StatementLine(
        day=day,
        code=code,
        transaction_id=fields[2],
        description=description,
        amount=ZERO - abs(amount) if fields[effect] == "-" else abs(amount),
        vat=amounts.read_rand(after[0]),
        extras=(after[1], after[2], after[3]),
        ledger=after[4],
        reason=reason[1].zfill(2) if reason else "",
        raw=row[:1000],
    )


def _effect(fields: list[str]) -> int | None:
    for index in range(4, len(fields)):
        if fields[index] in {"+", "-"} and amounts.read_rand(fields[index - 1]) is not None:
            return index
    return None
