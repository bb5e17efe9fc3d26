"""Bring fair use up to date: what each service used of each threshold, whom to tell, how fast.

All services at once, after each poll and at the start of each window. It may be repeated at will:
what was told is told once, and a line that is as it should be keeps its desired state.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.db import connection, transaction
from django.utils.translation import gettext_noop

from ispbill.audit.services import events, trail
from ispbill.audit.services.events import Target
from ispbill.core import clock, locks, statements
from ispbill.core.acts import Act
from network.fup.models import FupRule, FupState
from network.fup.rules import thresholds
from network.fup.rules.thresholds import Speed
from network.fup.services import telling
from network.rules import profiles
from network.services import desired_states
from network.usage.rules.periods import Days

_PAIRS = """
    SELECT r.id, r.window, r.threshold_gb, r.counts, r.action, r.download_mbps, r.upload_mbps,
           s.id, s.customer_id, s.billing_day, t.window_start, t.window_end, t.told_percent,
           t.is_lifted, t.applied_profile
    FROM network_fuprule r
    JOIN customers_subscription s ON s.package_id = r.package_id
         AND s.status IN ('ACTIVE', 'SUSPENDED')
    LEFT JOIN network_fupstate t ON t.rule_id = r.id AND t.subscription_id = s.id
    WHERE r.archived_at IS NULL
    ORDER BY s.id, r.id
"""
_USED = """
    SELECT w.place, coalesce(sum(CASE WHEN w.is_total THEN d.total_bytes ELSE d.download_bytes END)
                             - sum(d.free_bytes), 0)::bigint
    FROM unnest(%s::int[], %s::bigint[], %s::date[], %s::date[], %s::boolean[])
         AS w (place, subscription_id, starts, ends, is_total)
    LEFT JOIN network_usageday d ON d.subscription_id = w.subscription_id
         AND d.date >= w.starts AND d.date < w.ends AND d.source <> 'ESTIMATED'
    GROUP BY 1 ORDER BY 1
"""
_KEEP = """
    INSERT INTO network_fupstate AS was (rule_id, subscription_id, customer_id, window_start,
        window_end, used_bytes, told_percent, level, reached_at, is_lifted, applied_profile)
    SELECT t.*, '' FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::date[], %s::date[],
        %s::bigint[], %s::int[], %s::text[], %s::timestamptz[], %s::boolean[]) AS t
    ORDER BY 2, 1
    ON CONFLICT (rule_id, subscription_id) DO UPDATE
    SET window_start = excluded.window_start, window_end = excluded.window_end,
        used_bytes = excluded.used_bytes, told_percent = excluded.told_percent,
        level = excluded.level, is_lifted = excluded.is_lifted,
        reached_at = CASE WHEN excluded.level = 'REACHED' THEN coalesce(
            CASE WHEN was.window_start = excluded.window_start THEN was.reached_at END,
            excluded.reached_at) END
    WHERE (was.window_start, was.window_end, was.used_bytes, was.told_percent, was.level,
           was.is_lifted)
       IS DISTINCT FROM (excluded.window_start, excluded.window_end, excluded.used_bytes,
           excluded.told_percent, excluded.level, excluded.is_lifted)
"""
# Of packages or thresholds a service no longer has.
_LEFT_BEHIND = """
    SELECT t.id, t.subscription_id, t.applied_profile FROM network_fupstate t
    JOIN network_fuprule r ON r.id = t.rule_id
    JOIN customers_subscription s ON s.id = t.subscription_id
    WHERE r.archived_at IS NOT NULL OR r.package_id <> s.package_id OR s.status = 'CANCELLED'
    ORDER BY t.id FOR NO KEY UPDATE OF t
"""
_SPEEDS = """
    SELECT s.id, s.download_mbps, s.upload_mbps, p.router_profile, a.desired_profile,
           s.customer_id, s.connection_id, p.burst_percent, p.burst_seconds
    FROM customers_subscription s JOIN customers_package p ON p.id = s.package_id
    JOIN network_access a ON a.subscription_id = s.id
    WHERE s.id = ANY(%s) AND a.desired_state <> 'REMOVED'
