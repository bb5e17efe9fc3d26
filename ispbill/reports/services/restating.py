"""Notes when a month that was complete says something else: what, how much, and why.

Called while figures are built, before and after the months are made anew. Papers that were sent
are not touched.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from ispbill.reports.models import FigureRestatement
from ispbill.reports.queries import asking
from ispbill.reports.rules.months import first_of, last_of

Cause = FigureRestatement.Cause

# What is compared: the figure of the registry, and its columns of a month. Money follows from
# bookings, the others from services.
MONEY = {
    "billed": "billed_net_amount + billed_tax_amount",
    "collected": "collected_amount - returned_money_amount",
    "due": "due_amount",
    "owed": "not_due_amount + due_30_amount + due_60_amount + due_90_amount + due_older_amount",
    "overdue": "due_30_amount + due_60_amount + due_90_amount + due_older_amount",
}
SERVICES = {
    "mrr": "monthly_amount",
    "customers": "customers",
    "started": "added_count",
    "cancelled": "cancelled_count",
    "churned": "churned_amount",
}
_ALL = {**MONEY, **SERVICES}
_NOTHING = Decimal(0)

Place = tuple[date, int]  # a month and a branch
Told = dict[Place, dict[str, Decimal]]


@dataclass(frozen=True)
class Reasons:
    """Why months are made anew: `entries` after this id are new, services changed from a day on."""

    last_entry_id: int
    services_since: date | None


def told(*, since: date, until: date) -> Told:
    """Return what the complete months say that hold the days from `since`; `until` is built last."""
    sums = ", ".join(f"coalesce(sum({columns}), 0)" for columns in _ALL.values())
    found = asking.rows(
        f"""
        SELECT month, branch_id, {sums} FROM reports_monthfigure
        WHERE month >= %(first)s AND month < %(running)s GROUP BY 1, 2
        """,
        {"first": first_of(since), "running": _running(until)},
    )
    return {
        (month, branch): dict(zip(_ALL, map(Decimal, values), strict=True))
        for month, branch, *values in found
    }


def note(before: Told, *, since: date, until: date, reasons: Reasons, at: datetime) -> int:
    """Write down what differs from `before`, which `told` returned for the same days."""
    if not before:
        return 0
    after = told(since=since, until=until)
    known = {month for month, _branch in before}
    changed = [
        (place, figure, before.get(place, {}).get(figure, _NOTHING), values.get(figure, _NOTHING))
        for place, values in _both(before, after).items()
        if place[0] in known
        for figure in _ALL
    ]
    changed = [one for one in changed if one[2] != one[3]]
    if not changed:
        return 0
    entries = _late(reasons.last_entry_id, {place for place, *_rest in changed})
    made = FigureRestatement.objects.bulk_create(
        _row(place, figure, was, now, reasons, entries.get(place), at)
        for place, figure, was, now in changed
    )
    return len(made)


def _both(before: Told, after: Told) -> Told:
    return {place: after.get(place, {}) for place in sorted(before.keys() | after.keys())}


def _row(
    place: Place,
    figure: str,
    was: Decimal,
    now: Decimal,
    reasons: Reasons,
    entry: int | None,
    at: datetime,
) -> FigureRestatement:
    month, branch = place
    cause = Cause.BUILT_ANEW
    if figure in MONEY and entry is not None:
        cause = Cause.LATE_BOOKING
    elif reasons.services_since is not None and reasons.services_since <= last_of(month):
        cause = Cause.SERVICE_CHANGED
    return FigureRestatement(
        month=month,
        branch_id=branch or None,
        figure=figure,
        before=was,
        after=now,
        cause=cause,
        entry_id=entry if cause == Cause.LATE_BOOKING else None,
        noted_at=at,
    )


def _late(last_entry_id: int, places: set[Place]) -> dict[Place, int]:
    """Return of each month and branch the first entry that was booked into it, or before, late."""
    found: dict[Place, int] = {}
    rows = asking.rows(
        """
        SELECT date_trunc('month', posted_on)::date, coalesce(branch_id, 0), min(id)
        FROM billing_journalentry WHERE id > %(last)s GROUP BY 1, 2
        """,
        {"last": last_entry_id},
    )
    for month, branch in places:
        ids = [pk for posted, of, pk in rows if of == branch and posted <= month]
        if ids:
            found[month, branch] = min(ids)
    return found


def _running(until: date) -> date:
    """Return the first month that is not complete at the end of a day."""
    return first_of(date.fromordinal(until.toordinal() + 1))
