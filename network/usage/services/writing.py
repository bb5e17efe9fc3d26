"""The statements of a poll: one a table, in the order of keys."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db import connection

from ispbill.core import statements
from network.usage.models import UsageAlert
from network.usage.models.totals import Source
from network.usage.rules.counters import Verdict

if TYPE_CHECKING:
    from network.usage.services.ingest import Part

_SAMPLES = """
    COPY network_usagesample (subscription_id, router_id, read_at, since, upload_counter,
        download_counter, upload_bytes, download_bytes) FROM STDIN
"""
_STAGED_HOURS = """
    subscription_id bigint, customer_id bigint, hour_start timestamptz, upload_bytes bigint,
    download_bytes bigint
"""
_HOURS = """
    INSERT INTO network_usagehour AS was
        (subscription_id, customer_id, hour_start, source, upload_bytes, download_bytes)
    SELECT subscription_id, customer_id, hour_start, %s, upload_bytes, download_bytes
    FROM staged_hours ORDER BY subscription_id, hour_start
    ON CONFLICT (subscription_id, hour_start, source) DO UPDATE
    SET upload_bytes = was.upload_bytes + excluded.upload_bytes,
        download_bytes = was.download_bytes + excluded.download_bytes
"""
# A day that we alone have measured grows with its hours; any other is left to `totals.add_up`.
_DAYS = """
    INSERT INTO network_usageday AS was (subscription_id, customer_id, date, upload_bytes,
        download_bytes, free_bytes, source, is_mixed, is_pinned)
    SELECT subscription_id, customer_id, (hour_start AT TIME ZONE %(zone)s)::date,
        sum(upload_bytes), sum(download_bytes), 0, %(source)s, false, false
    FROM staged_hours GROUP BY 1, 2, 3 ORDER BY 1, 3
    ON CONFLICT (subscription_id, date) DO UPDATE
    SET upload_bytes = was.upload_bytes + excluded.upload_bytes,
        download_bytes = was.download_bytes + excluded.download_bytes
    WHERE was.source = %(source)s AND NOT was.is_mixed AND NOT was.is_pinned
    RETURNING subscription_id, date
"""
_SLOTS = """
    INSERT INTO network_usageslot AS was (router_id, starts_at, upload_bytes, download_bytes)
    SELECT %s, starts, upload, download
    FROM unnest(%s::timestamptz[], %s::bigint[], %s::bigint[]) AS t (starts, upload, download)
    ORDER BY starts
    ON CONFLICT (router_id, starts_at) DO UPDATE
    SET upload_bytes = was.upload_bytes + excluded.upload_bytes,
        download_bytes = was.download_bytes + excluded.download_bytes
"""
_ENDED = """
    INSERT INTO network_linesession (subscription_id, router_id, began_at, last_seen_at, address,
        caller_id, upload_bytes, download_bytes)
    SELECT subscription_id, router_id, began_at, read_at, address, caller_id, upload_bytes,
        download_bytes
    FROM network_usagecounter WHERE subscription_id = ANY(%s) ORDER BY subscription_id
"""
_STAGED_COUNTERS = """
    subscription_id bigint, session text, began_at timestamptz, upload_counter bigint,
    download_counter bigint, upload_bytes bigint, download_bytes bigint, address text,
    caller_id text, upload_rate bigint, download_rate bigint
"""
_COUNTERS = """
    INSERT INTO network_usagecounter AS was (subscription_id, router_id, session, began_at, read_at,
        upload_counter, download_counter, upload_bytes, download_bytes, address, caller_id, is_open,
        upload_rate, download_rate)
    SELECT subscription_id, %(router)s, session, began_at, %(at)s, upload_counter, download_counter,
        upload_bytes, download_bytes, address, caller_id, true, upload_rate, download_rate
    FROM staged_counters ORDER BY subscription_id
    ON CONFLICT (subscription_id) DO UPDATE
    SET router_id = excluded.router_id, session = excluded.session,
        -- The sign-on of a session that goes on stays as first read: its age is in whole seconds.
        began_at = CASE WHEN was.session = excluded.session AND was.router_id = excluded.router_id
                         AND NOT was.subscription_id = ANY(%(fresh)s::bigint[])
                        THEN was.began_at ELSE excluded.began_at END,
        read_at = excluded.read_at, upload_counter = excluded.upload_counter,
        download_counter = excluded.download_counter, address = excluded.address,
        caller_id = excluded.caller_id, is_open = true,
        upload_bytes = excluded.upload_bytes + CASE
            WHEN was.subscription_id = ANY(%(fresh)s::bigint[]) THEN 0 ELSE was.upload_bytes END,
        download_bytes = excluded.download_bytes + CASE
            WHEN was.subscription_id = ANY(%(fresh)s::bigint[]) THEN 0 ELSE was.download_bytes END,
        upload_rate = excluded.upload_rate, download_rate = excluded.download_rate
