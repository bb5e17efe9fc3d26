"""Charts as HTML and inline SVG: printable, no script, each with its title and its table."""

from collections.abc import Sequence

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from ispbill.core import charts, plots

register = template.Library()


@register.inclusion_tag("ui/_chart.html")
def chart(said: charts.Chart) -> dict[str, object]:
    """Draw a chart: its title, its shapes, on a phone the last of them, and its table."""
    is_long = said.kind == "bars" and len(said.points) > said.last + 2
    return {
        "chart": said,
        "plot": plots.plot(said),
        "short_plot": plots.plot(said, last=said.last) if is_long else None,
        "rows": charts.rows(said),
    }


@register.simple_tag
def sparkline(values: Sequence[charts.Value | None], label: str, series: int = 1) -> SafeString:
    """Draw a small line without axes; the label says in words what it shows."""
    pieces, area = plots.sparkline(values)
    return render_to_string(
        "ui/_sparkline.html", {"pieces": pieces, "area": area, "label": label, "series": series}
    )
