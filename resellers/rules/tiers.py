"""What a month's volume earns in tiers, and what of it is still to come at the close."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ispbill.core.money import round_money

MARGINAL, RETROACTIVE = "MARGINAL", "RETROACTIVE"
ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Tier:
    """A rate (a fraction) from a volume on, that figure included."""

    start: Decimal
    rate: Decimal


def is_in_order(tiers: Sequence[Tier]) -> bool:
    """Tell whether tiers begin at nothing and rise; the last one is open."""
    starts = [tier.start for tier in tiers]
    return bool(starts) and starts[0] == 0 and starts == sorted(set(starts))


def earned(volume: Decimal, tiers: Sequence[Tier], *, manner: str) -> Decimal:
    """Return what a month's volume earns: each tier its own slice, or the last one for all."""
    if manner == RETROACTIVE:
        reached = [tier for tier in tiers if volume >= tier.start]
        return round_money(volume * reached[-1].rate) if reached else ZERO
    ends = [tier.start for tier in tiers[1:]] + [None]
    total = ZERO
    for tier, end in zip(tiers, ends, strict=True):
        upper = volume if end is None else min(volume, end)
        total += max(upper - tier.start, ZERO) * tier.rate
    return round_money(total)


def bonus(
    volume: Decimal,
    accrued: Decimal,
    tiers: Sequence[Tier],
    *,
    manner: str,
    cap: Decimal | None = None,
) -> Decimal:
    """Return what the close adds to what was accrued at once, within the month's cap."""
    whole = earned(volume, tiers, manner=manner)
    if cap is not None:
        whole = min(whole, cap)
    return max(whole - accrued, ZERO)


def month_to_close(on: date, *, close_day: int) -> date | None:
    """Return the first of the month that may be closed on a day; None before its close day."""
    if on.day < close_day:
        return None
    return (
        on.replace(year=on.year - 1, month=12, day=1)
        if on.month == 1
        else on.replace(month=on.month - 1, day=1)
    )
