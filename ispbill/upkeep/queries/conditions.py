"""Is the business well: is what is due being done, is there room for more?

Each condition measures one figure and knows from where on it is a warning and from where on it is
critical (operations-rules 5). What cannot be measured is critical: nobody knows then.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import Min, QuerySet

from ispbill.audit.models import JobRun
from ispbill.core import clamd, heartbeats, replica, statements
from ispbill.notifications.models import Message
from ispbill.notifications.queries import outbox
from ispbill.upkeep.queries import copies
from network.models import Router
from network.queries import unsettled
from payments.online.models import GatewayCallback, GatewayRefund, PaymentAttempt

OK, WARNING, CRITICAL = "ok", "warning", "critical"
_CODES = ("one_time_code", "password_reset")
_PROOFS = "check_ledger"
_MINUTE, _HOUR = 60.0, 3600.0


@dataclass(frozen=True)
class Moment:
    """The business clock and the real one; they differ in a demo whose time was moved."""

    at: datetime
    real_at: datetime


@dataclass(frozen=True)
class Condition:
    """One figure: seconds late, a share of 1, or a count; None where nothing is to be measured."""

    name: str
    level: str
    figure: float | None
    warning: float
    critical: float


@dataclass(frozen=True)
class _Watch:
    name: str
    measure: Callable[[Moment], float | None]
    warning: float
    critical: float


def conditions(*, at: datetime, real_at: datetime) -> list[Condition]:
    """Measure everything, a query or two each."""
    moment = Moment(at, real_at)
    return [_condition(watch, moment) for watch in _WATCHED]


def worst(found: list[Condition]) -> str:
    """Return the level of the whole."""
    levels = {condition.level for condition in found}
    return CRITICAL if CRITICAL in levels else WARNING if WARNING in levels else OK


def _condition(watch: _Watch, moment: Moment) -> Condition:
    figure = watch.measure(moment)
    level = OK
    if figure is not None:
        level = CRITICAL if figure >= watch.critical else WARNING if figure >= watch.warning else OK
    return Condition(watch.name, level, figure, watch.warning, watch.critical)


def _since(moment: datetime | None, now: datetime) -> float | None:
    return max(0.0, (now - moment).total_seconds()) if moment is not None else None


def _oldest(rows: QuerySet, field: str) -> datetime | None:  # type: ignore[type-arg]
    found: datetime | None = rows.aggregate(oldest=Min(field))["oldest"]
    return found


def _message(now: Moment) -> float | None:
    others = Message.objects.exclude(event__in=_CODES)
    return _since(outbox.oldest_due(now.at, among=others), now.at)


def _code(now: Moment) -> float | None:
    codes = Message.objects.filter(event__in=_CODES)
    return _since(outbox.oldest_due(now.at, among=codes), now.at)


def _late_job(now: Moment) -> float | None:
    waiting = JobRun.objects.filter(status=JobRun.Status.WAITING, scheduled_for__lte=now.at)
    return _since(_oldest(waiting, "scheduled_for"), now.at)


def _failed_jobs(now: Moment) -> float | None:
    """How many jobs failed in their latest run of the last day."""
    latest = (
        JobRun.objects.filter(started_at__gt=now.at - timedelta(days=1))
        .exclude(status__in=[JobRun.Status.WAITING, JobRun.Status.RUNNING])
        .order_by("job", "-pk")
        .distinct("job")
        .values("job", "status")
    )
    return float(sum(row["status"] == JobRun.Status.FAILED for row in latest))


def _beat(now: Moment) -> float | None:
    beat = heartbeats.last_beat()
    # No sign since the cache was started: as silent as can be.
    return _since(beat, now.real_at) if beat is not None else _HOUR


def _routers(now: Moment) -> float | None:
    silent = Router.objects.filter(
        is_enabled=True, archived_at=None, status=Router.Status.OFFLINE, last_seen_at__isnull=False
    )
    return _since(_oldest(silent, "last_seen_at"), now.at)


def _lines(now: Moment) -> float | None:
    waiting = unsettled.lines().filter(router__status=Router.Status.ONLINE, is_on_hold=False)
    return _since(_oldest(waiting, "desired_since"), now.at)


def _payments(now: Moment) -> float | None:
    """Money whose fate is unknown: a page never confirmed as opened, a refund in doubt."""
    opened = PaymentAttempt.objects.filter(state=PaymentAttempt.State.STARTED)
    doubted = GatewayRefund.objects.filter(state=GatewayRefund.State.DOUBT)
    found = [_oldest(opened, "started_at"), _oldest(doubted, "requested_at")]
    return max((_since(moment, now.at) or 0.0 for moment in found), default=None)


def _callbacks(now: Moment) -> float | None:
    unread = GatewayCallback.objects.filter(state=GatewayCallback.State.NEW)
    return _since(_oldest(unread, "received_at"), now.at)


def _proof_age(now: Moment) -> float | None:
    last = (
        JobRun.objects.filter(job=_PROOFS, status=JobRun.Status.COMPLETED).order_by("-pk").first()
    )
    return _since(last.started_at, now.at) if last is not None else None


def _findings(_now: Moment) -> float | None:
    last = JobRun.objects.filter(job=_PROOFS).exclude(finished_at=None).order_by("-pk").first()
    return float(last.failed) if last is not None else None


def _backup(now: Moment) -> float | None:
    """Age of the last whole copy; where none was ever made, of the installation."""
    ages = copies.ages()
    return _since(ages.last or ages.begun, now.real_at)


def _drill(now: Moment) -> float | None:
    """Age of the last good restore; where there was none, of the installation."""
    ages = copies.ages()
    return _since(ages.last_drill or ages.begun, now.real_at)


def _disk(_now: Moment) -> float | None:
    place = Path(settings.MEDIA_ROOT)
    place.mkdir(parents=True, exist_ok=True)
    usage = shutil.disk_usage(place)
    return 1 - usage.free / usage.total


def _connections(_now: Moment) -> float | None:
    return float(
        statements.first(
            "SELECT count(*)::float / current_setting('max_connections')::int"
            " FROM pg_stat_activity WHERE backend_type = 'client backend'"
        )[0]
    )


def _replica(_now: Moment) -> float | None:
    """How far the replica is behind; away altogether it is as bad as it gets."""
    if "replica" not in settings.DATABASES:
        return None
    seconds = replica.lag()
    return 5.0 * _MINUTE if seconds is None else seconds


def _virus_scanner(_now: Moment) -> float | None:
    """1 while the scanner gives no answer: no file of anybody is taken then."""
    if not settings.CLAMD:
        return None
    try:
        clamd.version(settings.CLAMD)
    except clamd.NotScanned:
        return 1.0
    return 0.0


def watch(
    name: str, measure: Callable[[Moment], float | None], *, warning: float, critical: float
) -> None:
    """Have one more figure measured: for floors above this one, from their `AppConfig.ready`."""
    _WATCHED.append(_Watch(name, measure, warning, critical))


_WATCHED = [
    _Watch("oldest message due, seconds", _message, 5 * _MINUTE, 15 * _MINUTE),
    _Watch("oldest code due, seconds", _code, 30.0, 2 * _MINUTE),
    _Watch("job past its slot, seconds", _late_job, 30 * _MINUTE, 26 * _HOUR),
    _Watch("jobs failed", _failed_jobs, 1.0, 1.0),
    _Watch("scheduler silent, seconds", _beat, 2 * _MINUTE, 5 * _MINUTE),
    _Watch("router silent, seconds", _routers, 5 * _MINUTE, 15 * _MINUTE),
    _Watch("line unsettled, seconds", _lines, 2 * _MINUTE, 10 * _MINUTE),
    _Watch("payment in doubt, seconds", _payments, 30 * _MINUTE, 4 * _HOUR),
    _Watch("gateway notice unread, seconds", _callbacks, 2 * _MINUTE, 10 * _MINUTE),
    _Watch("last proof, seconds", _proof_age, 25 * _HOUR, 26 * _HOUR),
    _Watch("findings of the proofs", _findings, 1.0, 1.0),
    _Watch("last backup, seconds", _backup, 26 * _HOUR, 50 * _HOUR),
    _Watch("last good restore, seconds", _drill, 35 * 24 * _HOUR, 100 * 24 * _HOUR),
    _Watch("disk used, share", _disk, 0.8, 0.9),
    _Watch("connections used, share", _connections, 0.8, 0.95),
    _Watch("replica behind, seconds", _replica, replica.LAG_SECONDS, 5 * _MINUTE),
    _Watch("virus scanners away", _virus_scanner, 1.0, 2.0),  # business goes on: never critical
]
