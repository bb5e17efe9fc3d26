"""Collection: how much of what was due is paid, by the one definition (docs/algorithms/mrr.md).

Each bill counts in the month it was due and is looked at as it stood at that month's end (in the
running month, and at the last day asked for: as it stands then), so months add up to their year.
Whole months come from the built figures, days at the edges from their bills.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from ispbill.core.models import Company
from ispbill.reports.models import FigureState
from ispbill.reports.queries import asking, figures
from ispbill.reports.queries.dues import due
from ispbill.reports.queries.scope import Scope
from ispbill.reports.rules import ratios
from ispbill.reports.rules.months import first_of, following, last_of
from ispbill.reports.services.flows import PLACE


@dataclass(frozen=True)
class Collection:
    """What was due, and what of that is paid, in the company's currency."""

    due: Decimal = Decimal(0)
    paid: Decimal = Decimal(0)

    @property
    def percent(self) -> Decimal | None:
        """Paid in percent of due, one decimal; None when nothing was due."""
        return ratios.percent(self.paid, self.due)

    def __add__(self, other: "Collection") -> "Collection":
        return Collection(self.due + other.due, self.paid + other.paid)


def of(*, since: date, until: date, scope: Scope) -> Collection:
    """Return the collection of the bills due from `since` to `until`, both in it."""
    return by(None, since=since, until=until, scope=scope).get(0, Collection())


def by(dimension: str | None, *, since: date, until: date, scope: Scope) -> dict[int, Collection]:
    """Return collections by the id of a dimension (0: none), or of all as 0."""
    key = figures.DIMENSIONS[dimension] if dimension else "0"
    spans = list(_months(since, until))
    kept = [first for first, end in spans if first.day == 1 and _is_kept(end)]
    rows = asking.rows(
        f"SELECT {key} AS key, sum(due_amount), sum(due_paid_amount) FROM reports_monthfigure"
        f" WHERE month = ANY(%(months)s) AND {scope.condition()} GROUP BY 1",
        {**scope.values, "months": kept},
    )
    for begin, end in spans:
        if begin not in kept:
            edge = _EDGE.format(key=key, where=scope.condition())
            rows += asking.rows(edge, {**scope.values, **_days(begin, end)})
    found: dict[int, Collection] = {}
    for number, asked, paid in rows:
        found[number] = found.get(number, Collection()) + Collection(asked, paid)
    return found


def within(days: int, *, since: date, until: date, scope: Scope) -> Collection:
    """Return what of the same bills was paid `days` after the due date of each, or is by now.

    Looked up bill by bill: nothing of it is built.
    """
    found = asking.rows(
        _WITHIN.format(where=scope.condition("x")),
        {**scope.values, **_days(since, until), "days": days},
    )
    return Collection(*found[0])


def _is_kept(end: date) -> bool:
    """Tell whether a month is built up to that day: to its end, or as far as anything is."""
    if end == last_of(end):
        return True
    state = figures.state()
    return state is not None and state.built_until == end


_EDGE = f"""
    SELECT {{key}} AS key, coalesce(sum(due), 0), coalesce(sum(paid), 0)
    FROM (SELECT b.branch_id, coalesce(place.area_id, 0) AS area_id,
                 coalesce(place.package_id, 0) AS package_id,
                 coalesce(place.reseller_id, 0) AS reseller_id, b.due, b.paid
          FROM ({due(since="%(since)s", until="%(until)s", ends="%(until)s")}) b
          {PLACE.format(of="b")}) x
    WHERE {{where}} GROUP BY 1
"""


_MONTH_END = "(date_trunc('month', i.due_date) + interval '1 month - 1 day')::date"
_WITHIN = f"""
    SELECT coalesce(sum(x.due), 0), coalesce(sum(least(coalesce(h.held, 0), x.due)), 0)
    FROM (SELECT b.invoice_id, b.due_date, b.due, b.branch_id,
                 coalesce(place.area_id, 0) AS area_id, coalesce(place.package_id, 0) AS package_id,
                 coalesce(place.reseller_id, 0) AS reseller_id
          FROM ({
    due(since="%(since)s", until="%(until)s", ends=f"least({_MONTH_END}, %(until)s)")
}) b {PLACE.format(of="b")}) x
    LEFT JOIN LATERAL (
        SELECT sum(p.amount) AS held FROM billing_allocation p
        WHERE p.invoice_id = x.invoice_id
          AND p.at < (x.due_date + %(days)s + 1)::timestamp AT TIME ZONE %(zone)s
          AND (p.released_at IS NULL
               OR p.released_at >= (x.due_date + %(days)s + 1)::timestamp AT TIME ZONE %(zone)s)
    ) h ON true
    WHERE {{where}}
"""


