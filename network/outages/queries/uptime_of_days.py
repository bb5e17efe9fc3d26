"""How long lines were up on some days: from the months written down, and measured at the edges."""

from datetime import date, timedelta

from customers.models import Area
from ispbill.core import clock
from network.outages.models import UptimeMonth
from network.outages.queries import uptime
from network.outages.queries.uptime import Frame, Measured


def of_days(*, since: date, until: date, complete: date, branch_id: int | None) -> Measured:
    """Return the seconds that lines were looked at and of them down, on the days to `until`.

    `complete` is the last day that is over, `until` at most that. A month that is whole, or goes
    on after it, is as it was written down last; others are measured, by the lines of today.
    """
    total = down = 0
    while since <= until:
        after = (since.replace(day=1) + timedelta(days=32)).replace(day=1)
        end = min(until, after - timedelta(days=1))
        is_whole = since.day == 1 and (end + timedelta(days=1) == after or end == complete)
        found = _written(since, branch_id) if is_whole else None
        part = found or _measured(since, end, branch_id)
        total, down = total + part.total, down + part.down
        since = after
    return Measured(total, down)


def _written(month: date, branch_id: int | None) -> Measured | None:
    """Return a month as it was written down; None where it never was."""
    rows = UptimeMonth.objects.filter(month=month, router=None)
    if branch_id is None:
        rows = rows.filter(area=None)
    else:
        rows = rows.filter(area__branch=branch_id)
    found = list(uptime.latest(rows))
    if not found:
        return None
    return Measured(sum(one.total_seconds for one in found), sum(one.down_seconds for one in found))


def _measured(since: date, until: date, branch_id: int | None) -> Measured:
    begin, end = clock.midnight(since), clock.midnight(until + timedelta(days=1))
    _routers, areas, whole = uptime.measure(Frame(since, begin, end))
    if branch_id is None:
        return whole
    ours = set(Area.objects.filter(branch=branch_id).values_list("pk", flat=True))
    found = [one for pk, one in areas.items() if pk in ours]
    return Measured(sum(one.total for one in found), sum(one.down for one in found))
