"""A month as figures count it: named by its first day."""

from datetime import date, timedelta


def first_of(day: date) -> date:
    return day.replace(day=1)


def following(month: date) -> date:
    """Return the first day of the month after the one that begins on `month`."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def last_of(month: date) -> date:
    return following(month) - timedelta(days=1)
