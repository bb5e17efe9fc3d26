"""Read what flowed, service by service, into the hours of the source `interstellio`.

Every hour: who they count is matched with our lines by user name; then each service is asked for
its hours, whoever was asked longest ago first, so that a run that was cut off goes on where it
stopped. Three days are read again and the newest answer replaces, also downwards. Nothing is asked
inside a transaction.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from ispbill.core import clock, locks, statements
from ispbill.core.crypto import Unreadable
from network.interstellio.gateways.client import Interstellio
from network.interstellio.gateways.errors import InterstellioError, Misconfigured, Refused
from network.interstellio.models import InterstellioLink, InterstellioRun, InterstellioSettings
from network.interstellio.rules import spans
from network.interstellio.rules.spans import Hour
from network.interstellio.services import accounts
from network.models import Access
from network.usage.models import UsageHour
from network.usage.models.totals import Source
from network.usage.rules import spreading
from network.usage.services import totals

LOCK = "network.interstellio"
IN_A_ROW = 5
"""So many failures one after the other end a run."""
UNKNOWN_SHOWN = 50
_REPLACE = """
    INSERT INTO network_usagehour AS was
        (subscription_id, customer_id, hour_start, source, upload_bytes, download_bytes)
    SELECT %s, %s, starts, 'INTERSTELLIO', upload, download
    FROM unnest(%s::timestamptz[], %s::bigint[], %s::bigint[]) AS t (starts, upload, download)
    ORDER BY starts
    ON CONFLICT (subscription_id, hour_start, source) DO UPDATE
    SET upload_bytes = excluded.upload_bytes, download_bytes = excluded.download_bytes
"""


def read_all(
    *, now: Callable[[], datetime], sleep: Callable[[float], None] | None = None
) -> InterstellioRun | None:
    """Read everybody; None while it is switched off or somebody else is at it."""
    settings = InterstellioSettings.current()
    if not settings.is_on:
        return None
    with locks.only_one(LOCK) as is_ours:
        if not is_ours:
            return None
        run = InterstellioRun.objects.create(began_at=now())
        try:
            client = accounts.conversation(settings, sleep=sleep)
            _match(client, run)
            _read(client, run, settings, now=now)
        except (InterstellioError, Unreadable) as error:
            run.error = str(error)[:300]
        run.ended_at = now()
        run.save()
        return run


def read_again(*, since: datetime) -> int:
    """Let the next run read every service's hours since then anew; return how many services."""
    links = InterstellioLink.objects.filter(read_until__gt=since + spans.AGAIN)
    return links.update(read_until=since + spans.AGAIN)


def _match(client: Interstellio, run: InterstellioRun) -> None:
    """Link who they count with the lines of that user name; a name of two lines links nobody."""
    lines: dict[str, int | None] = {}
    living = Access.objects.exclude(desired_state=Access.State.REMOVED)
    for name, pk in living.values_list("username", "subscription"):
        lines[name] = None if name in lines else pk
    known = dict(InterstellioLink.objects.values_list("subscription", "remote_id"))
    unknown: list[str] = []
    for one in client.subscribers():
        service = lines.get(one.username)
        if service is None:
            unknown.append(one.username)
        elif known.get(service) != one.remote_id:
            InterstellioLink.objects.filter(remote_id=one.remote_id).delete()
            InterstellioLink.objects.update_or_create(
                subscription_id=service,
                defaults={"remote_id": one.remote_id, "username": one.username[:120]},
            )
    run.unknown, run.unknown_count = unknown[:UNKNOWN_SHOWN], len(unknown)
    run.save(update_fields=["unknown", "unknown_count"])


def _read(
    client: Interstellio,
    run: InterstellioRun,
    settings: InterstellioSettings,
    *,
    now: Callable[[], datetime],
) -> None:
    failures = 0
    links = InterstellioLink.objects.select_related("subscription").order_by(
        F("tried_at").asc(nulls_first=True), "pk"
    )
    for link in list(links):
        try:
            run.hours += _read_one(client, link, settings, at=now())
            run.services, failures = run.services + 1, 0
        except Misconfigured:
            raise
        except (InterstellioError, spans.Unusable) as error:
            run.failed += 1
            failures += not isinstance(error, Refused)
            InterstellioLink.objects.filter(pk=link.pk).update(
                tried_at=now(), error=str(error)[:200]
            )
            if failures >= IN_A_ROW:
                raise InterstellioError(f"stopped after {failures} failures: {error}") from error
        run.save(update_fields=["services", "hours", "failed"])


def _read_one(
    client: Interstellio, link: InterstellioLink, settings: InterstellioSettings, *, at: datetime
) -> int:
    zone = clock.zone()
    start, end = spans.span(link.read_until, now=at, zone=zone)
    rows = client.hours(link.remote_id, start=start.astimezone(zone), end=end.astimezone(zone))
    found = spans.hours(rows, start=start, end=end, zone=zone, kilobyte=settings.kilobyte)
    keep(link, found, start=start, end=end, at=at)
    return len(found)


@transaction.atomic
def keep(
    link: InterstellioLink, found: Sequence[Hour], *, start: datetime, end: datetime, at: datetime
) -> None:
    """Let an answer take the place of what was known of `[start, end)`, and add the days up."""
    locks.hold(f"{LOCK}:{link.subscription_id}")
    old = UsageHour.objects.filter(
        subscription=link.subscription_id,
        source=Source.INTERSTELLIO,
        hour_start__gte=start,
        hour_start__lt=end,
    )
    touched = set(old.values_list("hour_start", flat=True)) | {one.start for one in found}
    old.exclude(hour_start__in=[one.start for one in found]).delete()
    statements.run(
        _REPLACE,
        [
            link.subscription_id,
            link.subscription.customer_id,
            [one.start for one in found],
            [one.upload for one in found],
            [one.download for one in found],
        ],
    )
    zone = clock.zone()
    days: set[tuple[int, date]] = {
        (link.subscription_id, spreading.hour_start(one, zone).astimezone(zone).date())
        for one in touched
    }
    if days:
        totals.add_up(days)
    InterstellioLink.objects.filter(pk=link.pk).update(read_until=end, tried_at=at, error="")
