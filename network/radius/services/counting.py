"""Spread what accounting packets add over hours and days, and note what cannot have flowed."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from ispbill.core import clock, live
from network.models import Access
from network.radius.models import RadiusNas
from network.radius.rules import accounting
from network.radius.rules.accounting import Judged, Packet, Session, Speed, Verdict
from network.usage.models import UsageAlert
from network.usage.models.totals import Source
from network.usage.rules import spreading
from network.usage.services import totals, writing

_MOMENT = timedelta(seconds=1)
_ALERTS = {Speed.IMPOSSIBLE: UsageAlert.Kind.REFUSED, Speed.FASTER: UsageAlert.Kind.FASTER}


@dataclass
class Counted:
    """What a batch adds: bytes by (service, customer, hour), and what somebody should look at."""

    hours: dict[tuple[int, int, datetime], list[int]] = field(default_factory=dict)
    alerts: list[UsageAlert] = field(default_factory=list)


def count(
    judged: Judged,
    known: Session | None,
    packet: Packet,
    *,
    line: Access,
    nas: RadiusNas,
    into: Counted,
) -> None:
    """Spread what the packet adds over the hours since the last one.

    A session from before the router asked RADIUS only gives a base line, and so does one that was
    faster than anything is; of that, and of more than twice what is sold, somebody hears.
    """
    is_new = judged.verdict is Verdict.NEW
    since = judged.session.began_at if is_new or known is None else known.last_at
    if since >= packet.at and not judged.upload + judged.download:
        return  # it has only begun
    since = min(since, packet.at - _MOMENT)
    if is_new and since < nas.since - accounting.ACCURACY:
        return
    if _judged(judged, since, packet.at, line, into) is Speed.IMPOSSIBLE:
        return
    starts = spreading.cuts(
        spreading.hour_start(since, clock.zone()), packet.at, step=spreading.HOUR
    )
    for place, size in ((0, judged.upload), (1, judged.download)):
        shares = spreading.shares(size, since, packet.at, starts=starts, step=spreading.HOUR)
        for start, share in shares:
            key = (line.subscription_id, line.customer_id, start)
            into.hours.setdefault(key, [0, 0])[place] += share


def write(counted: Counted) -> None:
    """Write hours, the days they are of, and alerts: one of a kind a day."""
    if counted.alerts:
        UsageAlert.objects.bulk_create(counted.alerts, ignore_conflicts=True)
    if not counted.hours:
        return
    writing.hours(dict(sorted(counted.hours.items())), source=Source.RADIUS)
    zone = clock.zone()
    days: set[tuple[int, date]] = {
        (pk, start.astimezone(zone).date()) for pk, _customer, start in counted.hours
    }
    totals.add_up(days)
    live.changed("usage")


def _judged(judged: Judged, since: datetime, until: datetime, line: Access, into: Counted) -> Speed:
    seconds, sold = (until - since).total_seconds(), line.subscription
    speed = accounting.speed(
        judged.upload, judged.download, seconds=seconds, sold=(sold.upload_mbps, sold.download_mbps)
    )
    if speed in _ALERTS:
        detail = f"{judged.upload}/{judged.download} in {int(seconds)} s"
        into.alerts.append(
            UsageAlert(
                subscription_id=line.subscription_id,
                kind=_ALERTS[speed],
                on=clock.local_date(until),
                detail=detail,
            )
        )
    return speed
