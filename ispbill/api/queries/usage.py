"""A service's usage day by day, as the API tells it."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from customers.models import Subscription
from ispbill.api.queries import shapes
from network.usage.models import UsageDay

MOST_DAYS = 400
_GB = 10**9


def of(service: Subscription, number: str, since: date, until: date) -> dict[str, Any]:
    """Return usage on days [since, until). Raises ValueError for a span nobody can have."""
    if not 0 < (until - since).days <= MOST_DAYS:
        raise ValueError(_("The span has between 1 and 400 days."))
    rows = list(
        UsageDay.objects.filter(Q(subscription=service), date__gte=since, date__lt=until).order_by(
            "date"
        )
    )
    down, up = sum(row.download_bytes for row in rows), sum(row.upload_bytes for row in rows)
    cap = service.data_cap_gb
    share = Decimal(100 * (down + up)) / (cap * _GB) if cap else None
    sources = {row.source for row in rows}
    return {
        "service": number,
        "start": since,
        "end": until,
        "source": "mixed" if len(sources) > 1 else next(iter(sources)).lower() if sources else None,
        "is_estimated": "ESTIMATED" in sources,
        "as_of": rows[-1].date if rows else None,
        "download_gb": shapes.gigabytes(down),
        "upload_gb": shapes.gigabytes(up),
        "total_gb": shapes.gigabytes(down + up),
        "data_cap_gb": cap,
        "percent_of_cap": None if share is None else f"{share:.1f}",
        "rows": [
            {
                "date": row.date,
                "download_gb": shapes.gigabytes(row.download_bytes),
                "upload_gb": shapes.gigabytes(row.upload_bytes),
                "total_gb": shapes.gigabytes(row.download_bytes + row.upload_bytes),
            }
            for row in rows
        ],
    }


def days_between(since: date | None, until: date | None, *, today: date) -> tuple[date, date]:
    """Return the span asked for; without one the thirty days up to today."""
    end = until or today + timedelta(days=1)
    return since or end - timedelta(days=30), end
