"""How long a discount of N billing periods lasts. See docs/algorithms/discounts.md."""

from __future__ import annotations

from datetime import date

from billing.invoices.rules.periods import Cycle, is_billing_date, periods


def end_after(*, start: date, billing_day: int, cycles: int, cycle: Cycle) -> date:
    """Return the first day that is not discounted any more: after N whole periods.

    They are counted from the first whole period that starts on or after `start`; the days before
    it (a stub) are discounted too and not counted. Raises ValueError for fewer than one period.
    """
    if cycles < 1:
        raise ValueError("a discount lasts at least one period")
    stubs = 0 if is_billing_date(start, billing_day) else 1
    return periods(start, billing_day, cycles + stubs, cycle)[-1].end
