"""Charts as inline SVG: printable, no script, each with its title, its words and its table."""

from collections.abc import Sequence

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from ispbill.core import charts
from ispbill.core.charts import Point, Series, Step, Value

register = template.Library()


@register.inclusion_tag("ui/_chart_bars.html")
def bar_chart(
    points: Sequence[Point],
    title: str,
    summary: str = "",
    unit: str = "",
    column: str = "",
    limit: Value | None = None,
    key: str = "bars",
) -> dict[str, object]:
    """Draw bars. The title states the finding; `key` must be unique on the page."""
    return {
        "chart": charts.bar_chart(points, unit=unit, limit=limit),
        "title": title,
        "summary": summary,
        "column": column,
        "key": key,
        "right": charts.WIDTH - charts.RIGHT,
        "left": charts.LEFT,
        "width": charts.WIDTH,
        "height": charts.HEIGHT,
        "tick_x": charts.LEFT - 6,
        "label_y": charts.HEIGHT - 8,
    }


@register.inclusion_tag("ui/_chart_lines.html")
def line_chart(
    labels: Sequence[str],
    series: Sequence[Series],
    title: str,
    summary: str = "",
    unit: str = "",
    from_zero: bool = True,
    key: str = "lines",
) -> dict[str, object]:
    """Draw up to six lines, told apart by dash and name as well as colour."""
    return {
        "chart": charts.line_chart(labels, series, unit=unit, from_zero=from_zero),
        "title": title,
        "summary": summary,
        "key": key,
        "right": charts.WIDTH - charts.RIGHT,
        "left": charts.LEFT,
        "width": charts.WIDTH,
        "height": charts.HEIGHT,
        "tick_x": charts.LEFT - 6,
        "label_y": charts.HEIGHT - 8,
    }


@register.inclusion_tag("ui/_chart_steps.html")
def step_chart(
    steps: Sequence[Step],
    title: str,
    summary: str = "",
    unit: str = "",
    column: str = "",
    key: str = "steps",
) -> dict[str, object]:
    """Draw how one total becomes another; rises and falls are told apart by sign and colour."""
    return {
        "chart": charts.staircase(steps, unit=unit),
        "title": title,
        "summary": summary,
        "column": column,
        "key": key,
        "right": charts.WIDTH - charts.RIGHT,
        "left": charts.LEFT,
        "width": charts.WIDTH,
        "height": charts.HEIGHT,
        "tick_x": charts.LEFT - 6,
        "label_y": charts.HEIGHT - 8,
    }


@register.simple_tag
def sparkline(values: Sequence[Value | None], label: str, series: int = 1) -> SafeString:
    """Draw a small line without axes; the label says in words what it shows."""
    pieces, area = charts.sparkline(values)
    return render_to_string(
        "ui/_sparkline.html", {"pieces": pieces, "area": area, "label": label, "series": series}
    )
