"""Where the shapes of a chart stand, in percent of the room they are given.

Shapes follow that room and text keeps its size (templates/ui/_chart.html): one drawing for every
width. Amounts are only turned into places; nothing is reckoned with them. Bars start at zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from ispbill.core.charts import Chart, Point, Value, short, words
from ispbill.core.scales import Scale

MAX_SERIES = 6
MAX_LABELS = 12
_UNREAD = {"unread": 1.0}


@dataclass(frozen=True)
class Mark:
    """A label or a line of the grid: its place in percent; narrow charts leave out minor ones."""

    at: str
    label: str
    is_minor: bool = False
    anchor: str = "middle"
    is_now: bool = False


@dataclass(frozen=True)
class Bar:
    """A bar: its slot, and the shares of the scale at which it begins and that it covers."""

    label: str
    words: str
    short: str
    slot: float
    index: int
    start: float
    size: float
    tone: str = ""  # partial, total, rise, fall, patchy, unread or gap
    level: float = 0.0  # where the next stair begins
    reach: float | None = None  # the share of what stands beside it
    url: str = ""

    @property
    def width(self) -> str:
        return _percent(self._wide)

    @property
    def x(self) -> str:
        return _percent(self.slot * (self.index + 0.5) - self._wide / 2)

    @property
    def right(self) -> str:
        return _percent(self.slot * (self.index + 0.5) + self._wide / 2)

    @property
    def next_x(self) -> str:
        return _percent(self.slot * (self.index + 1.5) - self._wide / 2)

    @property
    def middle(self) -> str:
        return _percent(self.slot * (self.index + 0.5))

    @property
    def y(self) -> str:
        return _percent(1 - self.start - self.size)

    @property
    def height(self) -> str:
        return _percent(self.size)

    @property
    def across(self) -> str:
        """Where it begins when it lies."""
        return _percent(self.start)

    @property
    def level_y(self) -> str:
        return _percent(1 - self.level)

    @property
    def reach_y(self) -> str:
        return _percent(1 - self.reach) if self.reach is not None else ""

    @property
    def reach_height(self) -> str:
        return _percent(self.reach) if self.reach is not None else ""

    @property
    def _wide(self) -> float:
        return min(self.slot * 0.64, 0.085)


@dataclass(frozen=True)
class Line:
    """A line in a box of 100 by 100: unbroken pieces, and the place and words of its last value."""

    number: int
    name: str
    pieces: Sequence[str]
    end: tuple[str, str] | None
    words: str


@dataclass(frozen=True)
class Plot:
    """Everything the template of a drawing writes down."""

    bars: Sequence[Bar] = ()
    lines: Sequence[Line] = ()
    ticks: Sequence[Mark] = ()
    labels: Sequence[Mark] = ()
    limit_y: str = ""
    begins: str = ""  # where the axis begins, if not at zero

    @property
    def has_values(self) -> bool:
        """Tell whether there is room to write the values above the bars."""
        return len(self.bars) <= MAX_LABELS


def plot(chart: Chart, *, last: int | None = None) -> Plot:
    """Lay out a chart, or of its bars only the last that are known; of what may come, the first."""
    if chart.kind == "lines":
        return _lines(chart)
    if chart.kind == "steps":
        return _stairs(chart)
    if last is None:
        return _bars(chart, chart.points)
    return _bars(chart, chart.points[:last] if chart.is_outline else _latest(chart.points, last))


def _latest(points: Sequence[Point], count: int) -> Sequence[Point]:
    """Return the last points that are known: a month's days to come are not among them."""
    known = [index for index, point in enumerate(points) if point.value is not None]
    end = known[-1] + 1 if known else len(points)
    return points[max(end - count, 0) : end]


def _bars(chart: Chart, points: Sequence[Point]) -> Plot:
    seen = [value for point in points for value in (point.value, point.beside) if value is not None]
    scale = Scale([*seen, *([] if chart.limit is None else [chart.limit])], from_zero=True)
    slot, zero = 1 / max(len(points), 1), scale.share(0)
    bars = []
    for index, point in enumerate(points):
        top = scale.share(point.value or 0)
        bars.append(
            Bar(
                label=point.label,
                words=words(point.value, chart.unit),
                short=short(point.value, chart.unit) if point.value is not None else "",
                slot=slot,
                index=index,
                start=min(top, zero),
                size=max(abs(top - zero), _UNREAD.get(point.tone, bool(point.value) * 0.006)),
                tone=point.tone,
                reach=None if point.beside is None else scale.share(point.beside),
                url=point.url,
            )
        )
    return Plot(
        bars=bars,
        ticks=_ticks(scale, chart),
        labels=_under([point.label for point in points], bars),
        limit_y="" if chart.limit is None else _percent(1 - scale.share(chart.limit)),
    )


