"""How long customers stay: the mean within a horizon, with those who are still here in it.

Kaplan and Meier, "Nonparametric estimation from incomplete observations" (1958): who is still here
has stayed at least so long, and counts among those who might have left until then. Never revenue
divided by churn: that is infinite for a company nobody leaves.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

WITHIN_MONTHS = 36
LEAST_CUSTOMERS, LEAST_LEAVERS = 100, 20
DAYS_A_MONTH = Decimal("365.25") / 12


class Tenures(NamedTuple):
    """How many customers have stayed so many months, and how many of them left then."""

    months: Decimal
    customers: int
    left: int


def mean_months(found: Iterable[Tenures], *, within: int = WITHIN_MONTHS) -> Decimal:
    """Return the months a customer stays on average, of the first `within`.

    That is the area under the curve of how many are still here.
    """
    share, area, since = Decimal(1), Decimal(0), Decimal(0)
    tenures = sorted(found)
    at_risk = sum(one.customers for one in tenures)
    for months, customers, left in tenures:
        if months >= within:
            break
        if left:
            area += share * (months - since)
            since, share = months, share * (at_risk - left) / at_risk
        at_risk -= customers
    return area + share * (within - since)


def is_enough(found: Iterable[Tenures]) -> bool:
    """Tell whether so many have come and left that a mean says something."""
    tenures = list(found)
    customers, left = sum(one.customers for one in tenures), sum(one.left for one in tenures)
    return customers >= LEAST_CUSTOMERS and left >= LEAST_LEAVERS
