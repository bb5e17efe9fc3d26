"""The debit-order file: tab-delimited, H(eader) K(eys) T(ransactions) F(ooter), amounts in cents.

Field numbers are Netcash's: 101 account reference, 102 account name, 131 banking detail type
(1 bank), 132 account holder, 133 kind of account, 134 branch, 135 filler, 136 account number,
162 amount in cents, 301-303 texts that come back in the statement.
"""

import re
import unicodedata
from collections import Counter

from ispbill.core.marking import gettext_noop
from payments.online.gateways.netcash import amounts
from payments.online.gateways.netcash.contract import Batch, DebitLine, Instruction, NetcashRefused

REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{1,21}", re.ASCII)
_BRANCH = re.compile(r"\d{6}", re.ASCII)
_ACCOUNT = re.compile(r"\d{4,11}", re.ASCII)
_BANKED = ("101", "102", "131", "132", "133", "134", "135", "136", "162", "301", "302", "303")
_COMPACT = ("101", "162", "301", "302", "303")
_LONGEST = 50


def write(batch: Batch, *, service_key: str, vendor_key: str) -> str:
    """Return the file. Raises NetcashRefused naming every line that cannot go as it is."""
    problems = _problems(batch)
    if problems:
        raise NetcashRefused("", gettext_noop("The batch cannot be written"), problems)
    compact = batch.instruction is Instruction.COMPACT_TWO_DAY
    day = batch.action_date.strftime("%Y%m%d")
    rows = [
        ("H", service_key, "1", batch.instruction.value, plain(batch.name), day, vendor_key),
        ("K", *(_COMPACT if compact else _BANKED)),
        *(("T", *(_compact(line) if compact else _banked(line))) for line in batch.lines),
        (
            "F",
            str(len(batch.lines)),
            str(sum(amounts.cents(one.amount) for one in batch.lines)),
            "9999",
        ),
    ]
    return "\n".join("\t".join(row) for row in rows) + "\n"


def plain(text: str, longest: int = _LONGEST) -> str:
    """Return a text that cannot break a file: no tabs, line ends or other control characters."""
    kept = "".join(" " if unicodedata.category(one)[0] in "CZ" else one for one in text)
    return " ".join(kept.split())[:longest].strip()


def _banked(line: DebitLine) -> tuple[str, ...]:
    bank = line.bank
    if bank is None:
        raise NetcashRefused("", gettext_noop("The bank details are missing"))
    return (
        line.account_reference,
        plain(line.name),
        "1",
        plain(bank.holder),
        str(int(bank.kind)),
        bank.branch_code,
        "0",
        bank.number,
        str(amounts.cents(line.amount)),
        *_extras(line),
    )


def _compact(line: DebitLine) -> tuple[str, ...]:
    return (line.account_reference, str(amounts.cents(line.amount)), *_extras(line))


def _extras(line: DebitLine) -> tuple[str, ...]:
    return (*(plain(text) for text in line.extras), "", "", "")[:3]


def _problems(batch: Batch) -> list[str]:
    found = []
    if not plain(batch.name):
        found.append("the batch has no name")
    if not batch.lines:
        found.append("the batch has no lines")
    times = Counter(line.account_reference.upper() for line in batch.lines)
    found += [f"{reference}: twice in the batch" for reference, n in times.items() if n > 1]
    for line in batch.lines:
        found += [f"{line.account_reference}: {words}" for words in _line_problems(line, batch)]
    return found


def _line_problems(line: DebitLine, batch: Batch) -> list[str]:
    found = []
    if not REFERENCE.fullmatch(line.account_reference):
        found.append("the reference must have 2 to 22 letters and digits")
    try:
        amounts.cents(line.amount)
    except NetcashRefused as error:
        found.append(error.words)
    if len(line.extras) > 3:
        found.append("more than three extra texts")
    if batch.instruction is Instruction.COMPACT_TWO_DAY:
        return found
    if not plain(line.name):
        found.append("the name is empty")
    bank = line.bank
    if bank is None:
        return [*found, "the bank details are missing"]
    if not plain(bank.holder):
        found.append("the account holder is empty")
    if not _ACCOUNT.fullmatch(bank.number):
        found.append("the account number must have 4 to 11 digits")
    if not _BRANCH.fullmatch(bank.branch_code):
        found.append("the branch code must have 6 digits")
    return found
