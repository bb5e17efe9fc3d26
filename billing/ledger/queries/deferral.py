"""Deferred revenue as the rows say: what was billed ahead, given back, and earned by a day.

The SQL twin of `billing.ledger.rules.recognition`: cumulative amounts, each rounded half-up once.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Max

from billing.ledger.models import Recognition
from billing.ledger.queries import trial
from billing.ledger.rules.chart import Chart
from ispbill.core import statements

# Lines of issued invoices whose revenue was put aside, as of the end of a day. A void invoice was
# never there from the day its entry was reversed.
_LINES = """
    SELECT l.id, i.branch_id, i.customer_id, l.net_amount AS net,
           CASE l.kind WHEN 'ADDON' THEN 4050 ELSE 4000 END AS income,
           coalesce(l.span, daterange(i.issued_on, i.issued_on + 1)) AS days
    FROM billing_invoiceline l
    JOIN billing_invoice i ON i.id = l.invoice_id
    WHERE l.account_id = 2400 AND i.status <> 'DRAFT' AND i.issued_on <= %(as_of)s
      AND NOT EXISTS (
          SELECT FROM billing_journalentry e JOIN billing_journalentry r ON r.reverses_id = e.id
          WHERE e.source_type = 'invoice' AND e.source_id = i.id AND e.kind = 'INVOICE'
            AND r.posted_on <= %(as_of)s AND i.status = 'VOID')
"""

# Credits count from their day, over the days they give back or else over all days of the line.
_CREDITS = """
    SELECT c.line_id, c.net_amount AS net, coalesce(c.days, l.days) AS days
    FROM billing_creditnoteline c
    JOIN billing_creditnote n ON n.id = c.note_id
    JOIN line l ON l.id = c.line_id
    WHERE c.account_id = 2400 AND n.issued_on <= %(as_of)s
"""


def _elapsed(days: str) -> str:
    """SQL for how many of a span's days are over at the end of `as_of`, of how many."""
    over = f"(least(%(as_of)s::date + 1, upper({days})) - lower({days}))"
    return f"greatest({over}, 0) / (upper({days}) - lower({days}))"


_EARNED = f"""
    WITH line AS MATERIALIZED ({_LINES}),
    credit AS (
        SELECT line_id, sum(net) AS net, sum(round(net * {_elapsed("c.days")}, 2)) AS unearned
        FROM ({_CREDITS}) c GROUP BY line_id
    ),
    state AS (
        SELECT l.*, coalesce(c.net, 0) AS credited,
               round(l.net * {_elapsed("l.days")}, 2) - coalesce(c.unearned, 0) AS earned
        FROM line l LEFT JOIN credit c ON c.line_id = l.id
    )
"""

_TARGETS = f"{_EARNED} SELECT branch_id, income, sum(earned) FROM state GROUP BY 1, 2 ORDER BY 1, 2"

_POSTED = """
    SELECT e.branch_id, p.account_id, -sum(p.amount)
    FROM billing_journalentry e JOIN billing_posting p ON p.entry_id = e.id
    WHERE e.source_type = 'recognition' AND p.account_id <> 2400
    GROUP BY 1, 2 ORDER BY 1, 2
"""

_CUSTOMERS = f"""
    {_EARNED}
    SELECT c.number, c.name, sum(s.net), sum(s.credited), sum(s.earned),
           sum(s.net - s.credited - s.earned) AS remaining, max(upper(s.days)) - 1 AS until
    FROM state s JOIN customers_customer c ON c.id = s.customer_id
    WHERE %(branch)s::bigint IS NULL OR s.branch_id = %(branch)s::bigint
    GROUP BY c.id, c.number, c.name
    HAVING sum(s.net - s.credited - s.earned) <> 0
    ORDER BY remaining DESC, c.number
    LIMIT %(limit)s OFFSET %(offset)s
"""

_SUMS = f"""
    {_EARNED}
    SELECT coalesce(sum(net), 0), coalesce(sum(credited), 0), coalesce(sum(earned), 0),
           count(DISTINCT customer_id) FILTER (WHERE net - credited - earned <> 0)
    FROM state WHERE %(branch)s::bigint IS NULL OR branch_id = %(branch)s::bigint
"""

Key = tuple[int, int]  # branch, income account