def _stairs(chart: Chart) -> Plot:
    """Lay out how one total becomes another: totals from the ground, changes from where they begin.

    A scale from zero would hide small changes of a large total, so it begins below the lowest
    level, which the chart says.
    """
    before, levels = Decimal(0), []
    for step in chart.steps:
        start = Decimal(0) if step.is_total else before
        before = start + Decimal(step.value)
        levels.append((start, before))
    ends = [end for _start, end in levels]
    scale = Scale(_with_ground(ends), from_zero=False)
    slot, bars = 1 / max(len(chart.steps), 1), []
    for index, (step, (start, end)) in enumerate(zip(chart.steps, levels, strict=True)):
        foot, top = (0.0 if step.is_total else scale.share(start)), scale.share(end)
        change = "rise" if step.value >= 0 else "fall"
        plus = "+" if change == "rise" and step.value and not step.is_total else ""
        bars.append(
            Bar(
                label=step.label,
                words=plus + words(step.value, chart.unit),
                short=plus + short(step.value, chart.unit),
                slot=slot,
                index=index,
                start=min(foot, top),
                size=max(abs(top - foot), 0.006),
                tone="total" if step.is_total else change,
                level=top,
                url=step.url,
            )
        )
    return Plot(
        bars=bars,
        ticks=_ticks(scale, chart),
        labels=_under([step.label for step in chart.steps], bars),
        begins=words(scale.low, chart.unit) if scale.low > 0 else "",
    )


def _with_ground(seen: Sequence[Decimal]) -> list[Decimal]:
    """Return the levels with something below the lowest, so that totals have a height."""
    low, high = min(seen, default=Decimal(0)), max(seen, default=Decimal(1))
    if low <= 0 or low * 2 < high:
        return [Decimal(0), *seen]
    return [max(Decimal(0), low - (high - low) / 2), *seen]


def _lines(chart: Chart) -> Plot:
    """Lay out up to six lines over common labels; a gap breaks the line."""
    series = chart.series[:MAX_SERIES]
    scale = Scale([v for one in series for v in one.values if v is not None], from_zero=True)
    step = 1 / max(len(chart.labels) - 1, 1)
    lines = []
    for number, one in enumerate(series, start=1):
        places = [
            None if value is None else (step * index, 1 - scale.share(value))
            for index, value in enumerate(one.values)
        ]
        end = next((place for place in reversed(places) if place is not None), None)
        final = next((value for value in reversed(one.values) if value is not None), None)
        lines.append(
            Line(
                number=number,
                name=one.name,
                pieces=_pieces(places, 100),
                end=(_percent(end[0]), _percent(end[1])) if end else None,
                words="" if final is None else short(final, chart.unit),
            )
        )
    return Plot(lines=lines, ticks=_ticks(scale, chart), labels=_along(chart.labels, step))


def _ticks(scale: Scale, chart: Chart) -> list[Mark]:
    return [Mark(_percent(1 - scale.share(tick)), short(tick, chart.unit)) for tick in scale.ticks]


def _under(labels: Sequence[str], bars: Sequence[Bar]) -> list[Mark]:
    """Return the labels that have room under bars; that of the present always stands."""
    every = max(1, -(-len(labels) // MAX_LABELS))
    now = next((bar.index for bar in bars if bar.tone == "partial"), None) if every > 1 else None
    return [
        Mark(bar.middle, label, is_minor=bar.index % (every * 2) > 0, is_now=bar.index == now)
        for bar, label in zip(bars, labels, strict=True)
        if bar.index == now
        or (bar.index % every == 0 and (now is None or abs(bar.index - now) >= every))
    ]


def _along(labels: Sequence[str], step: float) -> list[Mark]:
    every, last = max(1, -(-len(labels) // MAX_LABELS)), len(labels) - 1
    return [
        Mark(
            _percent(step * index),
            label,
            is_minor=index % (every * (2 if last < every * 10 else 3)) > 0,  # a phone holds five
            anchor="start" if index == 0 else "end" if index == last else "middle",
        )
        for index, label in enumerate(labels)
        if index % every == 0
    ]


def sparkline(values: Sequence[Value | None]) -> tuple[Sequence[str], str]:
    """Return the pieces of a line in a 100 × 30 box, and the outline of the area under it."""
    known = [float(value) for value in values if value is not None]
    if len(known) < 2:
        return [], ""
    lowest, spread = min(known), (max(known) - min(known)) or 1.0
    step = 1 / max(len(values) - 1, 1)
    places = [
        None if value is None else (step * index, (28 - (float(value) - lowest) / spread * 26) / 30)
        for index, value in enumerate(values)
    ]
    pieces = _pieces(places, 30)
    return pieces, f"0,30 {pieces[0]} 100,30" if None not in places else ""


def _pieces(places: Sequence[tuple[float, float] | None], height: int) -> list[str]:
    pieces: list[list[str]] = [[]]
    for place in places:
        if place is None:
            pieces.append([])
        else:
            pieces[-1].append(f"{place[0] * 100:.1f},{place[1] * height:.1f}")
    return [" ".join(piece) for piece in pieces if piece]


def _percent(share: float) -> str:
    return f"{share * 100:.2f}%"
