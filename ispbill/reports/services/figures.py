"""Build the revenue figures: night by night, or anew from a day (`manage.py rebuild_figures`)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection, transaction

from ispbill.audit.services import fence
from ispbill.core import statements
from ispbill.core.models import Company
from ispbill.reports.models import FigureState
from ispbill.reports.rules.months import first_of
from ispbill.reports.services import flows, forecast, months, restating, stays, terms
from ispbill.reports.services.restating import Reasons
from ispbill.reports.services.terms import Seen

HEAL_DAYS = 2  # made anew every night: a transaction may commit after a later one was seen
_LOCK = 7_385_001  # one building at a time
_HURRY = ("SET LOCAL jit = off", "SET LOCAL work_mem = '64MB'")


@dataclass(frozen=True)
class Built:
    """What a building made: the days anew (None: there is nothing to tell of yet)."""

    since: date | None
    until: date | None
    days: int = 0
    months: int = 0
    rows: int = 0


@transaction.atomic
def build(*, until: date, at: datetime, since: date | None = None) -> Built:
    """Bring the figures up to the end of the company date `until`.

    Only what may have changed is made anew; with `since`, every term is looked at and every day
    from that date is made anew. Doing it twice changes nothing.
    """
    fence.check()
    zone = Company.current().time_zone
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        for setting in _HURRY:
            cursor.execute(setting)
    state = FigureState.objects.select_for_update().filter(pk=1).first()
    if state is not None and state.built_until > until and since is None:
        since = until  # the clock was put back: later days are not over any more
    seen = _highest()
    full = state is None or since is not None
    changed = terms.refresh(
        zone=zone,
        since=None
        if full or state is None
        else Seen(last_version=state.last_version_id, last_subscription=state.last_subscription_id),
    )
    begin = _begin(state, until=until, since=since, changed=changed)
    if begin is None or begin > until:
        return Built(None, None)
    complete = min(state.built_until, until) if state is not None else None
    before = restating.told(since=begin, until=complete) if complete else {}
    if full:
        _forget_before(begin, _first_day())
    rows, count = _write(since=begin, until=until, zone=zone)
    if state is not None and complete is not None:
        reasons = Reasons(state.last_entry_id, changed)
        restating.note(before, since=begin, until=complete, reasons=reasons, at=at)
    FigureState.objects.update_or_create(
        pk=1,
        defaults={
            "built_until": until,
            "built_at": at,
            "last_version_id": seen[0],
            "last_subscription_id": seen[1],
            "last_entry_id": seen[2],
        },
    )
    return Built(begin, until, days=(until - begin).days + 1, months=count, rows=rows)


def _write(*, since: date, until: date, zone: str) -> tuple[int, int]:
    """Make the days and months anew; return how many rows of days and how many months."""
    rows = flows.write(since=since, until=until)
    count = months.write(since=since, until=until, zone=zone)
    forecast.write(on=until)
    stays.write(until=until)
    return rows, count


def _begin(
    state: FigureState | None, *, until: date, since: date | None, changed: date | None
) -> date | None:
    """Return the first day to make anew: the earliest of what is missing and what changed."""
    if state is None:
        return _first_day()
    days = [state.built_until + timedelta(days=1 - HEAL_DAYS)]
    if since is not None:
        days.append(since)
    if changed is not None:
        days.append(changed)
    (entered,) = statements.first(
        "SELECT min(posted_on) FROM billing_journalentry WHERE id > %s", [state.last_entry_id]
    )
    if entered is not None:
        days.append(entered)
    first = _first_day()
    return max(min(days), first) if first is not None else None


def _forget_before(begin: date, first: date | None) -> None:
    """Remove what is left of days before the first there is anything of."""
    if first is None or begin > first:
        return
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM reports_dayfigure WHERE day < %s", [first])
        for table, column in months.TABLES:
            cursor.execute(f"DELETE FROM {table} WHERE {column} < %s", [first_of(first)])


def _first_day() -> date | None:
    (day,) = statements.first(
        "SELECT least((SELECT min(starts_on) FROM reports_serviceterm),"
        " (SELECT min(posted_on) FROM billing_journalentry))"
    )
    found: date | None = day
    return found


def _highest() -> tuple[int, int, int]:
    """Return the highest ids there are, before anything is read that they stand for."""
    version, subscription, entry = statements.first(
        "SELECT coalesce((SELECT max(id) FROM audit_rowversion), 0),"
        " coalesce((SELECT max(id) FROM customers_subscription), 0),"
        " coalesce((SELECT max(id) FROM billing_journalentry), 0)"
    )
    return int(version), int(subscription), int(entry)