def _months(since: date, until: date) -> Iterator[tuple[date, date]]:
    while since <= until:
        yield since, min(last_of(since), until)
        since = following(since)


def _days(since: date, until: date) -> dict[str, Any]:
    return {"since": since, "until": until, "zone": Company.current().time_zone}


# Bills that stand otherwise than when the figures were built: those due since, and those of
# customers about whom anything was booked since. As they stand now, less as they stood then.
_SINCE = f"""
    WITH touched AS (
        SELECT DISTINCT p.customer_id FROM billing_journalentry e
        JOIN billing_posting p ON p.entry_id = e.id AND p.account_id = 1100
        WHERE e.posted_on > %(built)s AND e.posted_on <= %(until)s AND p.customer_id IS NOT NULL
    )
    SELECT coalesce(sum(due), 0), coalesce(sum(paid), 0) FROM (
        SELECT due, paid FROM ({due(since="%(after)s", until="%(until)s", ends="%(until)s")}) b
        WHERE %(branch)s::bigint IS NULL OR branch_id = %(branch)s
        UNION ALL
        SELECT due, paid FROM ({due(since="%(since)s", until="%(built)s", ends="%(until)s")}) b
        WHERE customer_id IN (SELECT customer_id FROM touched)
          AND (%(branch)s::bigint IS NULL OR branch_id = %(branch)s)
        UNION ALL
        SELECT -due, -paid FROM ({due(since="%(since)s", until="%(built)s", ends="%(built)s")}) b
        WHERE customer_id IN (SELECT customer_id FROM touched)
          AND (%(branch)s::bigint IS NULL OR branch_id = %(branch)s)
    ) x
"""


def since_built(*, on: date, branch_id: int | None, state: FigureState | None) -> Collection:
    """Return what the collection of the month of `on` is more than built, up to this moment."""
    first = first_of(on)
    values: dict[str, Any] = {**_days(first, on), "branch": branch_id}
    if state is None or state.built_until < first:
        return Collection(*asking.rows(_ALL, values)[0])
    if state.built_until >= on:
        return Collection()
    after = date.fromordinal(state.built_until.toordinal() + 1)
    return Collection(
        *asking.rows(_SINCE, values | {"built": state.built_until, "after": after})[0]
    )


_ALL = f"""
    SELECT coalesce(sum(due), 0), coalesce(sum(paid), 0)
    FROM ({due(since="%(since)s", until="%(until)s", ends="%(until)s")}) b
    WHERE %(branch)s::bigint IS NULL OR branch_id = %(branch)s
"""


_COURSE = f"""
    WITH bills AS MATERIALIZED ({due(since="%(since)s", until="%(until)s", ends="%(until)s")}),
    moves AS (
        SELECT due_date AS day, due, 0 AS paid FROM bills
        WHERE %(branch)s::bigint IS NULL OR branch_id = %(branch)s
        UNION ALL
        SELECT greatest(b.due_date, (m.at AT TIME ZONE %(zone)s)::date), 0, m.amount
        FROM bills b CROSS JOIN LATERAL (
            SELECT at, amount FROM billing_allocation WHERE invoice_id = b.invoice_id
            UNION ALL
            SELECT released_at, -amount FROM billing_allocation
            WHERE invoice_id = b.invoice_id AND released_at IS NOT NULL) m
        WHERE %(branch)s::bigint IS NULL OR b.branch_id = %(branch)s
    )
    SELECT day, sum(due), sum(paid) FROM moves WHERE day <= %(until)s GROUP BY day ORDER BY day
"""


def course(*, since: date, until: date, branch_id: int | None = None) -> dict[date, Collection]:
    """Return for each day: what was due from `since` to that day, and what of it was paid by then.

    The days of a month lead to its collection. Days before anything was due are left out.
    """
    found: dict[date, Collection] = {}
    so_far = Collection()
    moved = {
        day: Collection(asked, paid)
        for day, asked, paid in asking.rows(_COURSE, _days(since, until) | {"branch": branch_id})
    }
    for step in range((until - since).days + 1):
        day = date.fromordinal(since.toordinal() + step)
        so_far += moved.get(day, Collection())
        if so_far.due > 0:
            found[day] = Collection(so_far.due, min(so_far.paid, so_far.due))
    return found
