"""What the customers' list shows of each row: one statement by id, with only what is looked at.

Written by hand because it is asked all day: the ORM takes three times longer to put it together
than PostgreSQL to answer it, and five joined tables cost more to plan than looking names up
(docs/performance.md). Row-level security holds here as anywhere.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from ispbill.core import statements

Row = dict[str, Any]

_ALWAYS = {
    "pk": "c.id",
    "number": "c.number",
    "name": "c.name",
    "local_name": "c.local_name",
    "status": "c.status",
    "phone": "c.phone",
    "churn_risk": "c.churn_risk",
    "tags": "c.tags",
    "customer_since": "c.customer_since",
    "is_duplicate_suspect": "c.is_duplicate_suspect",
    "account_state__balance_amount": "s.balance_amount",
    "account_state__oldest_due_date": "s.oldest_due_date",
    "account_state__next_billing_date": "s.next_billing_date",
    "account_state__last_paid_at": "s.last_paid_at",
    "account_state__nps": "s.nps",
}
_LIVING = """
    FROM customers_subscription v JOIN customers_package p ON p.id = v.package_id
    WHERE v.customer_id = c.id AND v.status <> 'CANCELLED' ORDER BY v.line_no
"""
# What takes a look at another table for each row, or is seldom wanted.
_ON_DEMAND = {
    "satisfaction": "s.satisfaction",
    "lifetime_value": "s.lifetime_value_amount",
    "average_mbps": "s.average_mbps",
    "uptime": "s.uptime_percent",
    "peak_hours": "s.peak_hours",
    "ott_app": "s.top_ott_app",
    "area__name": "(SELECT a.name FROM customers_area a WHERE a.id = c.area_id)",
    "branch__name": "(SELECT b.name FROM accounts_branch b WHERE b.id = c.branch_id)",
    "collector__name": "(SELECT u.name FROM accounts_user u WHERE u.id = c.collector_id)",
    "packages": f"ARRAY(SELECT p.name {_LIVING})",
    "technologies": f"ARRAY(SELECT v.technology {_LIVING})",
}
EXTRAS = tuple(_ON_DEMAND)


def rows(ids: Sequence[int], *, extras: Collection[str] = EXTRAS) -> list[Row]:
    """Return plain rows in the order of `ids`; `packages` and `technologies` of living services.

    `extras` are those of EXTRAS that are wanted. Ids that are out of reach are left out.
    """
    if not ids:
        return []
    shown = _shown(extras)
    rows = statements.read(f"{_select(shown.values())} WHERE c.id = ANY(%s)", [list(ids)])
    found = {row[0]: dict(zip(shown, row, strict=True)) for row in rows}
    return [found[pk] for pk in ids if pk in found]


def rows_of(
    statement: str, params: Sequence[Any], *, extras: Collection[str] = EXTRAS
) -> list[tuple[Any, Row]]:
    """Return the rows a statement names, in its order, each with what it was sorted by.

    `statement` selects ids and the values they are sorted by, in order; both are read at one go.
    """
    shown = _shown(extras)
    places = f"SELECT *, row_number() OVER () AS at FROM ({statement}) sorted (id, value)"  # noqa: S608 - of the ORM
    select = _select(shown.values(), "place.value")
    whole = f"{select} JOIN ({places}) place ON place.id = c.id ORDER BY place.at"
    rows = statements.read(whole, params)
    # One value more than there are names: it comes last.
    return [(row[-1], dict(zip(shown, row, strict=False))) for row in rows]


def _shown(extras: Collection[str]) -> dict[str, str]:
    return _ALWAYS | {name: _ON_DEMAND[name] for name in EXTRAS if name in extras}


def _select(expressions: Iterable[str], *more: str) -> str:
    return (
        f"SELECT {', '.join([*expressions, *more])} FROM customers_customer c"  # noqa: S608 - of this file
        " LEFT JOIN customers_accountstate s ON s.customer_id = c.id"
    )
