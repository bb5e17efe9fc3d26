"""Days are the sum of their hours, and each hour counts from one source.

The first source of `SOURCE_ORDER` with a row for the hour, be it nothing, is the one that counts.
What was typed in or estimated holds until a metered hour is there; a pinned day stays.
"""

from collections.abc import Collection, Iterable
from datetime import date, timedelta

from django.db.models import Min

from ispbill.core import clock, statements
from network.usage.models import UsageHour
from network.usage.models.totals import SOURCE_ORDER
from network.usage.rules import spreading

_ADD_UP = """
    WITH days AS (
        SELECT * FROM unnest(%(ids)s::bigint[], %(dates)s::date[], %(starts)s::timestamptz[],
                             %(ends)s::timestamptz[]) AS d (subscription_id, date, starts, ends)
    ), hours AS (
        SELECT DISTINCT ON (h.subscription_id, h.hour_start)
               h.subscription_id, h.customer_id, d.date, h.source, h.upload_bytes, h.download_bytes
        FROM days d JOIN network_usagehour h ON h.subscription_id = d.subscription_id
             AND h.hour_start >= d.starts AND h.hour_start < d.ends
        ORDER BY h.subscription_id, h.hour_start, array_position(%(order)s::text[], h.source::text)
    ), sums AS (
        SELECT subscription_id, customer_id, date, source, sum(upload_bytes)::bigint AS upload,
               sum(download_bytes)::bigint AS download
        FROM hours GROUP BY 1, 2, 3, 4
    )
    INSERT INTO network_usageday AS was (subscription_id, customer_id, date, upload_bytes,
        download_bytes, free_bytes, source, is_mixed, is_pinned)
    SELECT subscription_id, customer_id, date, sum(upload), sum(download), 0,
           (array_agg(source ORDER BY upload + download DESC,
                      array_position(%(order)s::text[], source::text)))[1],
           count(*) > 1, false
    FROM sums GROUP BY 1, 2, 3 ORDER BY 1, 3
    ON CONFLICT (subscription_id, date) DO UPDATE
    SET upload_bytes = excluded.upload_bytes, download_bytes = excluded.download_bytes,
        source = excluded.source, is_mixed = excluded.is_mixed
    WHERE NOT was.is_pinned
"""


def add_up(days: Collection[tuple[int, date]]) -> None:
    """Make the days (service's id, local date) the sum of their hours; days without any stay."""
    zone = clock.zone()
    spans = {on: spreading.day_span(on, zone) for on in {on for _pk, on in days}}
    wanted = sorted(days)
    statements.run(
        _ADD_UP,
        {
            "ids": [pk for pk, _on in wanted],
            "dates": [on for _pk, on in wanted],
            "starts": [spans[on][0] for _pk, on in wanted],
            "ends": [spans[on][1] for _pk, on in wanted],
            "order": [source.value for source in SOURCE_ORDER],
        },
    )


def add_up_since(since: date, *, until: date) -> int:
    """Make every day from `since` up to and with `until` anew from its hours; return how many.

    A day of which the first hours are no longer kept stays as it is.
    """
    zone = clock.zone()
    oldest = UsageHour.objects.aggregate(oldest=Min("hour_start"))["oldest"]
    if oldest is None:
        return 0
    count = 0
    for on in _dates(since, until):
        start, end = spreading.day_span(on, zone)
        if start < oldest - spreading.HOUR * 24:
            continue
        ids = set(
            UsageHour.objects.filter(hour_start__gte=start, hour_start__lt=end)
            .values_list("subscription_id", flat=True)
            .distinct()
        )
        if ids:
            add_up([(pk, on) for pk in ids])
        count += len(ids)
    return count


def _dates(since: date, until: date) -> Iterable[date]:
    return (since + timedelta(days=n) for n in range((until - since).days + 1))
