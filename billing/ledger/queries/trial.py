"""Balances of accounts for any days and branch: sealed days by their totals, the rest by rows.

What is sealed never changes, so its totals (billing.LedgerDay) are as good as the rows; only the
entries of the last hours are added up one by one.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billing.ledger.models import Account
from ispbill.core import statements

_MOVES = """
    SELECT d.posted_on, d.branch_id, d.account_id, d.kind, d.debit_amount AS debit,
           d.credit_amount AS credit
    FROM billing_ledgerday d
    UNION ALL
    SELECT e.posted_on, e.branch_id, p.account_id, e.kind, greatest(p.amount, 0),
           greatest(-p.amount, 0)
    FROM billing_journalentry e JOIN billing_posting p ON p.entry_id = e.id
    WHERE e.id > (SELECT coalesce(max(last_id), 0) FROM billing_ledgerseal)
"""

_TRIAL = f"""
    SELECT account_id,
           coalesce(sum(debit - credit) FILTER (WHERE posted_on < %(start)s), 0),
           coalesce(sum(debit) FILTER (WHERE posted_on >= %(start)s), 0),
           coalesce(sum(credit) FILTER (WHERE posted_on >= %(start)s), 0)
    FROM ({_MOVES}) m
    WHERE posted_on <= %(end)s AND (%(branch)s::bigint IS NULL OR branch_id = %(branch)s::bigint)
    GROUP BY account_id
"""

_MONTHS = f"""
    SELECT date_trunc('month', posted_on)::date AS month, kind, sum(debit), sum(credit)
    FROM ({_MOVES}) m
    WHERE account_id = %(account)s AND posted_on <= %(end)s
      AND (%(branch)s::bigint IS NULL OR branch_id = %(branch)s::bigint)
    GROUP BY 1, 2 ORDER BY 1, 2
"""

_KINDS = f"""
    SELECT kind, sum(debit - credit) FROM ({_MOVES}) m
    WHERE account_id = %(account)s AND posted_on BETWEEN %(start)s AND %(end)s
      AND (%(branch)s::bigint IS NULL OR branch_id = %(branch)s::bigint)
    GROUP BY kind
"""

_DAYS = f"""
    SELECT posted_on, kind, sum(debit) FROM ({_MOVES}) m
    WHERE posted_on BETWEEN %(start)s AND %(end)s
      AND (%(branch)s::bigint IS NULL OR branch_id = %(branch)s::bigint)
    GROUP BY 1, 2 ORDER BY 1 DESC, 2
"""

NO_BEGINNING = date(1, 1, 1)


@dataclass(frozen=True)
class Balance:
    """An account over some days: before, in and out, after. Debit positive, company's currency."""

    account: Account
    opening: Decimal
    moved_in: Decimal
    moved_out: Decimal

    @property
    def amount(self) -> Decimal:
        return self.opening + self.moved_in - self.moved_out

    @property
    def debit(self) -> Decimal:
        return max(self.amount, Decimal(0))

    @property
    def credit(self) -> Decimal:
        return max(-self.amount, Decimal(0))


@dataclass(frozen=True)
class Trial:
    """The balance of every account; the two sides are equal when the books hold."""

    balances: list[Balance]

    @property
    def debit(self) -> Decimal:
        return sum((one.debit for one in self.balances), start=Decimal(0))

    @property
    def credit(self) -> Decimal:
        return sum((one.credit for one in self.balances), start=Decimal(0))

    @property
    def moved_in(self) -> Decimal:
        return sum((one.moved_in for one in self.balances), start=Decimal(0))

    @property
    def moved_out(self) -> Decimal:
        return sum((one.moved_out for one in self.balances), start=Decimal(0))

    @property
    def is_balanced(self) -> bool:
        return self.debit == self.credit and self.moved_in == self.moved_out


@dataclass(frozen=True)
class MonthMove:
    """What one kind of entry moved on an account in one month (`month` is its first day)."""

    month: date
    kind: str
    debit: Decimal
    credit: Decimal


@dataclass(frozen=True)
class DayMove:
    """The turnover (sum of debits) one kind of entry made on one day."""

    on: date
    kind: str
    turnover: Decimal


def trial_balance(*, end: date, start: date | None = None, branch_id: int | None = None) -> Trial:
    """Return every account at the end of the company date `end`, with what moved since `start`.

    Without `start` everything since the beginning is a movement and openings are zero.
    """
    moved = _moved(start=start or NO_BEGINNING, end=end, branch_id=branch_id)
    nothing = (Decimal(0), Decimal(0), Decimal(0))
    return Trial(
        [Balance(one, *moved.get(one.code, nothing)) for one in Account.objects.order_by("code")]
    )


def of_account(
    account: Account, *, start: date, end: date, branch_id: int | None = None
) -> Balance:
    """Return one account over the days `start` to `end`."""
    moved = _moved(start=start, end=end, branch_id=branch_id)
    return Balance(account, *moved.get(account.code, (Decimal(0), Decimal(0), Decimal(0))))


def by_month(*, account: int, end: date, branch_id: int | None = None) -> list[MonthMove]:
    """Return what moved an account month by month and kind by kind, up to the day `end`."""
    rows = statements.read(_MONTHS, {"account": account, "end": end, "branch": branch_id})
    return [MonthMove(*row) for row in rows]


def by_account_kind(
    *, account: int, start: date, end: date, branch_id: int | None = None
) -> dict[str, Decimal]:
    """Return what moved an account in these days by kind of entry; debit positive."""
    return dict(
        statements.read(
            _KINDS, {"account": account, "start": start, "end": end, "branch": branch_id}
        )
    )


def by_day(*, start: date, end: date, branch_id: int | None = None) -> list[DayMove]:
    """Return the turnover of each day by kind of entry, latest day first."""
    rows = statements.read(_DAYS, {"start": start, "end": end, "branch": branch_id})
    return [DayMove(*row) for row in rows]


def _moved(
    *, start: date, end: date, branch_id: int | None
) -> dict[int, tuple[Decimal, Decimal, Decimal]]:
    rows = statements.read(_TRIAL, {"start": start, "end": end, "branch": branch_id})
    return {row[0]: (row[1], row[2], row[3]) for row in rows}
