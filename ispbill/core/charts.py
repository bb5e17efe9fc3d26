"""The geometry of the charts drawn by the server: bars, lines and sparklines as plain SVG.

Amounts come in as Decimal or int and are only turned into coordinates here; nothing is reckoned
with them. A missing value (None) is a gap, never a zero. Bars always start at zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from ispbill.core import formats

Value = Decimal | int
MAX_SERIES = 6

WIDTH = 640
HEIGHT = 220
LEFT, RIGHT, TOP, BOTTOM = 52, 8, 18, 26


@dataclass(frozen=True)
class Point:
    """One bar: its label, its value (None is a gap), and whether its time is not over yet."""

    label: str
    value: Value | None
    is_partial: bool = False


@dataclass(frozen=True)
class Series:
    """One line: its name and a value, or a gap, for each label of the chart."""

    name: str
    values: Sequence[Value | None]


@dataclass(frozen=True)
class Step:
    """One bar of a staircase: a total that stands on the ground, or a change up or down."""

    label: str
    value: Value
    is_total: bool = False


@dataclass(frozen=True)
class Tick:
    """A line of the grid: its height in the drawing and its short label."""

    y: str
    label: str


@dataclass(frozen=True)
class Bar:
    """A bar in the drawing."""

    x: str
    y: str
    width: str
    height: str
    middle: str
    above: str
    label: str
    words: str
    short: str
    is_partial: bool
    is_gap: bool
    has_label: bool


@dataclass(frozen=True)
class Stair:
    """A bar of a staircase in the drawing, with the line that leads to the next one."""

    x: str
    y: str
    width: str
    height: str
    middle: str
    above: str
    label: str
    words: str
    short: str
    tone: str  # total, rise or fall
    level_y: str
    next_x: str
    is_last: bool


@dataclass(frozen=True)
class Staircase:
    """Everything the template of a staircase writes down."""

    stairs: Sequence[Stair]
    ticks: Sequence[Tick]
    rows: Sequence["Row"]


@dataclass(frozen=True)
class Line:
    """A line in the drawing: unbroken pieces, its last dot, and its name beside it."""

    number: int
    name: str
    pieces: Sequence[str]
    dots: Sequence[tuple[str, str]]
    end_x: str
    end_y: str


@dataclass(frozen=True)
class Row:
    """A row of the table under a chart."""

    label: str
    cells: Sequence[str]


@dataclass(frozen=True)
class BarChart:
    """Everything the bar chart's template writes down."""

    bars: Sequence[Bar]
    ticks: Sequence[Tick]
    rows: Sequence[Row]
    limit_y: str


@dataclass(frozen=True)
class LineChart:
    """Everything the line chart's template writes down."""

    lines: Sequence[Line]
    ticks: Sequence[Tick]
    labels: Sequence[tuple[str, str]]
    rows: Sequence[Row]
    names: Sequence[str]