@dataclass(frozen=True)
class Share:
    """A customer's part: billed ahead, given back, earned and still to earn; net amounts."""

    number: str
    name: str
    billed: Decimal
    credited: Decimal
    earned: Decimal
    remaining: Decimal
    until: date  # the last day that is paid for ahead


@dataclass(frozen=True)
class Sums:
    """All customers together."""

    billed: Decimal
    credited: Decimal
    earned: Decimal
    customers: int

    @property
    def remaining(self) -> Decimal:
        return self.billed - self.credited - self.earned


@dataclass(frozen=True)
class Month:
    """Account 2400 over one month, as amounts owed to customers (credit positive)."""

    first: date
    opening: Decimal
    billed: Decimal
    given_back: Decimal
    recognised: Decimal
    other: Decimal

    @property
    def closing(self) -> Decimal:
        return self.opening + self.billed - self.given_back - self.recognised + self.other


def targets(*, as_of: date) -> dict[Key, Decimal]:
    """Return what is earned up to the end of `as_of`, by branch and income account."""
    return _amounts(_TARGETS, {"as_of": as_of})


def posted() -> dict[Key, Decimal]:
    """Return what was recognised so far, by branch and income account."""
    return _amounts(_POSTED, {})


def recognised_through() -> date | None:
    """Return the latest day that revenue was recognised for."""
    found: date | None = Recognition.objects.aggregate(last=Max("as_of"))["last"]
    return found


def is_recognised(*, through: date) -> bool:
    """Tell whether everything earned up to the end of `through` is in the books."""
    last = recognised_through()
    if last is not None and last >= through:
        return True
    wanted, got = targets(as_of=through), posted()
    return all(wanted.get(key, 0) == got.get(key, 0) for key in {*wanted, *got})


def sums(*, as_of: date, branch_id: int | None = None) -> Sums:
    """Return billed, given back and earned up to the end of `as_of`."""
    return Sums(*statements.first(_SUMS, {"as_of": as_of, "branch": branch_id}))


def by_customer(
    *, as_of: date, branch_id: int | None = None, limit: int = 50, offset: int = 0
) -> list[Share]:
    """Return the customers with something still to earn, the most first."""
    rows = statements.read(
        _CUSTOMERS, {"as_of": as_of, "branch": branch_id, "limit": limit, "offset": offset}
    )
    return [Share(*row) for row in rows]


def roll_forward(*, end: date, branch_id: int | None = None) -> list[Month]:
    """Return account 2400 month by month up to the day `end`, the latest first."""
    moves = trial.by_month(account=int(Chart.DEFERRED_REVENUE), end=end, branch_id=branch_id)
    opening, found = Decimal(0), []
    for first in sorted({move.month for move in moves}):
        kinds = {move.kind: move.credit - move.debit for move in moves if move.month == first}
        month = Month(
            first=first,
            opening=opening,
            billed=kinds.pop("INVOICE", Decimal(0)),
            given_back=-sum((kinds.pop(kind, Decimal(0)) for kind in GIVING_BACK), Decimal(0)),
            recognised=-kinds.pop("RECOGNITION", Decimal(0)),
            other=sum(kinds.values(), Decimal(0)),
        )
        opening = month.closing
        found.append(month)
    return found[::-1]


GIVING_BACK = ("REVERSAL", "CREDIT_NOTE")


def first_day() -> date | None:
    """Return the day the first revenue was put aside, or None."""
    found: date | None = statements.first(
        "SELECT min(i.issued_on) FROM billing_invoiceline l"
        " JOIN billing_invoice i ON i.id = l.invoice_id WHERE l.account_id = 2400"
    )[0]
    return found


def days_to_recognise(*, through: date) -> list[date]:
    """Return the days to reckon for so that every month gets its own: month ends, then `through`.

    Empty when nothing was ever put aside, or a later day was reckoned already.
    """
    last = recognised_through()
    if last is not None and last > through:
        return []
    begin = last if last is not None else first_day()
    if begin is None or begin > through:
        return []
    day = begin.replace(day=1)
    days: list[date] = []
    while True:
        following = (day + timedelta(days=32)).replace(day=1)
        end = following - timedelta(days=1)
        if end >= through:
            return [*days, through]
        if end > begin or last is None:
            days.append(end)
        day = following


def _amounts(query: str, values: dict[str, Any]) -> dict[Key, Decimal]:
    return {(row[0], row[1]): row[2] for row in statements.read(query, values) if row[2]}
