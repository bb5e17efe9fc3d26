"""What resellers would earn of bills that are not paid yet, by the rule of `earn_commissions`."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.db.models import F, Sum

from billing.run.queries.shares import Share
from ispbill.core import statements
from resellers.models import Commission

# As if each customer paid the whole in one payment: base and share are rounded once (0003).
_EXPECTED = """
    SELECT c.id, r.id, r.name, r.commission_rate, b.billed,
           round(round(b.billed / (1 + t.rate), 2) * r.commission_rate, 2)
    FROM unnest(%s::bigint[], %s::numeric[]) AS b (customer_id, billed)
    JOIN customers_customer c ON c.id = b.customer_id
    JOIN resellers_reseller r ON r.id = c.reseller_id
    CROSS JOIN LATERAL (
        SELECT coalesce((SELECT o.tax_rate FROM core_company o
                         WHERE o.commission_excludes_tax AND NOT c.is_tax_exempt), 0) AS rate) t
    WHERE r.commission_rate > 0
      AND round(round(b.billed / (1 + t.rate), 2) * r.commission_rate, 2) > 0
    ORDER BY r.name, r.id, c.id
"""


def shares(billed: Mapping[int, Decimal]) -> list[Share]:
    """Return what resellers earn when these customers (by id) pay what they are billed with tax."""
    rows = statements.read(_EXPECTED, [list(billed), list(billed.values())])
    return [Share(*row) for row in rows]


def earned(first: date, last: date, branch_id: int | None) -> Decimal:
    """Return what was earned from `first` to `last` (company dates), less what was clawed back."""
    found = Commission.objects.filter(earned_on__range=(first, last))
    if branch_id is not None:
        found = found.filter(branch=branch_id)
    total: Decimal | None = found.aggregate(sum=Sum(F("amount") - F("clawed_back_amount")))["sum"]
    return total or Decimal("0.00")
