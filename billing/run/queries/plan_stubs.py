"""Stubs by the company's own proration policy: rare, priced in Python by the house's one rule."""

import json
from typing import Any

from billing.invoices.rules.charging import Charge, Reduction, Terms, charge
from billing.invoices.rules.periods import Cycle
from billing.invoices.rules.proration import Piece, Policy, prorate
from billing.pricing.models import Discount

_TAKE = """
    DELETE FROM billing_plan p USING customers_subscription s
    WHERE NOT p.whole AND s.id = p.subscription_id
    RETURNING p.subscription_id, p.item, p.start_on, p.end_on, p.period_end, p.price, p.months,
              p.includes_tax, p.rate, p.is_exempt, s.billing_day, s.cycle, to_jsonb(p)
"""
_PUT = "INSERT INTO billing_plan SELECT (jsonb_populate_record(NULL::billing_plan, %s::jsonb)).*"


def price_by_rule(cursor: Any, policy: Policy) -> int:
    """Replace the planned stubs by what `policy` makes of them; return the lines planned in all."""
    cursor.execute(_TAKE)
    taken = cursor.fetchall()
    granted = _granted([row[0] for row in taken])
    rows: list[tuple[str]] = []
    for row in taken:
        service, item, start, end, period_end, price, months, included, rate, exempt = row[:10]
        terms = Terms(tax_rate=rate, includes_tax=included, is_exempt=exempt, months=months)
        priced = prorate(
            start=start,
            end=end,
            billing_day=row[10],
            price=price,
            cycle=Cycle(row[11].lower()),
            policy=policy,
            anchor_start=period_end,
        )
        for piece in priced.pieces:
            known = [] if item else [r for span, r in granted.get(service, ()) if start in span]
            line = charge(piece, terms=terms, reductions=known, since=None if item else start)
            rows.append((_row(json.loads(row[12]), piece, line),))
    cursor.executemany(_PUT, rows)
    cursor.execute("SELECT count(*) FROM billing_plan")
    return int(cursor.fetchone()[0])


def _row(planned: dict[str, Any], piece: Piece, line: Charge) -> str:
    planned |= {
        "start_on": piece.start.isoformat(),
        "end_on": piece.end.isoformat(),
        "unit": str(line.unit),
        "discount": str(line.discount),
        "net": str(line.amount.net),
        "tax_rate": str(line.tax_rate),
        "tax": str(line.amount.tax),
        "explanation": line.explanation,
    }
    return json.dumps(planned)


def _granted(services: list[int]) -> dict[int, list[tuple[Any, Reduction]]]:
    found: dict[int, list[tuple[Any, Reduction]]] = {}
    for row in Discount.objects.filter(subscription_id__in=services).order_by("pk"):
        known = Reduction(row.label, row.rate, row.amount, row.is_stackable)
        found.setdefault(row.subscription_id, []).append((row.span, known))
    return found
