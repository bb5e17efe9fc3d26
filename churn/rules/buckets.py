"""Values of features as the few buckets that may leave the company, by feature.

A bucket is short text without a name, place or exact amount; "" is one that says nothing.
"""

from math import exp

Bounds = tuple[tuple[float, str], ...]

# Up to and including the bound; the last word is for all above.
_BOUNDS: dict[str, tuple[Bounds, str]] = {
    "late_bills": (((0, "0"), (1, "1"), (3, "2-3")), "4+"),
    "very_late_bills": (((0, "0"), (1, "1")), "2+"),
    "lateness_trend": (((-3, "earlier"), (2.999, "same")), "later"),
    "overdue_days": (((0, "0"), (7, "1-7"), (30, "8-30")), "31+"),
    "overdue_ratio": (((0, "0"), (1, "up to 1"), (2, "1-2")), "2+"),
    "auto_pay": (((0, "no"),), "yes"),
    "cuts": (((0, "0"), (1, "1")), "2+"),
    "tickets": (((0, "0"), (2, "1-2")), "3+"),
    "reopened": (((0, "0"), (1, "1")), "2+"),
    "oldest_unresolved": (((0, "0"), (3, "1-3"), (7, "4-7")), "8+"),
    "stars": (((2, "1-2"), (3, "3")), "4-5"),
    "nps": (((6, "0-6"), (8, "7-8")), "9-10"),
    "outage_hours": (((0, "0"), (4, "up to 4"), (11.999, "4-12")), "12+"),
    "usage_ratio": (((0.5, "half or less"), (0.85, "less"), (1.15, "same")), "more"),
    "silent_days": (((0, "0"), (6, "1-6"), (13, "7-13")), "14"),
    "speed_ratio": (((0.5999, "under 60 %"), (0.8999, "60-90 %")), "90 % or more"),
    "downgrade_asked": (((0, "no"),), "yes"),
    "largest_rise": (((0, "none"), (0.0499, "under 5 %"), (0.1, "5-10 %")), "over 10 %"),
    "discount_ending": (((0, "no"),), "yes"),
    "contract_ending": (((0, "no"),), "yes"),
    "contract_longer": (((0, "no"),), "yes"),
    "cycle_months": (((1, "1"), (3, "2-3"), (6, "4-6")), "7+"),
    "prepaid": (((0, "no"),), "yes"),
}
_TENURE: tuple[Bounds, str] = (((6, "0-6"), (24, "7-24"), (60, "25-60")), "61+")
UNKNOWN = "unknown"


def of(name: str, value: float | None) -> str:
    """Return the bucket of a feature's value; `tenure` comes as ln(1 + months)."""
    if value is None:
        return UNKNOWN
    if name == "tenure":
        return _within(round(exp(value) - 1, 6), _TENURE)
    return _within(value, _BOUNDS[name])


def _within(value: float, steps: tuple[Bounds, str]) -> str:
    bounds, above = steps
    return next((word for bound, word in bounds if value <= bound), above)
