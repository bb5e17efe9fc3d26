"""The days of the past on which something is billed, and those on which people join."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from billing.invoices.rules.periods import billing_date

BILLING_DAYS = (1, 5, 25, 30)
LEAD_DAYS = 7
RECENT_DAYS = 21
ZONE = ZoneInfo("Asia/Dhaka")


@dataclass(frozen=True)
class Calendar:
    """`runs` are the days with a billing run, in order; people join on the day before one."""

    start: date
    today: date
    runs: tuple[date, ...]

    def is_recent(self, day: date) -> bool:
        """Tell whether messages of that day are still worth showing."""
        return day > self.today - timedelta(days=RECENT_DAYS)

    @property
    def joining(self) -> list[date]:
        return [run - timedelta(days=1) for run in self.runs]


def calendar(*, today: date, months: int) -> Calendar:
    """Return the days of `months` months of history up to the company date `today`.

    Every period is billed exactly its lead time ahead: there is a run seven days before each
    billing date.
    """
    index = today.year * 12 + today.month - 1 - months
    year, month = divmod(index, 12)
    start = billing_date(year, month + 1, today.day)
    runs = {today}
    for step in range(months + 2):
        year, month = divmod(index + step, 12)
        runs |= {
            billing_date(year, month + 1, day) - timedelta(days=LEAD_DAYS) for day in BILLING_DAYS
        }
    inside = sorted(day for day in runs if start < day <= today)
    return Calendar(start=start, today=today, runs=tuple(inside))


def moment(on: date, hour: int, minute: int = 0) -> datetime:
    """Return the UTC moment of a local time of day in Dhaka."""
    return datetime.combine(on, time(hour, minute), ZONE).astimezone(UTC)
