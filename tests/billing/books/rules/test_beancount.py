"""The plain-text journal says what we said; read back by a reader that knows nothing of ours."""

import re
import shutil
import subprocess
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.books.rules import beancount
from billing.books.rules.beancount import Booked, Written

# The part of the language we write, from its published syntax.
ACCOUNT = r"(?:Assets|Liabilities|Equity|Income|Expenses)(?::[A-Z0-9][A-Za-z0-9-]*)+"
STRING = r'"(?:[^"\\]|\\.)*"'
OPEN = re.compile(rf"(\d{{4}}-\d\d-\d\d) open ({ACCOUNT}) ([A-Z]{{3}})")
HEAD = re.compile(rf"(\d{{4}}-\d\d-\d\d) \* ({STRING})(?: ({STRING}))?")
META = re.compile(rf"  [a-z][a-z0-9-]*: {STRING}")
POSTING = re.compile(rf"  ({ACCOUNT})  (-?\d+\.\d\d) ([A-Z]{{3}})")
BALANCE = re.compile(rf"(\d{{4}}-\d\d-\d\d) balance ({ACCOUNT})  (-?\d+\.\d\d) ([A-Z]{{3}})")
OPTION = re.compile(rf"option {STRING} {STRING}")


class Refused(Exception):
    """The file is not what the syntax allows, or does not balance."""


def read(text):
    """Read a file strictly: every line known, every entry balanced, every balance true."""
    opened, sums, entries, current = set(), {}, [], None
    for line in text.split("\n"):
        if match := POSTING.fullmatch(line):
            if current is None or match[1] not in opened:
                raise Refused(line)
            current["postings"].append((match[1], Decimal(match[2])))
            sums[match[1]] = sums.get(match[1], Decimal(0)) + Decimal(match[2])
        elif META.fullmatch(line):
            pass
        elif match := OPEN.fullmatch(line):
            opened.add(match[2])
        elif match := HEAD.fullmatch(line):
            current = {"on": match[1], "words": match[0], "postings": []}
            entries.append(current)
        elif match := BALANCE.fullmatch(line):
            if sums.get(match[2], Decimal(0)) != Decimal(match[3]):
                raise Refused(line)
        elif line and not OPTION.fullmatch(line):
            raise Refused(line)
    _refuse_unbalanced(entries)
    return entries, sums


def _refuse_unbalanced(entries):
    if any(sum(amount for _name, amount in entry["postings"]) for entry in entries):
        raise Refused("an entry does not balance")


CHART = [
    Booked(1000, "Cash", "ASSET"),
    Booked(1100, "Receivables from customers", "ASSET"),
    Booked(2200, "Tax payable", "LIABILITY"),
    Booked(4000, "আয় (Internet)", "INCOME"),
    Booked(5100, "", "EXPENSE"),
]


def file(entries, opening=(), closing=None):
    sums = dict(opening)
    for entry in entries:
        for code, amount in entry.postings:
            sums[code] = sums.get(code, Decimal(0)) + amount
    return "".join(
        beancount.lines(
            title='The "best" ISP\\',
            currency="BDT",
            opened_on=date(2026, 1, 1),
            accounts=CHART,
            opening=opening,
            entries=entries,
            closing_on=date(2026, 2, 1),
            closing=sorted((sums if closing is None else closing).items()),
        )
    )


def entry(number, amount, party="CT-2026-00001 Rahim", memo=""):
    return Written(
        number,
        date(2026, 1, 5),
        "INVOICE",
        f"INV-{number}",
        party,
        "HQ",
        memo,
        ((1100, amount), (4000, -amount)),
    )


amounts = (
    st.integers(1, 10**12)
    .map(lambda cents: Decimal(cents) / 100)
    .map(lambda amount: amount.quantize(Decimal("0.01")))
)
texts = st.text(max_size=40)


def test_accounts_keep_their_code_and_their_kind():
    assert [beancount.account_name(account) for account in CHART] == [
        "Assets:1000-Cash",
        "Assets:1100-Receivables-from-customers",
        "Liabilities:2200-Tax-payable",
        "Income:4000-Internet",
        "Expenses:5100",
    ]


@given(rows=st.lists(st.tuples(amounts, texts, texts), max_size=6))
def test_what_is_written_is_what_is_read_whatever_people_are_called(rows):
    written = [
        entry(number, amount, party, memo) for number, (amount, party, memo) in enumerate(rows)
    ]

    entries, sums = read(file(written))

    assert [one["postings"][0][1] for one in entries] == [amount for amount, _p, _m in rows]
    assert sums.get("Income:4000-Internet", Decimal(0)) == -sum(amount for amount, _p, _m in rows)


def test_openings_are_carried_and_checked_at_the_end():
    opening = [(1000, Decimal("500.00")), (2200, Decimal("-500.00"))]

    entries, sums = read(file([entry(1, Decimal("10.00"))], opening))

    assert "Opening balances" in entries[0]["words"]
    assert sums["Assets:1000-Cash"] == Decimal("500.00")


def test_a_file_that_lost_an_entry_does_not_pass():
    whole = file([entry(1, Decimal("10.00")), entry(2, Decimal("7.00"))])
    head, tail = whole.index('\n2026-01-05 * "CT'), whole.rindex('\n2026-01-05 * "CT')

    with pytest.raises(Refused):
        read(whole[:head] + whole[tail:])


@pytest.mark.skipif(shutil.which("bean-check") is None, reason="beancount is not installed")
def test_beancount_itself_takes_the_file(tmp_path):
    opening = [(1000, Decimal("500.00")), (2200, Decimal("-500.00"))]
    path = tmp_path / "journal.beancount"
    path.write_text(file([entry(1, Decimal("10.00"), 'a "b" \\ c')], opening))

    subprocess.run(["bean-check", path], check=True)
