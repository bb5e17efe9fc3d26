"""The cash of the next fourteen days, from how each class of customers paid bills before.

Classes by the bills due in the last year, the latest thirty days left out: A pays nine of ten by
the due date, B six of ten, C fewer; N has not had three bills yet. Looked at are bills that are
issued; what is open is taken without disputes about it, which are not told apart yet.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from ispbill.core.models import Company
from ispbill.reports.queries import asking
from ispbill.reports.queries.remembered import remembered
from ispbill.reports.rules import habits
from ispbill.reports.rules.habits import Habit

_KNOWN_DAYS = 365
_SETTLED_DAYS = 30
_FAR = 120  # days before or after the due date that are told apart

_ASKED = """
    WITH bills AS (
        SELECT id, customer_id, due_date, total_amount - credited_amount AS due
        FROM billing_invoice
        WHERE status = 'OPEN' AND due_date >= %(since)s AND due_date <= %(until)s
          AND total_amount > credited_amount
          AND (%(branch)s::bigint IS NULL OR branch_id = %(branch)s)
    ),
    paid AS (
        SELECT b.id, p.amount,
               greatest(-%(far)s, least(%(far)s,
                   (p.at AT TIME ZONE %(zone)s)::date - b.due_date)) AS days
        FROM bills b JOIN billing_allocation p ON p.invoice_id = b.id AND p.released_at IS NULL
    ),
    punctual AS (
        SELECT b.id, b.customer_id, b.due,
               b.due <= coalesce((SELECT sum(p.amount) FROM paid p
                                  WHERE p.id = b.id AND p.days <= 0), 0) AS is_punctual
        FROM bills b
    ),
    classes AS (
        SELECT customer_id,
               CASE WHEN count(*) < 3 THEN 'N' WHEN avg(is_punctual::int) >= 0.9 THEN 'A'
                    WHEN avg(is_punctual::int) >= 0.6 THEN 'B' ELSE 'C' END AS class
        FROM punctual GROUP BY customer_id
    )
    SELECT 'bills', class, count(*)::int, sum(due)
    FROM punctual JOIN classes USING (customer_id) GROUP BY class
    UNION ALL
    SELECT 'paid', class, days, sum(amount)
    FROM paid JOIN punctual USING (id) JOIN classes USING (customer_id) GROUP BY class, days
    UNION ALL
    SELECT 'open', coalesce(class, 'N'),
           greatest(-%(far)s, least(%(far)s, %(on)s::date - due_date)), sum(amount_due)
    FROM billing_invoice i LEFT JOIN classes USING (customer_id)
    WHERE status = 'OPEN' AND amount_due > 0
      AND (%(branch)s::bigint IS NULL OR branch_id = %(branch)s)
    GROUP BY 2, 3
"""


@dataclass(frozen=True)
class Coming:
    """The cash of each coming day: by habit, and if all that is open were paid."""

    days: list[tuple[date, Decimal, Decimal]]
    bills: int  # learnt from so many

    @property
    def amount(self) -> Decimal | None:
        """What comes in all; None while too few bills tell."""
        if self.bills < habits.ENOUGH_BILLS:
            return None
        return sum((usual for _day, usual, _all in self.days), Decimal(0))


def coming(*, on: date, branch_id: int | None = None) -> Coming:
    """Return what the fourteen days after a company date bring."""
    return remembered(f"coming:{on}:{branch_id}", lambda: _coming(on, branch_id))


def _coming(on: date, branch_id: int | None) -> Coming:
    found = asking.rows(
        _ASKED,
        {
            "on": on,
            "since": on - timedelta(days=_KNOWN_DAYS),
            "until": on - timedelta(days=_SETTLED_DAYS),
            "far": _FAR,
            "branch": branch_id,
            "zone": Company.current().time_zone,
        },
    )
    by_class = {
        name: Habit(
            count,
            amount,
            {days: paid for what, other, days, paid in found if (what, other) == ("paid", name)},
        )
        for kind, name, count, amount in found
        if kind == "bills"
    }
    everybody = sum(by_class.values(), Habit(0, Decimal(0)))
    usual = [Decimal(0)] * habits.DAYS
    most = [Decimal(0)] * habits.DAYS
    for kind, name, age, amount in found:
        if kind == "open":
            own = by_class.get(name, everybody)
            habit = own if own.bills >= habits.ENOUGH_BILLS else everybody
            usual = _sums(usual, habits.expected(amount, age=age, habit=habit))
            most = _sums(most, habits.if_all_pay(amount, age=age, habit=habit))
    days = [on + timedelta(days=step) for step in range(1, habits.DAYS + 1)]
    rounded = zip(days, habits.in_cents(usual), habits.in_cents(most), strict=True)
    return Coming(list(rounded), everybody.bills)


def _sums(first: list[Decimal], second: list[Decimal]) -> list[Decimal]:
    return [one + other for one, other in zip(first, second, strict=True)]
