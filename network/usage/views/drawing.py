"""A service's usage as chart, table and file: all three from the same rows."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ispbill.core import clock, formats
from ispbill.core.charts import Chart, Point
from ispbill.core.sheets import Cell
from network.usage.queries.series import Row, Usage
from network.usage.rules import sizes
from network.usage.rules.periods import Span

MB, GB = 10**6, 10**9


def page(usage: Usage, *, key: str, billing_day: int) -> dict[str, Any]:
    """Return what a page needs to show a span: chart, rows, sums, and the spans around it."""
    today = clock.today()
    return {
        "usage": usage,
        "chart": chart(usage, key=key),
        "rows": [_worded(row, usage.span) for row in usage.rows if not _is_ahead(row)],
        "download": words(usage.download),
        "upload": words(usage.upload),
        "total": words(usage.total),
        "gap": _duration(usage.gap) if usage.gap else "",
        "busiest": _label(usage.busiest.start, usage.span, is_long=True) if usage.busiest else "",
        "spans": spans(usage.span, has_period=billing_day > 1),
        "before": usage.days.start - timedelta(days=1),
        "after": usage.days.end if usage.days.end <= today else None,
        "title": _title(usage),
    }


def spans(current: Span, *, has_period: bool) -> list[tuple[str, str, bool]]:
    """Return the spans one can choose: address word, label, whether it is shown."""
    found = [(Span.DAY, _("Day")), (Span.WEEK, _("Week")), (Span.MONTH, _("Month"))]
    if has_period:
        found.append((Span.PERIOD, _("Billing period")))
    return [(span.value, label, span is current) for span, label in found]


def chart(usage: Usage, *, key: str) -> Chart:
    """Return the bars of a span; a gap is a gap, and what was read in part says so."""
    most = max((row.total or 0 for row in usage.rows), default=0)
    unit, size = ("GB", GB) if most >= GB else ("MB", MB)
    return Chart(
        kind="bars",
        key=key,
        title=_finding(usage),
        note=_("Dotted: not measured all the time.") if usage.gap else "",
        unit=unit,
        column=_("Data used"),
        points=[
            Point(
                label=_label(row.start, usage.span),
                value=None if row.total is None else _rounded(row.total, size),
                is_partial=row.is_running,
                is_patchy=bool(row.gap),
            )
            for row in usage.rows
        ],
        last=7 if usage.span is not Span.DAY else 12,
    )


def head(span: Span) -> list[Cell]:
    """Return the head of the table, of the page and of the file."""
    return [
        _("Hour") if span is Span.DAY else _("Date"),
        _("Download (GB)"),
        _("Upload (GB)"),
        _("Total (GB)"),
        _("Measured by"),
        _("Not measured (minutes)"),
    ]


def cells(usage: Usage) -> list[list[Cell]]:
    """Return the lines of the file: those of the table."""
    return [
        [
            row.start.strftime("%Y-%m-%d %H:%M")
            if isinstance(row.start, datetime)
            else row.start.isoformat(),
            _gigabytes(row.download),
            _gigabytes(row.upload),
            _gigabytes(row.total),
            row.source_words,
            int(row.gap.total_seconds() // 60),
        ]
        for row in usage.rows
        if not _is_ahead(row)
    ]


def words(size: int) -> str:
    """Write a size: `1,990 GB`, `1.25 GB`, `830 MB`."""
    if size >= 100 * GB:
        return f"{formats.number(Decimal(size) / GB, decimals=0)} GB"
    if size >= GB:
        return f"{formats.number(sizes.gigabytes(size), decimals=2)} GB"
    return f"{formats.number(Decimal(size) / MB, decimals=0)} MB"


def _worded(row: Row, span: Span) -> dict[str, Any]:
    return {
        "label": _label(row.start, span, is_long=True),
        "start": row.start,
        "download": _cell(row.download),
        "upload": _cell(row.upload),
        "total": _cell(row.total),
        "source": row.source_words,
        "is_mixed": row.is_mixed,
        "gap": _duration(row.gap) if row.gap else "",
        "is_running": row.is_running,
    }


def _is_ahead(row: Row) -> bool:
    """Tell whether a row's time has not come."""
    if isinstance(row.start, datetime):
        return row.start > clock.now()
    return row.start > clock.today()


def _gigabytes(size: int | None) -> Decimal | None:
    return None if size is None else sizes.gigabytes(size)


def _cell(size: int | None) -> str:
    return "—" if size is None else formats.number(sizes.gigabytes(size), decimals=2)


def _rounded(size: int, unit: int) -> Decimal:
    return (Decimal(size) / unit).quantize(Decimal("0.1"))


def _label(start: datetime | date, span: Span, *, is_long: bool = False) -> str:
    language = get_language() or "en"
    if isinstance(start, datetime):
        local = timezone.localtime(start)
        return f"{local:%H}:00" if is_long else f"{local:%H}"
    if is_long or span is Span.WEEK:
        return formats.day_month(start, language)
    return str(start.day)


def _duration(length: timedelta) -> str:
    return formats.duration(length, get_language() or "en")


def _title(usage: Usage) -> str:
    language = get_language() or "en"
    first, last = usage.days.start, usage.days.end - timedelta(days=1)
    if first == last:
        return formats.day_month(first, language)
    return f"{formats.day_month(first, language)} – {formats.day_month(last, language)}"


def _finding(usage: Usage) -> str:
    busiest = usage.busiest
    if busiest is None:
        return _("Nothing measured in this time")
    values = {"total": words(usage.total), "when": _label(busiest.start, usage.span, is_long=True)}
    if usage.span is Span.DAY:
        return _("%(total)s used, most from %(when)s") % values
    return _("%(total)s used, most on %(when)s") % values
