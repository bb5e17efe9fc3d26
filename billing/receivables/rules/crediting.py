"""How a credit is shared out: a gross amount over net and tax, a percentage over lines.

Amounts are `Decimal` in the company's currency with two decimals; see
docs/algorithms/rounding.md and `billing.ledger.rules.tax.credit_line` for credits by net amount.
"""

from __future__ import annotations

from decimal import Decimal

from ispbill.core.money import ZERO, Taxed


def gross_credit(*, left: Taxed, gross: Decimal, rate: Decimal) -> Taxed:
    """Return net and tax of a credit whose gross is fixed, within what is left of a line.

    The net is the rounded gross without tax and the tax the rest, moved where one of them would
    exceed what is left. Raises ValueError for a gross below nothing or above what is left.
    """
    if not ZERO <= gross <= left.gross or min(left.net, left.tax) < 0:
        raise ValueError("a credit lies between nothing and what is left of the charge")
    wanted = Taxed.from_gross(gross, rate)
    tax = min(wanted.tax, left.tax)
    net = min(gross - tax, left.net)
    return Taxed(net, gross - net)
