"""How long routers and areas were up in a month, from polls and outages."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Count, Q, QuerySet

from customers.models import Area
from ispbill.accounts.access import branch_scope
from ispbill.accounts.models import User
from ispbill.core import clock
from network.models import Access, Router, RouterSilence
from network.outages.models import Outage, OutageScope, OutageSettings, UptimeMonth
from network.outages.rules import moves, spans, uptime
from network.outages.rules.spans import Span
from network.usage.models import UsageGap

UNCHECKED = timedelta(minutes=15)
"""A shorter time between two looks at a router is not one in which nobody looked."""


@dataclass(frozen=True)
class Frame:
    """A month, up to now while it lasts."""

    month: date
    since: datetime
    until: datetime


@dataclass(frozen=True)
class Measured:
    """How long something was looked at and of that down, in seconds (of lines for areas)."""

    total: int
    down: int


def frame(month: date, *, at: datetime) -> Frame:
    """Return the span of a month of the company (`month` is any of its days)."""
    first = month.replace(day=1)
    after = (first + timedelta(days=32)).replace(day=1)
    since, until = clock.midnight(first), clock.midnight(after)
    return Frame(first, since, max(since, min(until, at)))


@dataclass(frozen=True)
class _Known:
    """Everything that decides, read once for all routers and lines."""

    silences: dict[int, list[Span]]
    gaps: dict[int, list[Span]]
    by_router: dict[int, list[Span]]
    by_area: dict[int, list[Span]]
    left_out_by_router: dict[int, list[Span]]
    left_out_by_area: dict[int, list[Span]]


def measure(month: Frame) -> tuple[dict[int, Measured], dict[int, Measured], Measured]:
    """Return the uptime of each router, of each area with lines, and of the whole network."""
    known = _read(month)
    routers: dict[int, Measured] = {}
    up: dict[int, tuple[list[Span], list[Span]]] = {}
    for router in Router.objects.filter(is_enabled=True, archived_at=None).order_by("pk"):
        began = max(month.since, router.added_at or month.since)
        looked = spans.without(
            [(began, month.until)],
            [*known.gaps.get(router.pk, ()), *known.left_out_by_router.get(router.pk, ())],
        )
        down = _inside([*known.silences.get(router.pk, ()), *known.by_router[router.pk]], looked)
        up[router.pk] = (looked, down)
        routers[router.pk] = Measured(spans.seconds(looked), spans.seconds(down))
    areas = _areas(month, known, up)
    whole = Measured(
        sum(one.total for one in areas.values()), sum(one.down for one in areas.values())
    )
    return routers, areas, whole


def _areas(
    month: Frame, known: _Known, up: dict[int, tuple[list[Span], list[Span]]]
) -> dict[int, Measured]:
    """Add up the lines of each area; lines of one router and area are alike, so each pair once."""
    above = {area.pk: area.lineage for area in Area.objects.only("path")}
    rows = (
        Access.objects.filter(subscription__status="ACTIVE")
        .exclude(desired_state=Access.State.REMOVED)
        .values_list("router_id", "customer__area_id", "subscription__activated_on")
        .annotate(lines=Count("pk"))
    )
    kinds: dict[tuple[int, int, datetime], int] = defaultdict(int)
    for router_id, area_id, on, lines in rows.order_by():
        began = clock.midnight(on)
        kinds[router_id, area_id, max(began, month.since)] += lines
    total: dict[int, int] = defaultdict(int)
    down: dict[int, int] = defaultdict(int)
    for (router_id, area_id, began), lines in kinds.items():
        if began >= month.until or router_id not in up:
            continue
        path = above[area_id]
        out = [span for one in path for span in known.by_area.get(one, ())]
        spared = [span for one in path for span in known.left_out_by_area.get(one, ())]
        looked = spans.without(spans.within(up[router_id][0], (began, month.until)), spared)
        gone = _inside([*up[router_id][1], *out], looked)
        total[area_id] += lines * spans.seconds(looked)
        down[area_id] += lines * spans.seconds(gone)
    return {pk: Measured(total[pk], down[pk]) for pk in total}


def _inside(found: Iterable[Span], looked: list[Span]) -> list[Span]:
    """Return what of the spans lies in the time that counts."""
    down = spans.union(found)
    return spans.union(part for span in looked for part in spans.within(down, span))


def _read(month: Frame) -> _Known:
    silences: dict[int, list[Span]] = defaultdict(list)
    for one in RouterSilence.objects.filter(since__lt=month.until).filter(
        Q(until=None) | Q(until__gt=month.since)
    ):
        silences[one.router_id].append((one.since, one.until or month.until))
    gaps: dict[int, list[Span]] = defaultdict(list)
    for gap in UsageGap.objects.filter(since__lt=month.until, until__gt=month.since):
        # A router that did not answer was looked at: that is downtime, not a gap.
        rest = spans.without([(gap.since, gap.until)], silences.get(gap.router_id, ()))
        gaps[gap.router_id] += [one for one in rest if one[1] - one[0] > UNCHECKED]
    known = _Known(
        silences=silences,
        gaps=gaps,
        by_router=defaultdict(list),
        by_area=defaultdict(list),
        left_out_by_router=defaultdict(list),
        left_out_by_area=defaultdict(list),
    )
    notice = timedelta(hours=OutageSettings.current().maintenance_notice_hours)
    for scope in _scopes(month):
        down, spared = split(scope, until=month.until, notice=notice)
        _keep(scope, down, known.by_router, known.by_area)
        _keep(scope, spared, known.left_out_by_router, known.left_out_by_area)
    return known


def _keep(
    scope: OutageScope,
    found: list[Span],
    by_router: dict[int, list[Span]],
    by_area: dict[int, list[Span]],
) -> None:
    if scope.router_id is not None:
        by_router[scope.router_id] += found
    elif scope.area_id is not None:
        by_area[scope.area_id] += found


def split(
    scope: OutageScope, *, until: datetime, notice: timedelta
) -> tuple[list[Span], list[Span]]:
    """Return when a place was down by its outage, and what is left out of the reckoning.

    Left out are works announced `notice` ahead, inside their window, and what is not ours.
    """
    outage = scope.outage
    span = (scope.started_at, scope.ended_at or outage.restored_at or until)
    if outage.not_ours_reason:
        return [], [span]
    down = [span] if outage.severity == Outage.Severity.DOWN else []
    if not outage.is_planned or outage.expected_at is None:
        return down, []
    told = outage.announced_at
    if told is None or outage.started_at - told < notice:
        return down, []
    window = spans.within([span], (outage.started_at, outage.expected_at))
    return spans.without(down, window), window


def _scopes(month: Frame) -> QuerySet[OutageScope]:
    states = (*moves.OPEN, *moves.OVER)
    found = OutageScope.objects.filter(started_at__lt=month.until, outage__state__in=states)
    ended = Q(ended_at__gt=month.since) | Q(ended_at=None)
    return found.filter(ended).select_related("outage")


def repairs(month: Frame) -> list[int]:
    """Return how many seconds each unplanned DOWN outage lasted that was restored in the month."""
    found = Outage.objects.filter(
        is_planned=False,
        severity=Outage.Severity.DOWN,
        state=moves.RESOLVED,
        restored_at__gte=month.since,
        restored_at__lt=month.until,
    )
    return [
        int((restored - started).total_seconds())
        for started, restored in found.values_list("started_at", "restored_at")
        if restored is not None
    ]


@dataclass(frozen=True)
class Row:
    """A month of something as the page shows it."""

    name: str
    percent: Decimal | None
    row: UptimeMonth

    @property
    def down_minutes(self) -> int:
        return self.row.down_seconds // 60


def months() -> list[date]:
    """Return the months there are figures for, the latest first."""
    found = UptimeMonth.objects.order_by("-month").values_list("month", flat=True).distinct()
    return list(found[:24])


def visible_to(user: User) -> QuerySet[UptimeMonth]:
    """Return the figures a member of staff may see: a branch manager those of the branch."""
    return _of(branch_scope(user))


def _of(branch_id: int | None) -> QuerySet[UptimeMonth]:
    found = UptimeMonth.objects.all()
    if branch_id is None:
        return found
    return found.filter(Q(router__branch=branch_id) | Q(area__branch=branch_id))


def latest(found: QuerySet[UptimeMonth]) -> QuerySet[UptimeMonth]:
    """Return of each month and thing the newest revision."""
    return found.order_by("month", "router", "area", "-revision").distinct(
        "month", "router", "area"
    )


def of_month(user: User, month: date) -> list[Row]:
    """Return all figures of a month, the worst first; the network's own is first of all."""
    return of_branch(branch_scope(user), month)


