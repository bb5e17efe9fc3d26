"""A service's usage over a day, a week, a month or its billing period, for pages and files."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Case, IntegerField, Value, When

from customers.models import Subscription
from network.models import Access
from network.usage.models import UsageDay, UsageGap, UsageHour, UsagePoll
from network.usage.models.totals import SOURCE_ORDER, Source
from network.usage.rules import counters, periods, spreading
from network.usage.rules.periods import Days, Span

_RANK = Case(
    *(When(source=source, then=Value(place)) for place, source in enumerate(SOURCE_ORDER)),
    default=Value(len(SOURCE_ORDER)),
    output_field=IntegerField(),
)


@dataclass(frozen=True)
class Row:
    """An hour or a day: bytes (None: nobody measured), and how long nobody did."""

    start: datetime | date
    upload: int | None = None
    download: int | None = None
    source: str = ""
    is_mixed: bool = False
    gap: timedelta = timedelta(0)
    is_running: bool = False  # its time is not over

    @property
    def total(self) -> int | None:
        """Both directions."""
        if self.upload is None or self.download is None:
            return None
        return self.upload + self.download

    @property
    def source_words(self) -> str:
        """Who counted; several are several."""
        return str(Source(self.source).label) if self.source else ""


@dataclass(frozen=True)
class Usage:
    """What a page shows: the span, its rows, and their sums."""

    span: Span
    days: Days
    on: date
    rows: Sequence[Row]

    @property
    def upload(self) -> int:
        return sum(row.upload or 0 for row in self.rows)

    @property
    def download(self) -> int:
        return sum(row.download or 0 for row in self.rows)

    @property
    def total(self) -> int:
        return self.upload + self.download

    @property
    def gap(self) -> timedelta:
        """How long nobody measured."""
        return sum((row.gap for row in self.rows), timedelta(0))

    @property
    def has_any(self) -> bool:
        return any(row.total is not None for row in self.rows)

    @property
    def is_estimated(self) -> bool:
        return any(row.source == Source.ESTIMATED for row in self.rows)

    @property
    def busiest(self) -> Row | None:
        """The row with most, if there is any."""
        return max(
            (row for row in self.rows if row.total), key=lambda row: row.total or 0, default=None
        )


def of_service(
    service: Subscription, *, span: Span, on: date, at: datetime, zone: ZoneInfo
) -> Usage:
    """Return a service's usage in the span that `on` lies in; `at` is the present moment."""
    days = periods.days_of(span, on, billing_day=service.billing_day)
    line = Access.objects.filter(subscription=service).only("router_id").first()
    gaps = _gaps(line.router_id, days, at=at, zone=zone) if line is not None else []
    if span is Span.DAY:
        rows = _hours(service, on, gaps=gaps, at=at, zone=zone)
    else:
        rows = _days(service, days, gaps=gaps, at=at, zone=zone)
    return Usage(span=span, days=days, on=on, rows=rows)


Gap = tuple[datetime, datetime]


def _gaps(router_id: int, days: Days, *, at: datetime, zone: ZoneInfo) -> list[Gap]:
    """Return when the router was not read, the present silence included."""
    start = spreading.day_span(days.start, zone)[0]
    end = min(spreading.day_span(days.end, zone)[0], at)
    gaps = list(
        UsageGap.objects.filter(router=router_id, until__gt=start, since__lt=end)
        .order_by("since")
        .values_list("since", "until")
    )
    polls = UsagePoll.objects.filter(router=router_id).order_by("read_at")
    read_at = polls.values_list("read_at", flat=True).first()
    if read_at is not None and at - read_at > counters.GAP:
        gaps.append((read_at, at))
    return gaps


def _hours(
    service: Subscription, on: date, *, gaps: Sequence[Gap], at: datetime, zone: ZoneInfo
) -> list[Row]:
    starts = spreading.hours_of(on, zone)
    found: dict[datetime, UsageHour] = {}
    rows = UsageHour.objects.filter(
        subscription=service, hour_start__gte=starts[0], hour_start__lte=starts[-1]
    ).annotate(rank=_RANK)
    for hour in rows.order_by("hour_start", "rank"):
        found.setdefault(hour.hour_start.astimezone(UTC), hour)
    return [
        _row(start.astimezone(zone), start, start + spreading.HOUR, found.get(start), gaps, at)
        for start in starts
    ]


def _days(
    service: Subscription, days: Days, *, gaps: Sequence[Gap], at: datetime, zone: ZoneInfo
) -> list[Row]:
    found = {
        day.date: day
        for day in UsageDay.objects.filter(
            subscription=service, date__gte=days.start, date__lt=days.end
        )
    }
    return [_row(on, *spreading.day_span(on, zone), found.get(on), gaps, at) for on in days.dates]


def _row(
    label: datetime | date,
    start: datetime,
    end: datetime,
    found: UsageHour | UsageDay | None,
    gaps: Sequence[Gap],
    at: datetime,
) -> Row:
    gap = sum(
        (
            min(until, end) - max(since, start)
            for since, until in gaps
            if since < end and until > start
        ),
        timedelta(0),
    )
    if found is None:
        return Row(label, gap=gap, is_running=start <= at < end)
    return Row(
        label,
        upload=found.upload_bytes,
        download=found.download_bytes,
        source=found.source,
        is_mixed=getattr(found, "is_mixed", False),
        gap=gap,
        is_running=start <= at < end,
    )
