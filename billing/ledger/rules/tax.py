"""Tax of a line and of a document: per line, on the rounded net, never again on the total.

Rates are fractions (0.15 is 15 %) and dated rows elsewhere; nothing here knows a country.
See docs/algorithms/rounding.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from ispbill.core.money import ZERO, Taxed, round_money, times, total


def tax_line(
    amount: Decimal,
    rate: Decimal,
    *,
    inclusive: bool = False,
    exempt: bool = False,
    decimals: int = 2,
) -> Taxed:
    """Return net and tax of one line.

    `inclusive` means that `amount` already holds the tax: its gross is kept to the cent. An
    exempt customer pays no tax: the amount itself, or what an inclusive amount holds without it.
    """
    if inclusive:
        taxed = Taxed.from_gross(amount, rate, decimals)
    else:
        taxed = Taxed.from_net(amount, rate, decimals)
    return Taxed(taxed.net, ZERO) if exempt else taxed


def document_total(lines: Iterable[Taxed]) -> Taxed:
    """Return net and tax of a document: the sums of its lines, not rounded again."""
    return total(lines)


def by_rate(lines: Iterable[tuple[Decimal, Taxed]]) -> dict[Decimal, Taxed]:
    """Return net and tax per rate, lowest rate first, as an invoice lists them."""
    sums: dict[Decimal, Taxed] = {}
    for rate, taxed in lines:
        sums[rate] = sums.get(rate, Taxed.nothing()) + taxed
    return dict(sorted(sums.items()))


def credit_line(
    *, charged: Taxed, credited: Taxed, net: Decimal, rate: Decimal, decimals: int = 2
) -> Taxed:
    """Return what a credit note gives back for `net` of a line, as positive amounts.

    Held to what is left of the line (`charged` less `credited` by earlier notes), net and tax
    each, so that many small credits never add up to more than was charged through rounding. The
    credit that takes the last of the net takes the last of the tax with it.
    Raises ValueError when the amounts are negative or more was credited than charged.
    """
    left = charged - credited
    if min(net, left.net, left.tax, credited.net, credited.tax) < 0:
        raise ValueError("a credit lies between nothing and what is left of the charge")
    given = min(round_money(net, decimals), left.net)
    if given == left.net:
        return left
    return Taxed(given, min(round_money(times(given, rate), decimals), left.tax))