"""
REASON = gettext_noop("fair use of this cycle is reached")
BACK = gettext_noop("fair use begins anew, or was lifted")


class Pair(NamedTuple):
    """A row of `_PAIRS`: a threshold, a service of its package, and what was known of both."""

    rule_id: int
    window: str
    threshold_gb: int
    counts: str
    action: str
    download_mbps: int | None
    upload_mbps: int | None
    subscription_id: int
    customer_id: int
    billing_day: int
    window_start: date | None
    window_end: date | None
    told_percent: int | None
    is_lifted: bool | None
    applied_profile: str | None


@dataclass
class Case:
    """One threshold of one service, as it stands now."""

    rule_id: int
    threshold_gb: int
    speed: Speed | None
    is_total: bool
    subscription_id: int
    customer_id: int
    days: Days
    told: int
    is_lifted: bool
    applied_profile: str
    used: int = 0
    tells: int = 0

    @property
    def is_reached(self) -> bool:
        return thresholds.percent(self.used, self.threshold_gb) >= 100

    @property
    def level(self) -> str:
        if self.is_reached:
            return FupState.Level.REACHED.value
        warned = thresholds.percent(self.used, self.threshold_gb) >= min(thresholds.WARN_PERCENTS)
        return FupState.Level.WARNED.value if warned else FupState.Level.OK.value

    @property
    def slows(self) -> Speed | None:
        """The speed this threshold asks for now."""
        return self.speed if self.is_reached and not self.is_lifted else None


@transaction.atomic
def enforce(*, at: datetime) -> int:
    """Bring everything up to date; return how many lines got another speed."""
    if not locks.try_hold("fup:enforce"):
        return 0
    act: Act[None] = Act(None, at, reason=REASON)
    trail.begin(act=act)
    cases = _cases(clock.local_date(at))
    for case in cases:
        case.tells = thresholds.to_tell(case.used, case.threshold_gb, told=case.told)
    _keep(cases, at=at)
    changed = _set_speeds(cases, act=act)
    telling.tell(cases, at=at)
    return changed


def _cases(on: date) -> list[Case]:
    with connection.cursor() as cursor:
        cursor.execute(_PAIRS)
        cases = [_case(Pair(*row), on=on) for row in cursor.fetchall()]
        cursor.execute(
            _USED,
            [
                list(range(len(cases))),
                [case.subscription_id for case in cases],
                [case.days.start for case in cases],
                [case.days.end for case in cases],
                [case.is_total for case in cases],
            ],
        )
        for place, used in cursor.fetchall():
            cases[place].used = used
    return cases


def _case(pair: Pair, *, on: date) -> Case:
    """Return a pair with its window; what was told and lifted holds for the same window only."""
    was = None
    if pair.window_start is not None and pair.window_end is not None:
        was = Days(pair.window_start, pair.window_end)
    days = thresholds.window(
        on, is_daily=pair.window == FupRule.Window.DAY, billing_day=pair.billing_day, open_since=was
    )
    is_same = was is not None and was.start == days.start
    throttles = pair.action == FupRule.Action.THROTTLE
    return Case(
        rule_id=pair.rule_id,
        threshold_gb=pair.threshold_gb,
        speed=Speed(pair.download_mbps or 0, pair.upload_mbps or 0) if throttles else None,
        is_total=pair.counts == FupRule.Counts.TOTAL,
        subscription_id=pair.subscription_id,
        customer_id=pair.customer_id,
        days=days,
        told=(pair.told_percent or 0) if is_same else 0,
        is_lifted=bool(pair.is_lifted) and is_same,
        applied_profile=pair.applied_profile or "",
    )


def _keep(cases: Sequence[Case], *, at: datetime) -> None:
    statements.run(
        _KEEP,
        [
            [case.rule_id for case in cases],
            [case.subscription_id for case in cases],
            [case.customer_id for case in cases],
            [case.days.start for case in cases],
            [case.days.end for case in cases],
            [case.used for case in cases],
            [max(case.told, case.tells) for case in cases],
            [case.level for case in cases],
            [at if case.is_reached else None for case in cases],
            [case.is_lifted for case in cases],
        ],
    )


def _set_speeds(cases: Sequence[Case], *, act: Act) -> int:
    """Slow down the lines that reached a threshold, and bring back those that need it no more.

    Only a line we slowed down is brought back: what staff chose by hand stays.
    """
    slowed: dict[int, list[Speed]] = defaultdict(list)
    applied: dict[int, set[str]] = defaultdict(set)
    for case in cases:
        if case.slows is not None:
            slowed[case.subscription_id].append(case.slows)
        if case.applied_profile:
            applied[case.subscription_id].add(case.applied_profile)
    gone = _left_behind()
    for subscription_id, profile in gone:
        applied[subscription_id].add(profile)
    rows = statements.read(_SPEEDS, [sorted({*slowed, *applied})])
    wanted, back, about = {}, {}, {}
    for pk, download, upload, chosen, present, customer_id, name, *burst in rows:
        about[pk] = (customer_id, name)
        speed = thresholds.slowest(slowed.get(pk, ()))
        usual = profiles.name_for(
            download_mbps=download, upload_mbps=upload, chosen=chosen, burst=profiles.Burst(*burst)
        )
        # A line sold before its package got another burst has an older name of the same speed.
        is_usual = present == usual or profiles.speed_of(present) == (download, upload)
        if speed is not None and (is_usual or present in applied[pk]):
            wanted[pk] = profiles.name_for(
                download_mbps=min(speed.download, download), upload_mbps=min(speed.upload, upload)
            )
        elif speed is None and present in applied[pk]:
            back[pk] = usual
    before = desired_states.set_profiles(profiles=wanted, act=act)
    before |= desired_states.set_profiles(profiles=back, act=act.because(BACK))
    _remember(wanted, [pk for pk in applied if pk not in wanted])
    _trail(before, wanted | back, about, act=act, back=back)
    return len(before)


def _left_behind() -> list[tuple[int, str]]:
    """Forget thresholds a service no longer has; return what of its line was slowed by them."""
    rows = statements.read(_LEFT_BEHIND)
    if rows:
        FupState.objects.filter(pk__in=[row[0] for row in rows]).delete()
    return [(row[1], row[2]) for row in rows if row[2]]


def _remember(wanted: dict[int, str], undone: Iterable[int]) -> None:
    """Note what we slowed each line to."""
    for profile in set(wanted.values()):
        ids = [pk for pk, name in wanted.items() if name == profile]
        FupState.objects.filter(
            subscription__in=ids, level=FupState.Level.REACHED, is_lifted=False
        ).exclude(applied_profile=profile).update(applied_profile=profile)
    FupState.objects.filter(subscription__in=list(undone)).exclude(applied_profile="").update(
        applied_profile=""
    )


def _trail(
    before: dict[int, str],
    after: dict[int, str],
    about: dict[int, tuple[int, str]],
    *,
    act: Act,
    back: dict[int, str],
) -> None:
    events.write(
        [
            events.said(
                Target(type="access", id=str(pk), label=about[pk][1], customer_id=about[pk][0]),
                act=act.because(BACK) if pk in back else act,
                action="line.profile_changed",
                before={"line": was},
                after={"line": after[pk]},
            )
            for pk, was in before.items()
        ]
    )
