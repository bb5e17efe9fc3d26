"""Write down each month's uptime: anew while it lasts, closed on the third of the next."""

from datetime import date, datetime, timedelta

from django.db import transaction

from ispbill.audit.services import events, trail
from ispbill.core import clock, live
from ispbill.core.acts import Act
from network.outages.models import OutageSettings, UptimeMonth
from network.outages.queries import uptime
from network.outages.queries.uptime import Measured
from network.outages.rules import uptime as rules

CLOSED_ON = 3  # the day of the next month


def judge_due(*, at: datetime) -> int:
    """Reckon this month, and the last one until its third day closes it; return rows written."""
    today = clock.local_date(at)
    this = today.replace(day=1)
    last = (this - timedelta(days=1)).replace(day=1)
    written = judge(month=this, at=at)
    if not UptimeMonth.objects.filter(month=last, closed_at__isnull=False).exists():
        is_closed = today.day >= CLOSED_ON
        written += judge(month=last, at=at, is_closed=is_closed)
    return written


@transaction.atomic
def judge(*, month: date, at: datetime, is_closed: bool = False) -> int:
    """Write the figures of a month that is not closed; return how many."""
    trail.begin(act=Act(None, at))
    if UptimeMonth.objects.filter(month=month, closed_at__isnull=False).exists():
        return 0
    closed_at = at if is_closed else None
    rows = _rows(month, at=at, closed_at=closed_at)
    UptimeMonth.objects.filter(month=month).delete()
    UptimeMonth.objects.bulk_create(rows)
    live.changed("outage")
    return len(rows)


@transaction.atomic
def revise(*, month: date, act: Act) -> int:
    """Reckon a closed month anew, as another revision with its reason; return what differs."""
    act = trail.begin_with_reason(act=act)
    before = {
        (one.router_id, one.area_id): one
        for one in uptime.latest(UptimeMonth.objects.filter(month=month))
    }
    changed = []
    for row in _rows(month, at=act.at, closed_at=act.at):
        old = before.get((row.router_id, row.area_id))
        same = old and (old.total_seconds, old.down_seconds)
        if same != (row.total_seconds, row.down_seconds):
            row.revision = old.revision + 1 if old else 1
            row.reason = act.reason
            changed.append(row)
    UptimeMonth.objects.bulk_create(changed)
    if changed:
        events.record(
            act=act,
            action="outage.month_revised",
            target=changed[0],
            label=f"{month:%Y-%m}",
            after={"rows": len(changed)},
        )
    return len(changed)


@transaction.atomic
def look_into(*, row: UptimeMonth, act: Act) -> None:
    """Note that somebody has looked into a month that missed its target, and why it did."""
    act = trail.begin_with_reason(act=act)
    row = UptimeMonth.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if row.seen_at is None:
        row.seen_at = act.at
        row.seen_by_id = act.actor.pk if act.actor is not None else None
        row.save(update_fields=["seen_at", "seen_by"])
        events.record(act=act, action="outage.breach_looked_into", target=row)
        live.changed("outage")


def _rows(month: date, *, at: datetime, closed_at: datetime | None) -> list[UptimeMonth]:
    target = OutageSettings.current().uptime_target
    routers, areas, whole = uptime.measure(uptime.frame(month, at=at))

    def row(measured: Measured, **of: int) -> UptimeMonth:
        return UptimeMonth(
            month=month,
            total_seconds=measured.total,
            down_seconds=measured.down,
            target=target,
            is_breach=rules.is_breach(total=measured.total, down=measured.down, target=target),
            closed_at=closed_at,
            **of,
        )

    found = [row(one, router_id=pk) for pk, one in routers.items()]
    found += [row(one, area_id=pk) for pk, one in areas.items()]
    return [*found, row(whole)]