def of_branch(branch_id: int | None, month: date) -> list[Row]:
    """Return the same of one branch, or of all."""
    found = latest(_of(branch_id).filter(month=month)).select_related("router", "area")
    return [_row(one) for one in sorted(found, key=_badness)]


def _badness(one: UptimeMonth) -> tuple[bool, float, int]:
    is_whole = one.router_id is None and one.area_id is None
    share = one.down_seconds / one.total_seconds if one.total_seconds else 0.0
    return not is_whole, -share, one.pk


def _row(one: UptimeMonth) -> Row:
    name = one.router.name if one.router else one.area.name if one.area else ""
    percent = uptime.shown(total=one.total_seconds, down=one.down_seconds, target=one.target)
    return Row(name, percent, one)


def course(user: User) -> list[tuple[date, Decimal | None]]:
    """Return the uptime of the whole network month by month, the oldest first.

    Of a branch manager's: of all areas of the branch together.
    """
    sums: dict[date, list[int]] = {}
    whole = branch_scope(user) is None
    wanted = Q(area__isnull=whole) if whole else Q(area__isnull=False)
    for one in latest(visible_to(user).filter(wanted, router__isnull=True)):
        total = sums.setdefault(one.month, [0, 0])
        total[0] += one.total_seconds
        total[1] += one.down_seconds
    return [
        (month, uptime.shown(total=total, down=down))
        for month, (total, down) in sorted(sums.items())[-12:]
    ]


def breaches(user: User) -> QuerySet[UptimeMonth]:
    """Return the closed months that missed their target and that nobody has looked into."""
    return visible_to(user).filter(is_breach=True, closed_at__isnull=False, seen_at=None)
