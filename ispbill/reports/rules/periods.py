"""The week or month that was over last on a day."""

from datetime import date, timedelta

from ispbill.reports.rules.months import first_of

WEEK, MONTH = "WEEK", "MONTH"


def last_over(every: str, on: date) -> tuple[date, date]:
    """Return the first and last day of the week (from Monday) or month that ended before `on`."""
    begin = on - timedelta(days=on.weekday()) if every == WEEK else first_of(on)
    last = begin - timedelta(days=1)
    return (begin - timedelta(days=7) if every == WEEK else first_of(last)), last
