"""A second, slow and simple reckoning to hold the rules against.

It walks day by day and counts in whole numbers, and shares no code with the rules.
"""

from datetime import date, timedelta

ONE_DAY = timedelta(days=1)
MONTHS = {"monthly": 1, "quarterly": 3, "annual": 12}


def is_boundary(on: date, billing_day: int) -> bool:
    last_of_month = (on + ONE_DAY).month != on.month
    return on.day == billing_day or (last_of_month and on.day < billing_day)


def next_boundary(on: date, billing_day: int, months: int = 1, step: int = 1) -> date:
    """Walk from `on` over `months` boundaries, forward or (step −1) back."""
    while months:
        on += step * ONE_DAY
        months -= is_boundary(on, billing_day)
    return on


def containing(on: date, billing_day: int, months: int, anchor: date) -> tuple[date, date]:
    """Walk from the anchor in whole periods until `on` lies inside."""
    start = anchor
    while start > on:
        start = next_boundary(start, billing_day, months, step=-1)
    end = next_boundary(start, billing_day, months)
    while end <= on:
        start, end = end, next_boundary(end, billing_day, months)
    return start, end


def cents(price_cents: int, days: int, divisor: int) -> int:
    """Half-up twice: the ratio in billionths, then the cents."""
    billionths = (2 * days * 10**9 + divisor) // (2 * divisor)
    return (2 * price_cents * billionths + 10**9) // (2 * 10**9)


def days_of_month(on: date) -> int:
    first_of_next = (on.replace(day=1) + timedelta(days=32)).replace(day=1)
    return (first_of_next - ONE_DAY).day


def prorated(
    start: date,
    end: date,
    billing_day: int,
    price_cents: int,
    cycle: str,
    policy: str,
    anchor: date,
) -> list[int]:
    """Return the cents of each piece, in order."""
    months = MONTHS[cycle]
    amounts: list[int] = []
    while start < end:
        first, last = containing(start, billing_day, months, anchor)
        upto = min(end, last)
        amounts += _within(start, upto, first, last, price_cents, months, policy)
        start = upto
    return amounts


def _within(start, upto, first, last, price_cents, months, policy):
    days = (upto - start).days
    if (start, upto) == (first, last):
        return [price_cents]
    if policy == "anchor":
        return [cents(price_cents, days, (last - first).days)]
    if policy == "fixed30":
        slots = thirty_day_slots(first, last, months)
        counted = slots_before(upto, slots, last) - slots_before(start, slots, last)
        return [cents(price_cents, counted, 30 * months)]
    by_month: dict[date, int] = {}
    for step in range(days):
        month = (start + step * ONE_DAY).replace(day=1)
        by_month[month] = by_month.get(month, 0) + 1
    left, amounts = price_cents, []
    for month, count in by_month.items():
        amounts.append(min(left, cents(price_cents, count, days_of_month(month) * months)))
        left -= amounts[-1]
    return amounts


def thirty_day_slots(first, last, months):
    """List a period's days as (year, month, day) of a calendar whose months have thirty."""
    day = min(30, max(first.day, last.day))
    at, slots = (first.year, first.month, day), []
    while len(slots) < 30 * months:
        slots.append(at)
        year, month, day = at
        at = (year, month, day + 1) if day < 30 else next_month(year, month)
    return slots


def next_month(year, month):
    return (year + 1, 1, 1) if month == 12 else (year, month + 1, 1)


def slots_before(on, slots, last):
    if on >= last:
        return len(slots)
    return sum(slot < (on.year, on.month, min(on.day, 30)) for slot in slots)