"""
# Open sessions that this poll did not read.
_GONE = """
    UPDATE network_usagecounter SET is_open = false, upload_rate = 0, download_rate = 0
    WHERE id IN (SELECT id FROM network_usagecounter WHERE router_id = %s AND is_open
                 AND read_at < %s ORDER BY id FOR NO KEY UPDATE)
"""
_ALERTS = {Verdict.REFUSED: UsageAlert.Kind.REFUSED, Verdict.FASTER: UsageAlert.Kind.FASTER}


def samples(parts: Sequence["Part"], *, router_id: int, at: datetime) -> None:
    """Copy the readings themselves: what they said, and what they added."""
    with connection.cursor() as cursor, cursor.copy(_SAMPLES) as copy:
        for part in parts:
            copy.write_row(
                (
                    part.subscription_id,
                    router_id,
                    at,
                    part.delta.since,
                    part.seen.upload,
                    part.seen.download,
                    part.delta.upload,
                    part.delta.download,
                )
            )


def hours(
    boxes: Mapping[tuple[int, int, datetime], Sequence[int]], *, source: Source = Source.MIKROTIK
) -> None:
    """Add bytes ([upload, download]) by (service, customer, hour)."""
    _stage("staged_hours", _STAGED_HOURS, ((*key, *sizes) for key, sizes in boxes.items()))
    _run(_HOURS, [source.value])


def days(*, zone: ZoneInfo) -> set[tuple[int, date]]:
    """Add the hours just written to their days; return (service, local date) of those done."""
    return set(statements.read(_DAYS, {"zone": zone.key, "source": Source.MIKROTIK.value}))


def slots(boxes: Mapping[datetime, Sequence[int]], *, router_id: int) -> None:
    """Add a router's bytes by five minutes."""
    sizes = list(boxes.values())
    _run(_SLOTS, [router_id, list(boxes), [one[0] for one in sizes], [one[1] for one in sizes]])


def ended_sessions(parts: Sequence["Part"]) -> None:
    """Keep the sessions that others have taken the place of."""
    ended = [part.subscription_id for part in parts if part.has_ended_another]
    if ended:
        _run(_ENDED, [ended])


def counters(parts: Sequence["Part"], *, router_id: int, at: datetime) -> None:
    """Note where each line's counters stand now, and which sessions are gone."""
    _stage("staged_counters", _STAGED_COUNTERS, (_counter(part, at) for part in parts))
    fresh = [part.subscription_id for part in parts if part.delta.is_new_session]
    _run(_COUNTERS, {"router": router_id, "at": at, "fresh": fresh})
    _run(_GONE, [router_id, at])


def _counter(part: "Part", at: datetime) -> tuple[Any, ...]:
    seen, delta = part.seen, part.delta
    seconds = max((at - delta.since).total_seconds(), 1.0)
    return (
        part.subscription_id,
        seen.session[:80],
        seen.began_at,
        seen.upload,
        seen.download,
        delta.upload,
        delta.download,
        seen.address[:45],
        seen.caller_id[:60],
        int(delta.upload * 8 / seconds),  # bit/s
        int(delta.download * 8 / seconds),
    )


def alerts(parts: Sequence["Part"], *, on: date) -> None:
    """Note readings that were impossible, or faster than twice what was sold, once a day."""
    found = [
        UsageAlert(
            subscription_id=part.subscription_id,
            kind=_ALERTS[part.delta.verdict],
            on=on,
            detail=f"{part.seen.upload}/{part.seen.download}",
        )
        for part in parts
        if part.delta.verdict in _ALERTS
    ]
    if found:
        UsageAlert.objects.bulk_create(found, ignore_conflicts=True)


def _stage(name: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
    """Bring rows to the server in a table of this transaction: as lists of parameters they would be
    quoted value by value."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"DROP TABLE IF EXISTS {name};"  # of an earlier call in this transaction
            f" CREATE TEMPORARY TABLE {name} ({columns}) ON COMMIT DROP"
        )
        with cursor.copy(f"COPY {name} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)


def _run(statement: str, values: list[Any] | dict[str, Any]) -> None:
    statements.run(statement, values)
