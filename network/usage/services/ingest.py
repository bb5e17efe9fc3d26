"""Take what a router answered into the totals: once, whole, or not at all.

One transaction a poll. The router's row is locked first; a poll that is not later than the last
one changes nothing, so that late and repeated answers are harmless. What a reading adds is reckoned
by `network.usage.rules.counters`; everything is written with a handful of statements, however many
lines there are.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import transaction

from ispbill.core import clock, statements
from network.usage.models import UsageGap, UsagePoll
from network.usage.rules import counters, spreading
from network.usage.rules.counters import Delta, Reading, Sold, Verdict
from network.usage.services import keeping, totals, writing


class Seen(NamedTuple):
    """A session as a router showed it, with its counters (the customer's bytes).

    `source` is what was read ("ppp", "hotspot", "queue"); it counts only for a line of a method
    that is measured so.
    """

    username: str
    session: str
    began_at: datetime
    upload: int
    download: int
    address: str = ""
    caller_id: str = ""
    source: str = "ppp"


@dataclass(slots=True)
class Tally:
    """What became of a poll's readings; `flows` tells by service whether anything had flowed."""

    counted: int = 0
    base: int = 0
    refused: int = 0
    late: int = 0
    strangers: int = 0
    bytes: int = 0
    flows: dict[int, bool] = field(default_factory=dict)


class Part(NamedTuple):
    """One line's part of a poll. `has_ended_another`: the session read before is over."""

    subscription_id: int
    customer_id: int
    seen: Seen
    delta: Delta
    has_ended_another: bool


_LINES = """
    SELECT a.username, a.subscription_id, a.customer_id, s.upload_mbps, s.download_mbps,
           CASE a.method WHEN 'PPPOE' THEN 'ppp' WHEN 'HOTSPOT' THEN 'hotspot' ELSE 'queue' END,
           c.router_id, c.session, c.began_at, c.upload_counter, c.download_counter, c.read_at
    FROM network_access a JOIN customers_subscription s ON s.id = a.subscription_id
    LEFT JOIN network_usagecounter c ON c.subscription_id = a.subscription_id
    WHERE a.router_id = %s AND a.desired_state <> 'REMOVED'
    ORDER BY a.subscription_id
"""


@transaction.atomic
def take(
    *,
    router_id: int,
    sessions: Sequence[Seen],
    uptime_seconds: int,
    at: datetime,
    now: datetime,
    counter_bits: int = 64,
) -> Tally:
    """Count a poll of one router. `at`: when its answer was here; `now`: the present moment."""
    poll, _is_new = UsagePoll.objects.select_for_update().get_or_create(router_id=router_id)
    if not counters.is_timely(poll.read_at, at, now=now):
        poll.late += len(sessions)
        poll.save(update_fields=["late"])
        return Tally(late=len(sessions))
    tally = Tally()
    parts = _parts(router_id, sessions, poll, at=at, counter_bits=counter_bits, tally=tally)
    keeping.make_day(at.astimezone(UTC).date())
    _write(router_id, parts, last_at=poll.read_at, at=at)
    if poll.read_at is not None and at - poll.read_at > counters.GAP:
        UsageGap.objects.get_or_create(
            router_id=router_id, since=poll.read_at, defaults={"until": at}
        )
    poll.read_at, poll.uptime_seconds = at, uptime_seconds
    poll.lines, poll.strangers = len(parts), tally.strangers
    poll.late += tally.late
    poll.refused += tally.refused
    poll.save()
    return tally


def _parts(
    router_id: int,
    sessions: Sequence[Seen],
    poll: UsagePoll,
    *,
    at: datetime,
    counter_bits: int,
    tally: Tally,
) -> list[Part]:
    """Return what each line's reading adds; sessions of nobody, and late ones, are counted."""
    by_name = {(seen.username, seen.source): seen for seen in sessions}
    rows = [row for row in statements.read(_LINES, [router_id]) if (row[0], row[5]) in by_name]
    tally.strangers = len(by_name) - len(rows)
    parts = []
    for name, subscription_id, customer_id, upload_mbps, download_mbps, source, *before in rows:
        seen = by_name[name, source]
        last = Reading(*before) if before[0] is not None else None
        if last is not None and at <= last.at:
            tally.late += 1
            continue
        reading = Reading(router_id, seen.session, seen.began_at, seen.upload, seen.download, at)
        sold = Sold(upload_mbps, download_mbps, counter_bits)
        found = counters.delta(last, reading, router_read_at=poll.read_at, sold=sold)
        has_ended_another = last is not None and found.is_new_session
        parts.append(Part(subscription_id, customer_id, seen, found, has_ended_another))
        tally.bytes += found.upload + found.download
        tally.flows[subscription_id] = bool(found.upload or found.download)
        tally.counted += found.verdict in (Verdict.COUNTED, Verdict.FASTER)
        tally.base += found.verdict is Verdict.BASE
        tally.refused += found.verdict is Verdict.REFUSED
    return parts


def _write(
    router_id: int, parts: Sequence[Part], *, last_at: datetime | None, at: datetime
) -> None:
    zone = clock.zone()
    hours = _hours(parts, at=at, zone=zone)
    writing.samples(parts, router_id=router_id, at=at)
    writing.hours(hours)
    done = writing.days(zone=zone)
    writing.slots(_slots(parts, last_at=last_at, at=at), router_id=router_id)
    writing.ended_sessions(parts)
    writing.counters(parts, router_id=router_id, at=at)
    writing.alerts(parts, on=clock.local_date(at))
    days = {(pk, hour.astimezone(zone).date()) for pk, _customer, hour in hours}
    if days - done:  # of more than one source
        totals.add_up(days - done)


def _hours(
    parts: Sequence[Part], *, at: datetime, zone: ZoneInfo
) -> dict[tuple[int, int, datetime], tuple[int, int]]:
    """Put each line's bytes into hours. An hour with a reading has a row, be it nothing."""
    found = {}
    starts_of: dict[datetime, list[datetime]] = {}  # nearly all lines have the same span
    for part in parts:
        since, pk, customer = part.delta.since, part.subscription_id, part.customer_id
        starts = starts_of.get(since)
        if starts is None:
            first = spreading.hour_start(since, zone)
            starts = starts_of[since] = spreading.cuts(first, at, step=spreading.HOUR)
        up, down = (
            spreading.shares(size, since, at, starts=starts, step=spreading.HOUR)
            for size in (part.delta.upload, part.delta.download)
        )
        for (start, upload), (_start, download) in zip(up, down, strict=True):
            found[pk, customer, start] = (upload, download)
    return found


def _slots(
    parts: Sequence[Part], *, last_at: datetime | None, at: datetime
) -> dict[datetime, list[int]]:
    """Put the bytes of all lines into five minutes: those of the same span together."""
    slots: dict[datetime, list[int]] = defaultdict(lambda: [0, 0])
    spans: dict[datetime, list[int]] = defaultdict(lambda: [0, 0])
    if last_at is not None and at - last_at <= counters.GAP:
        spans[last_at] = [0, 0]  # measured, be it nothing
    for part in parts:
        if part.delta.upload or part.delta.download:
            sizes = spans[part.delta.since]
            sizes[0] += part.delta.upload
            sizes[1] += part.delta.download
    for since, sizes in spans.items():
        starts = spreading.cuts(spreading.slot_start(since), at, step=spreading.SLOT)
        for place, size in enumerate(sizes):
            for start, share in spreading.shares(
                size, since, at, starts=starts, step=spreading.SLOT
            ):
                slots[start][place] += share
    return slots
