"""What to do for a customer who may leave, from the reasons alone; the strongest reason decides."""

from collections.abc import Iterable

CALL, TECHNICIAN, DISCOUNT = "CALL", "TECHNICIAN", "DISCOUNT"
UPGRADE, DOWNGRADE, PAYMENT_PLAN, WAIT = "UPGRADE", "DOWNGRADE", "PAYMENT_PLAN", "WAIT"
ACTIONS = (CALL, TECHNICIAN, DISCOUNT, UPGRADE, DOWNGRADE, PAYMENT_PLAN, WAIT)
MOST = 2

_FITTING = {
    "late_bills": PAYMENT_PLAN,
    "very_late_bills": PAYMENT_PLAN,
    "lateness_trend": PAYMENT_PLAN,
    "overdue_days": PAYMENT_PLAN,
    "overdue_ratio": PAYMENT_PLAN,
    "cuts": PAYMENT_PLAN,
    "oldest_unresolved": TECHNICIAN,
    "reopened": TECHNICIAN,
    "outage_hours": TECHNICIAN,
    "speed_ratio": TECHNICIAN,
    "usage_ratio": DOWNGRADE,
    "silent_days": DOWNGRADE,
    "downgrade_asked": DOWNGRADE,
    "largest_rise": DISCOUNT,
    "discount_ending": DISCOUNT,
    "contract_ending": DISCOUNT,
}


def proposed(codes: Iterable[str]) -> tuple[str, ...]:
    """Return at most two actions for reason codes, the strongest first; a call where none fits."""
    found = dict.fromkeys(_FITTING.get(code, CALL) for code in codes)
    return tuple(found)[:MOST] or (CALL,)
