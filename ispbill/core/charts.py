"""What a chart says: its finding, its values and how they are written. `plots` draws it.

A missing value (None) is a gap, never a zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise

from ispbill.core import formats

Value = Decimal | int


@dataclass(frozen=True)
class Point:
    """One bar: its label, its value (None is a gap), and whether its time is not over yet.

    `beside` is what it is compared with, or what it may become. `is_patchy`: somebody should have
    measured, and did not all the time.
    """

    label: str
    value: Value | None
    is_partial: bool = False
    beside: Value | None = None
    url: str = ""
    is_patchy: bool = False

    @property
    def tone(self) -> str:
        """How its bar is drawn: unread (nobody measured), gap, partial, patchy, or as usual."""
        if self.value is None:
            return "unread" if self.is_patchy else "gap"
        return "partial" if self.is_partial else "patchy" if self.is_patchy else ""


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
    url: str = ""


@dataclass(frozen=True)
class Chart:
    """What a chart says. The title states the finding; `key` is unique on its page.

    `kind` is bars (columns by time), names (bars that lie), lines or steps (a staircase). `unit`
    is "money", "percent" or a word written after numbers. On a phone only the `last` bars stand
    (of what may come, the first).
    """

    kind: str
    key: str
    title: str | Promise
    note: str | Promise = ""
    unit: str = ""
    column: str | Promise = ""  # the head of the values in the table
    points: Sequence[Point] = ()
    labels: Sequence[str] = ()
    series: Sequence[Series] = ()
    steps: Sequence[Step] = ()
    limit: Value | None = None
    beside: str | Promise = ""  # what the points' `beside` is
    is_outline: bool = False  # it is drawn as an outline around the bar, not as a stroke
    last: int = 6


def rows(chart: Chart) -> list[tuple[str, str, list[str]]]:
    """Return the table of a chart: labels with their addresses and values."""
    if chart.kind == "lines":
        return [
            (label, "", [words(one.values[index], chart.unit) for one in chart.series])
            for index, label in enumerate(chart.labels)
        ]
    if chart.kind == "steps":
        return [(step.label, step.url, [words(step.value, chart.unit)]) for step in chart.steps]
    return [
        (
            point.label,
            point.url,
            [words(value, chart.unit) for value in _values(point, chart.beside)],
        )
        for point in chart.points
    ]


def _values(point: Point, beside: object) -> list[Value | None]:
    return [point.value, point.beside] if beside else [point.value]


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
