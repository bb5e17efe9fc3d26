"""The statements of a poll: one a table, in the order of keys."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import connection

from network.usage.models import UsageAlert
from network.usage.models.totals import Source
from network.usage.rules.counters import Verdict

if TYPE_CHECKING:
    from network.usage.services.ingest import Part

_SAMPLES = """
    COPY network_usagesample (subscription_id, router_id, read_at, since, upload_counter,
        download_counter, upload_bytes, download_bytes) FROM STDIN
"""
_HOURS = """
    INSERT INTO network_usagehour AS was
        (subscription_id, customer_id, hour_start, source, upload_bytes, download_bytes)
    SELECT pk, customer, starts, %s, upload, download
    FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[], %s::bigint[], %s::bigint[])
        AS t (pk, customer, starts, upload, download) ORDER BY pk, starts
    ON CONFLICT (subscription_id, hour_start, source) DO UPDATE
    SET upload_bytes = was.upload_bytes + excluded.upload_bytes,
        download_bytes = was.download_bytes + excluded.download_bytes
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
_COUNTERS = """
    INSERT INTO network_usagecounter AS was (subscription_id, router_id, session, began_at, read_at,
        upload_counter, download_counter, upload_bytes, download_bytes, address, caller_id, is_open,
        upload_rate, download_rate)
    SELECT pk, %(router)s, session, began, %(at)s, up_counter, down_counter, up, down, address, mac,
        true, up_rate, down_rate
    FROM unnest(%(ids)s::bigint[], %(sessions)s::text[], %(begans)s::timestamptz[],
        %(up_counters)s::bigint[], %(down_counters)s::bigint[], %(ups)s::bigint[],
        %(downs)s::bigint[], %(addresses)s::text[], %(macs)s::text[], %(up_rates)s::bigint[],
        %(down_rates)s::bigint[])
        AS t (pk, session, began, up_counter, down_counter, up, down, address, mac, up_rate,
              down_rate)
    ORDER BY pk
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
_GONE = """
    UPDATE network_usagecounter SET is_open = false, upload_rate = 0, download_rate = 0
    WHERE id IN (SELECT id FROM network_usagecounter WHERE router_id = %s AND is_open
                 AND NOT subscription_id = ANY(%s) ORDER BY id FOR NO KEY UPDATE)
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
    boxes: Mapping[tuple[int, int, datetime], list[int]], *, source: Source = Source.MIKROTIK
) -> None:
    """Add bytes by (service, customer, hour)."""
    _run(
        _HOURS,
        [
            source.value,
            [key[0] for key in boxes],
            [key[1] for key in boxes],
            [key[2] for key in boxes],
            [size[0] for size in boxes.values()],
            [size[1] for size in boxes.values()],
        ],
    )


def slots(boxes: Mapping[datetime, list[int]], *, router_id: int) -> None:
    """Add a router's bytes by five minutes."""
    sizes = list(boxes.values())
    _run(_SLOTS, [router_id, list(boxes), [one[0] for one in sizes], [one[1] for one in sizes]])


def ended_sessions(parts: Sequence["Part"], *, router_id: int) -> None:
    """Keep the sessions that others have taken the place of, and note which are gone."""
    ended = [p.subscription_id for p in parts if p.before is not None and p.delta.is_new_session]
    _run(_ENDED, [ended])
    _run(_GONE, [router_id, [part.subscription_id for part in parts]])


def counters(parts: Sequence["Part"], *, router_id: int, at: datetime) -> None:
    """Note where each line's counters stand now."""
    values: dict[str, Any] = {
        "router": router_id,
        "at": at,
        "ids": [part.subscription_id for part in parts],
        "sessions": [part.seen.session[:80] for part in parts],
        "begans": [part.seen.began_at for part in parts],
        "up_counters": [part.seen.upload for part in parts],
        "down_counters": [part.seen.download for part in parts],
        "ups": [part.delta.upload for part in parts],
        "downs": [part.delta.download for part in parts],
        "addresses": [part.seen.address[:45] for part in parts],
        "macs": [part.seen.caller_id[:60] for part in parts],
        "up_rates": [_rate(part.delta.upload, part, at) for part in parts],
        "down_rates": [_rate(part.delta.download, part, at) for part in parts],
        "fresh": [part.subscription_id for part in parts if part.delta.is_new_session],
    }
    _run(_COUNTERS, values)


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


def _rate(size: int, part: "Part", at: datetime) -> int:
    """Return bit/s over the span of a delta."""
    return int(size * 8 / max((at - part.delta.since).total_seconds(), 1.0))


def _run(statement: str, values: list[Any] | dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
