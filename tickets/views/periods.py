"""The stretch of time a report looks at: some days back, until now."""

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from ispbill.accounts.http import Request
from ispbill.core import digits

DAYS = (30, 90, 365)


def chosen(request: Request, *, at: datetime) -> tuple[datetime, list[dict[str, object]]]:
    """Return the first moment of the period asked for, and the choices as tabs."""
    asked = digits.whole(request.GET.get("days", ""))
    days = asked if asked in DAYS else DAYS[0]
    labels = {30: _("Last 30 days"), 90: _("Last 90 days"), 365: _("Last 12 months")}
    match = request.resolver_match
    base = reverse(match.view_name) if match is not None else ""
    tabs: list[dict[str, object]] = [
        {"label": labels[one], "url": f"{base}?days={one}", "current": one == days} for one in DAYS
    ]
    return at - timedelta(days=days), tabs