def bar_chart(points: Sequence[Point], *, unit: str = "", limit: Value | None = None) -> BarChart:
    """Lay out bars from zero; `unit` is "money", "percent" or a word written after numbers."""
    known = [point.value for point in points if point.value is not None]
    lowest, highest, ticks = _scale(
        [*known, *([limit] if limit is not None else [])], from_zero=True
    )
    slot = (WIDTH - LEFT - RIGHT) / max(len(points), 1)
    width = min(slot * 0.64, 56.0)
    every = max(1, -(-len(points) // 12))
    bars = []
    for index, point in enumerate(points):
        middle = LEFT + slot * (index + 0.5)
        value = point.value or 0
        top, base = _y(max(value, 0), lowest, highest), _y(min(value, 0), lowest, highest)
        bars.append(
            Bar(
                x=_px(middle - width / 2),
                y=_px(top),
                width=_px(width),
                height=_px(max(base - top, 1.0 if value else 0.0)),
                middle=_px(middle),
                above=_px(top - 5),
                label=point.label,
                words=words(point.value, unit),
                short=short(point.value, unit) if point.value is not None else "",
                is_partial=point.is_partial,
                is_gap=point.value is None,
                has_label=index % every == 0,
            )
        )
    return BarChart(
        bars=bars,
        ticks=[Tick(_px(_y(tick, lowest, highest)), short(tick, unit)) for tick in ticks],
        rows=[Row(point.label, [words(point.value, unit)]) for point in points],
        limit_y=_px(_y(limit, lowest, highest)) if limit is not None else "",
    )


def staircase(steps: Sequence[Step], *, unit: str = "") -> Staircase:
    """Lay out how one total becomes another: totals from zero, changes from where they begin.

    A scale from zero would hide small changes of a large total, so it begins below the lowest
    level; totals are drawn as cut off at the ground.
    """
    levels: list[tuple[Decimal, Decimal]] = []
    level = Decimal(0)
    for step in steps:
        start = Decimal(0) if step.is_total else level
        level = Decimal(step.value) if step.is_total else level + Decimal(step.value)
        levels.append((start, level))
    seen = [after for _before, after in levels]
    lowest, highest, ticks = _scale(_room(seen), from_zero=False)
    slot = (WIDTH - LEFT - RIGHT) / max(len(steps), 1)
    width = min(slot * 0.64, 64.0)
    stairs = []
    for index, (step, (before, after)) in enumerate(zip(steps, levels, strict=True)):
        middle = LEFT + slot * (index + 0.5)
        ground = Decimal(str(lowest)) if step.is_total else before
        top = _y(max(ground, after), lowest, highest)
        base = _y(min(ground, after), lowest, highest)
        rise = "rise" if step.value >= 0 else "fall"
        stairs.append(
            Stair(
                x=_px(middle - width / 2),
                y=_px(top),
                width=_px(width),
                height=_px(max(base - top, 1.0)),
                middle=_px(middle),
                above=_px(top - 5),
                label=step.label,
                words=words(step.value, unit),
                short=short(step.value, unit),
                tone="total" if step.is_total else rise,
                level_y=_px(_y(after, lowest, highest)),
                next_x=_px(middle + slot - width / 2),
                is_last=index == len(steps) - 1,
            )
        )
    return Staircase(
        stairs=stairs,
        ticks=[Tick(_px(_y(tick, lowest, highest)), short(tick, unit)) for tick in ticks],
        rows=[Row(step.label, [words(step.value, unit)]) for step in steps],
    )


def _room(seen: Sequence[Decimal]) -> list[Decimal]:
    """Return the levels with some room under the lowest, so that totals have a height."""
    low, high = min(seen, default=Decimal(0)), max(seen, default=Decimal(1))
    if low <= 0 or low * 2 < high:
        return [Decimal(0), *seen]
    return [max(Decimal(0), low - (high - low)), *seen]


def line_chart(
    labels: Sequence[str], series: Sequence[Series], *, unit: str = "", from_zero: bool = True
) -> LineChart:
    """Lay out up to six lines over common labels; a gap breaks the line."""
    series = series[:MAX_SERIES]
    known = [value for one in series for value in one.values if value is not None]
    lowest, highest, ticks = _scale(known, from_zero=from_zero)
    room = RIGHT + (96 if len(series) > 1 else 12)
    step = (WIDTH - LEFT - room) / max(len(labels) - 1, 1)
    every = max(1, -(-len(labels) // 12))
    ends: list[float] = []
    lines = []
    for number, one in enumerate(series, start=1):
        places = [
            None if value is None else (LEFT + step * index, _y(value, lowest, highest))
            for index, value in enumerate(one.values)
        ]
        drawn = [place for place in places if place is not None]
        end_x, end_y = drawn[-1] if drawn else (float(LEFT), float(HEIGHT - BOTTOM))
        while any(abs(end_y - taken) < 13 for taken in ends):
            end_y += 13
        ends.append(end_y)
        lines.append(
            Line(
                number=number,
                name=one.name,
                pieces=_pieces(places),
                dots=[(_px(x), _px(y)) for x, y in drawn[-1:]],
                end_x=_px(end_x + 8),
                end_y=_px(end_y + 4),
            )
        )
    return LineChart(
        lines=lines,
        ticks=[Tick(_px(_y(tick, lowest, highest)), short(tick, unit)) for tick in ticks],
        labels=[
            (_px(LEFT + step * index), label)
            for index, label in enumerate(labels)
            if index % every == 0
        ],
        rows=[
            Row(label, [words(one.values[index], unit) for one in series])
            for index, label in enumerate(labels)
        ],
        names=[one.name for one in series],
    )


def sparkline(values: Sequence[Value | None]) -> tuple[Sequence[str], str]:
    """Return the pieces of a line in a 100 × 30 box, and the outline of the area under it."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return [], ""
    lowest, highest = float(min(known)), float(max(known))
    spread = (highest - lowest) or 1.0
    step = 100 / max(len(values) - 1, 1)
    places = [
        None if value is None else (step * index, 28 - (float(value) - lowest) / spread * 26)
        for index, value in enumerate(values)
    ]
    drawn = [place for place in places if place is not None]
    outline = " ".join(f"{x:.1f},{y:.1f}" for x, y in drawn)
    area = f"{drawn[0][0]:.1f},30 {outline} {drawn[-1][0]:.1f},30" if None not in places else ""
    return _pieces(places), area


def words(value: Value | None, unit: str) -> str:
    """Write a value in full, as the table under the chart does; a gap is a dash."""
    if value is None:
        return "—"
    if unit == "money":
        return formats.money(Decimal(value))
    decimals = 0 if Decimal(value) == Decimal(value).to_integral_value() else 1
    written = formats.number(Decimal(value), decimals=decimals)
    return f"{written}%" if unit == "percent" else f"{written} {unit}".rstrip()


def short(value: Value, unit: str) -> str:
    """Write a value for an axis: 1.2 lakh and 3 crore, or 120k and 30M, as the company groups."""
    amount = Decimal(value)
    if formats.defaults().style.grouping == "lakh":
        steps = ((Decimal(10_000_000), " Cr"), (Decimal(100_000), " L"), (Decimal(1_000), "k"))
    else:
        steps = ((Decimal(1_000_000_000), "B"), (Decimal(1_000_000), "M"), (Decimal(1_000), "k"))
    for size, mark in steps:
        if abs(amount) >= size:
            return f"{_trimmed(amount / size)}{mark}"
    return f"{_trimmed(amount)}%" if unit == "percent" else _trimmed(amount)


def _trimmed(amount: Decimal) -> str:
    text = f"{amount:.1f}"
    return text.removesuffix(".0").replace("-", "−")


def _scale(known: Sequence[Value], *, from_zero: bool) -> tuple[float, float, Sequence[Decimal]]:
    """Return the lowest and highest value drawn and the round values in between."""
    low = min([Decimal(value) for value in known], default=Decimal(0))
    high = max([Decimal(value) for value in known], default=Decimal(1))
    if from_zero or low < 0:
        low, high = min(low, Decimal(0)), max(high, Decimal(0))
    if low == high:
        high = low + 1
    rough = (high - low) / 4
    size = Decimal(10) ** rough.adjusted()
    step = next(size * times for times in (1, 2, 5, 10) if size * times >= rough)
    first = (low / step).to_integral_value(rounding="ROUND_FLOOR") * step
    last = (high / step).to_integral_value(rounding="ROUND_CEILING") * step
    ticks = [first + step * index for index in range(int((last - first) / step) + 1)]
    return float(first), float(last), ticks


def _y(value: Value, lowest: float, highest: float) -> float:
    share = (float(value) - lowest) / (highest - lowest)
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)


def _pieces(places: Sequence[tuple[float, float] | None]) -> list[str]:
    pieces: list[list[str]] = [[]]
    for place in places:
        if place is None:
            pieces.append([])
        else:
            pieces[-1].append(f"{place[0]:.1f},{place[1]:.1f}")
    return [" ".join(piece) for piece in pieces if piece]


def _px(value: float) -> str:
    return f"{value:.1f}"
