"""The dashboard from the built figures, and the same answers straight from the rows.

A year of people joining, leaving and being cut off for a while, this month's bills and payments,
and a day that is not in the figures yet. Both sides must agree to the cent.
"""

from datetime import date, datetime, time, timedelta, timezone
from typing import Any

from django.core.cache import cache
from django.db import connection

from billing.run.services import cycle
from ispbill.core.acts import Act
from ispbill.devtools.bench import measure, plans, population, raw_dashboard, scratch
from ispbill.reports.models import MonthFigure
from ispbill.reports.queries import month, revenue
from ispbill.reports.services import figures

ON = date(2026, 2, 20)
ZONE = timezone(timedelta(hours=6))
TABLES = ("customers_", "billing_", "payments_", "reports_", "audit_")

# A year of lives: joined over the year before, one in twenty-five left, one in ten was cut off for
# a week; some of it happens today. Packages are spread over the areas.
_LIVES = """
ALTER TABLE customers_subscription DISABLE TRIGGER USER;
ALTER TABLE customers_suspension DISABLE TRIGGER USER;
UPDATE customers_subscription SET
    package_id = 1 + (id / 7) % 10,
    activated_on = %(on)s::date - (id % 397)::int,
    created_at = (%(on)s::date - (id % 397)::int) + time '05:00',
    status = CASE WHEN id % 25 = 0 THEN 'CANCELLED' ELSE 'ACTIVE' END,
    cancelled_on = CASE WHEN id % 25 = 0
                        THEN %(on)s::date - least(id % 397 - 1, id % 97)::int END
WHERE id % 397 > 0;
INSERT INTO customers_suspension (subscription_id, customer_id, kind, span, is_billed, reason,
    decision, started_at, ended_at)
SELECT id, customer_id, 'NON_PAYMENT', daterange(activated_on + 40, activated_on + 47), false, '',
       '{}', activated_on + 40, activated_on + 47
FROM customers_subscription
WHERE id % 10 = 3 AND activated_on < %(on)s::date - 60
  AND (cancelled_on IS NULL OR cancelled_on > activated_on + 47);
ALTER TABLE customers_subscription ENABLE TRIGGER USER;
ALTER TABLE customers_suspension ENABLE TRIGGER USER;
"""
# What happened today, after the figures were built.
_TODAY = """
UPDATE customers_subscription SET status = 'CANCELLED', cancelled_on = %s
WHERE status = 'ACTIVE' AND id %% 4999 = 1
"""


def run(*, scale: int, pairs: int) -> dict[str, Any]:
    """Measure both sides; the ratio is how many times faster the built figures are."""
    with scratch.database("dashboard"):
        building = fill(scale)
        times = measure.Pairs()
        ours, reference = from_figures(), raw_dashboard.reckon(ON)
        for _pair in range(pairs):
            with measure.timed() as quick:
                from_figures()
            with measure.timed() as slow:
                raw_dashboard.reckon(ON)
            times.add(1 / quick.seconds, 1 / slow.seconds)
        return {
            "name": "dashboard",
            "scale": scale,
            "P21_times_raw": times.as_dict(),
            "milliseconds": round(quick.seconds * 1000, 1),
            "raw_milliseconds": round(slow.seconds * 1000, 1),
            "queries": quick.statements,
            "same_figures": ours == reference,
            "rows_read": rows_read(from_figures),
            "raw_rows_read": rows_read(lambda: raw_dashboard.reckon(ON)),
            "cells": MonthFigure.objects.filter(month=ON.replace(day=1)).count(),
            "rows_of_a_year": MonthFigure.objects.count(),
            "first_build_seconds": building["first"],
            "night_seconds": building["night"],
        }


def fill(scale: int) -> dict[str, float]:
    """Fill the present bench database and build its figures; return what building took."""
    population.fill(scale)
    with scratch.owner() as connection_of_owner:
        for statement in _LIVES.replace("%(on)s", f"'{ON.isoformat()}'").split(";"):
            if statement.strip():
                connection_of_owner.execute(statement.encode())
    cycle.run(on=ON - timedelta(days=8), act=Act(None, _moment(ON - timedelta(days=8))))
    scratch.vacuum()
    with measure.timed() as first:
        figures.build(until=ON - timedelta(days=2), at=_moment(ON))
    scratch.vacuum()
    with measure.timed() as night:
        figures.build(until=ON - timedelta(days=1), at=_moment(ON))
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.reason', 'left us for another town', false)")
        cursor.execute(_TODAY, [ON])
    scratch.vacuum()
    return {"first": round(first.seconds, 1), "night": round(night.seconds, 1)}


def from_figures() -> dict[str, Any]:
    """Return all figures of the dashboard, nothing remembered from before."""
    cache.clear()
    now = revenue.recurring(on=ON)
    by_month = revenue.by_month(on=ON)
    by_area = revenue.by_area(on=ON)
    collection = month.collection(on=ON)
    heads = month.headcount(on=ON)
    return {
        "recurring": now.amount,
        "customers": now.customers,
        "by_month": [amount for _first, amount in by_month],
        "by_area": [(area.area_id, area.amount, area.customers) for area in by_area],
        "billed": collection.billed,
        "collected": collection.collected,
        "moves": (heads.won, heads.lost),
    }


def rows_read(reckon: Any) -> int:
    """Return how many rows of tables one reckoning goes through."""
    with plans.listening() as statements:
        reckon()
    return sum(step.rows_read for step in statements.steps() if step.table.startswith(TABLES))


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(12), ZONE)
