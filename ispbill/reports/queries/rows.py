"""The rows behind a figure: the same condition, the same part of the company, one row each.

A figure and its list are made by the same SQL (`services.flows`, `services.months`), so their sums
agree; what the list shows is as of the last building.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from ispbill.core.models import Company
from ispbill.reports.queries import asking, figures, stays
from ispbill.reports.queries.owed import LATE, OVERDUE
from ispbill.reports.queries.scope import Scope
from ispbill.reports.services import forecast
from ispbill.reports.services.flows import BILLED, KINDS, MOVES, PLACE, SETTLED, WORTH
from ispbill.reports.services.months import BEGUN, BUCKETS, OWED

MOVEMENTS = tuple(KINDS)
ACCOUNT_STATE = {"in_use": "t.status = 'ACTIVE'", "paused_services": "t.status = 'PAUSED'"}
MONEY = ("billed", "collected", "returned_money", "credited", "written_off", "other")
AGES = {name.removesuffix("_amount"): when for name, when in BUCKETS.items()}
AGES |= LATE | {"overdue": OVERDUE}
STAYS = tuple(stays.KINDS)
OTHERS = ("customers", "owed", "cohort", "forecast")
EVERY = (*MOVEMENTS, *ACCOUNT_STATE, *STAYS, *MONEY, *AGES, *OTHERS)
LIVE = (*MONEY, *AGES, "owed")  # read from the books themselves, so today is in them
MOST = 200


@dataclass(frozen=True)
class Row:
    """A row behind a figure. What it is about (a service or a document) is in `about`."""

    day: date
    customer_number: str
    customer_name: str
    about: str
    kind: str  # service, invoice, payment, credit_note …
    amount: Decimal
    before: Decimal | None = None


@dataclass(frozen=True)
class Rows:
    """The rows of a figure: how many there are in all, what they sum to, and the first of them."""

    count: int
    amount: Decimal
    rows: list[Row]


def of(
    what: str,
    *,
    since: date,
    until: date,
    scope: Scope,
    month: date | None = None,
    rate: Decimal | None = None,
    most: int | None = MOST,
) -> Rows:
    """Return the rows behind the figure `what` (one of EVERY) of the days `since` to `until`.

    What stands or is owed is taken at the end of `until`. `month` is the cohort's, or that of
    the bills to come (as of the last building), of which `rate` picks those of one rate of tax.
    """
    source = _source(what, scope)
    values = {
        **scope.values,
        "since": since,
        "until": until,
        "end": until,
        "cohort": month,
        "what": what,
        "zone": Company.current().time_zone,
        "most": most,
    }
    if what == "forecast":
        values |= {"tax_rate": rate, **forecast.window(month or since, on=_built(until))}
    found = asking.rows(
        f"""
        WITH found AS MATERIALIZED ({source}),
        total AS (SELECT count(*) AS count, coalesce(sum(amount), 0) AS amount FROM found)
        SELECT t.count, t.amount, f.day, c.number, c.name, f.about, f.kind, f.amount, f.before
        FROM total t
        LEFT JOIN (SELECT * FROM found ORDER BY day DESC, about, amount LIMIT %(most)s) f ON true
        LEFT JOIN customers_customer c ON c.id = f.customer_id
        ORDER BY f.day DESC, f.about, f.amount
        """,
        values,
    )
    count, amount = found[0][:2]
    return Rows(int(count), Decimal(amount), _read(found))


def _read(found: Sequence[tuple[Any, ...]]) -> list[Row]:
    return [
        Row(
            day=day,
            customer_number=number or "",
            customer_name=name or "",
            about=about or "",
            kind=kind,
            amount=Decimal(worth),
            before=before,
        )
        for _count, _amount, day, number, name, about, kind, worth, before in found
        if day is not None
    ]


def _source(what: str, scope: Scope) -> str:
    if what in KINDS:
        return f"""
            SELECT m.day, m.customer_id, s.connection_id AS about, 'service' AS kind,
                   {WORTH[what].replace("before", "m.before").replace("after", "m.after")} AS amount,
                   CASE WHEN m.was = 'ACTIVE' THEN m.before END AS before
            FROM ({MOVES}) m JOIN customers_subscription s ON s.id = m.subscription_id
            WHERE ({KINDS[what]}) AND {scope.condition("m")}
        """
    if what in ACCOUNT_STATE or what == "customers":
        return _standing(what, scope)
    if what in STAYS:
        return _stays(what, scope)
    if what == "billed":
        return _billed(scope)
    if what in MONEY:
        return _settled(scope)
    if what in AGES or what == "owed":
        return _owed(what, scope)
    return _forecast(scope) if what == "forecast" else _cohort(scope)


def _built(otherwise: date) -> date:
    state = figures.state()
    return state.built_until if state is not None else otherwise


def _forecast(scope: Scope) -> str:
    return f"""
        SELECT p.day, p.customer_id, s.connection_id AS about, 'service' AS kind, p.net AS amount,
               p.net + round(p.net * p.tax_rate, 2) AS before
        FROM ({forecast.PLANNED}) p JOIN customers_subscription s ON s.id = p.subscription_id
        WHERE {scope.condition("p")}
          AND (%(tax_rate)s::numeric IS NULL OR p.tax_rate = %(tax_rate)s::numeric)
    """


def _standing(what: str, scope: Scope) -> str:
    # A customer is counted once, at the first of the services in use.
    once = "AND t.place = 1" if what == "customers" else ""
    state = ACCOUNT_STATE.get(what, ACCOUNT_STATE["in_use"])
    return f"""
        SELECT t.starts_on AS day, t.customer_id, s.connection_id AS about, 'service' AS kind,
               t.monthly_amount AS amount, NULL::numeric AS before
        FROM (SELECT t.*, row_number() OVER (PARTITION BY customer_id ORDER BY line_no) AS place
              FROM reports_serviceterm t
              WHERE t.starts_on <= %(end)s AND (t.ends_on IS NULL OR t.ends_on > %(end)s)
                AND {state}) t
        JOIN customers_subscription s ON s.id = t.subscription_id
        WHERE {scope.condition("t")} {once}
    """


def _stays(what: str, scope: Scope) -> str:
    day = "s.away_since" if what in ("left", "away") else "s.began_on"
    return f"""
        SELECT {day} AS day, s.customer_id, s.left_because AS about, 'leaving' AS kind,
               s.monthly_amount AS amount, NULL::numeric AS before
        FROM reports_stay s WHERE {stays.KINDS[what]} AND {scope.condition("s")}
    """


_PLACED = """b.branch_id, coalesce(place.area_id, 0) AS area_id,
    coalesce(place.package_id, 0) AS package_id, coalesce(place.reseller_id, 0) AS reseller_id"""


def _billed(scope: Scope) -> str:
    return f"""
        SELECT p.day, p.customer_id, i.number AS about, 'invoice' AS kind, sum(p.net + p.tax) AS amount,
               NULL::numeric AS before
        FROM (SELECT b.day, b.customer_id, b.entry_id, b.net, b.tax, {_PLACED}
              FROM ({BILLED}) b {PLACE.format(of="b")}) p
        JOIN billing_journalentry e ON e.id = p.entry_id
        JOIN billing_invoice i ON i.id = e.source_id
        WHERE {scope.condition("p")}
        GROUP BY p.day, p.customer_id, i.number, e.id
    """


def _settled(scope: Scope) -> str:
    return f"""
        SELECT p.day, p.customer_id,
               CASE e.source_type
                    WHEN 'payment' THEN (SELECT receipt_number FROM billing_payment WHERE id = e.source_id)
                    WHEN 'credit_note' THEN (SELECT number FROM billing_creditnote WHERE id = e.source_id)
                    WHEN 'invoice' THEN (SELECT number FROM billing_invoice WHERE id = e.source_id)
                    ELSE e.memo END AS about,
               e.source_type AS kind,
               CASE WHEN %(what)s IN ('returned_money', 'other') THEN p.amount ELSE -p.amount END
                   AS amount, NULL::numeric AS before
        FROM (SELECT b.day, b.customer_id, b.entry_id, b.amount, b.what, {_PLACED}
              FROM ({SETTLED}) b {PLACE.format(of="b")}) p
        JOIN billing_journalentry e ON e.id = p.entry_id
        WHERE (p.what = %(what)s OR %(what)s = 'collected' AND p.what = 'returned_money') AND {scope.condition("p")}
    """


def _owed(what: str, scope: Scope) -> str:
    when = AGES.get(what, "true")
    return f"""
        SELECT o.due_date AS day, o.customer_id, o.number AS about, 'invoice' AS kind,
               o.owed AS amount, o.total_amount AS before
        FROM (SELECT b.*, coalesce(place.area_id, 0) AS area_id,
                     coalesce(place.package_id, 0) AS package_id,
                     coalesce(place.reseller_id, 0) AS reseller_id
              FROM ({OWED}) b {PLACE.format(of="b")}) o
        WHERE {when} AND {scope.condition("o")}
    """


def _cohort(scope: Scope) -> str:
    return f"""
        SELECT k.day, b.customer_id, k.about, 'service' AS kind, k.amount, NULL::numeric AS before
        FROM ({BEGUN}) b
        JOIN (SELECT t.customer_id, min(t.starts_on) AS day, sum(t.monthly_amount) AS amount,
                     string_agg(s.connection_id, ', ' ORDER BY t.line_no) AS about
              FROM reports_serviceterm t JOIN customers_subscription s ON s.id = t.subscription_id
              WHERE t.starts_on <= %(end)s AND (t.ends_on IS NULL OR t.ends_on > %(end)s)
                AND t.status IN ('ACTIVE', 'PAUSED') GROUP BY 1) k USING (customer_id)
        WHERE b.cohort = %(cohort)s AND {scope.condition("b")}
    """
