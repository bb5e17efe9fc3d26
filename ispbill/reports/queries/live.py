"""What changed since the figures were built: today's part of the dashboard, from today's rows.

Services are looked at only when something about them was written since, found by the ids that came
after those the last building had seen. Before the first building that is all of them.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from ispbill.core.models import Company
from ispbill.reports.models import FigureState
from ispbill.reports.queries import asking
from ispbill.reports.services import terms

_TURNED = """
        UNION SELECT customer_id FROM reports_serviceterm
              WHERE starts_on > %(built)s AND starts_on <= %(on)s
"""
_CHANGES = f"""
    WITH touched AS MATERIALIZED ({terms.TOUCHED.format(more=_TURNED)}),
    {terms.fresh("touched")},
    at_present AS (
        SELECT f.*, row_number() OVER (PARTITION BY f.customer_id, status ORDER BY line_no) AS place
        FROM fresh f
        WHERE starts_on <= %(on)s AND (ends_on IS NULL OR ends_on > %(on)s)
    ),
    as_built AS (
        SELECT t.*, row_number() OVER (PARTITION BY t.customer_id, status ORDER BY t.line_no)
                    AS place
        FROM reports_serviceterm t JOIN touched u ON u.subscription_id = t.subscription_id
        WHERE t.starts_on <= %(built)s AND (t.ends_on IS NULL OR t.ends_on > %(built)s)
    ),
    parts AS (
        SELECT p.branch_id, p.area_id, (status = 'ACTIVE')::int AS services,
               (status = 'ACTIVE' AND place = 1)::int AS customers,
               (status = 'PAUSED')::int AS paused, monthly_amount AS amount,
               coalesce(s.activated_on > %(since)s AND s.activated_on <= %(on)s, false)::int
                   AS added,
               coalesce(s.cancelled_on > %(since)s AND s.cancelled_on <= %(on)s
                        AND s.activated_on < s.cancelled_on, false)::int AS cancelled
        FROM at_present p JOIN subs s ON s.id = p.subscription_id
        UNION ALL
        SELECT branch_id, area_id, -(status = 'ACTIVE')::int,
               -(status = 'ACTIVE' AND place = 1)::int, -(status = 'PAUSED')::int,
               -monthly_amount, 0, 0
        FROM as_built
    )
    SELECT area_id, sum(services), sum(customers), sum(paused), sum(amount), sum(added),
           sum(cancelled)
    FROM parts WHERE %(branch)s::int IS NULL OR branch_id = %(branch)s
    GROUP BY area_id
"""

_MONEY = """
    SELECT e.posted_on, coalesce(sum(p.amount) FILTER (WHERE e.source_type = 'invoice'
               AND (e.kind = 'INVOICE' OR r.kind = 'INVOICE')), 0),
           coalesce(-sum(p.amount) FILTER (WHERE e.kind = 'PAYMENT'
               OR e.source_type IN ('payment', 'refund')), 0)
    FROM billing_journalentry e
    JOIN billing_posting p ON p.entry_id = e.id AND p.account_id = 1100
    LEFT JOIN billing_journalentry r ON r.id = e.reverses_id
    WHERE e.posted_on > %(since)s AND e.posted_on <= %(on)s
      AND (%(branch)s::bigint IS NULL OR e.branch_id = %(branch)s)
    GROUP BY e.posted_on
"""


@dataclass(frozen=True)
class Change:
    """What changed since the last building: heads, and recurring revenue a month, net."""

    services: int = 0
    customers: int = 0
    paused: int = 0
    amount: Decimal = Decimal(0)
    added: int = 0
    cancelled: int = 0


@dataclass(frozen=True)
class Money:
    """What was billed (with tax) and collected, in the company's currency."""

    billed: Decimal
    collected: Decimal


def changes(*, on: date, branch_id: int | None, state: FigureState | None) -> dict[int, Change]:
    """Return by area what changed after the day built last, up to and with the company date."""
    built = state.built_until if state is not None else on
    found = asking.rows(
        _CHANGES,
        {
            "on": on,
            "built": built,
            "since": max(built, _before_month(on)) if state is not None else _before_month(on),
            "branch": branch_id,
            "zone": Company.current().time_zone,
            "last_version": state.last_version_id if state is not None else 0,
            "last_subscription": state.last_subscription_id if state is not None else 0,
        },
    )
    return {
        row[0]: Change(row[1], row[2], row[3], Decimal(row[4]), row[5], row[6]) for row in found
    }


def mark() -> str:
    """Return what changes with every change a service's figures may follow from."""
    newest = asking.rows(
        "SELECT (SELECT max(id) FROM audit_rowversion), (SELECT max(id) FROM customers_subscription)"
    )[0]
    return f"{newest[0]}-{newest[1]}"


def money(*, on: date, branch_id: int | None, state: FigureState | None) -> Money:
    """Return what was billed and collected in the month of `on` after the day built last."""
    since = _before_month(on)
    if state is not None:
        since = max(since, state.built_until)
    found = money_by_day(since=since, on=on, branch_id=branch_id).values()
    nothing = Decimal("0.00")
    return Money(
        billed=sum((one.billed for one in found), nothing),
        collected=sum((one.collected for one in found), nothing),
    )


def money_by_day(*, since: date, on: date, branch_id: int | None) -> dict[date, Money]:
    """Return what was billed and collected on each day after `since`, up to and with `on`."""
    found = asking.rows(_MONEY, {"on": on, "since": since, "branch": branch_id})
    return {day: Money(billed=billed, collected=collected) for day, billed, collected in found}


def _before_month(on: date) -> date:
    return on.replace(day=1) - timedelta(days=1)
