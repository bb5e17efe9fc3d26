"""Charts tell the truth: bars from zero, gaps as gaps, and the same numbers in a table."""

from decimal import Decimal

import pytest
from django.template import Context, Template

from ispbill.core import charts, plots
from ispbill.core.charts import Chart, Point, Series, Step

pytestmark = pytest.mark.django_db  # amounts are written the company's way


def bars(points, **more):
    return Chart("bars", "bars", "Up", points=points, **more)


def lines(labels, series):
    return Chart("lines", "lines", "Up", labels=labels, series=series)


def drawn(chart):
    return Template("{% load charts %}{% chart one %}").render(Context({"one": chart}))


def test_bars_start_at_zero_even_when_all_values_are_large():
    plot = plots.plot(bars([Point("Jan", 900), Point("Feb", 1000)]))

    assert (plot.ticks[0].label, plot.ticks[0].at) == ("0", "100.00%")


def test_twice_the_value_is_twice_the_height():
    small, large = plots.plot(bars([Point("a", 50), Point("b", 100)])).bars

    assert large.size == pytest.approx(2 * small.size)


def test_a_missing_value_is_a_gap_and_not_a_zero():
    chart = bars([Point("Jan", None), Point("Feb", 0)])

    assert [bar.tone for bar in plots.plot(chart).bars] == ["gap", ""]
    assert [cells for _label, _url, cells in charts.rows(chart)] == [["—"], ["0"]]


def test_what_stands_beside_a_bar_is_drawn_to_the_same_scale():
    (bar,) = plots.plot(bars([Point("a", 50, beside=100)], beside="Before")).bars

    assert bar.reach == pytest.approx(2 * bar.size)


def test_a_gap_pauses_a_line_in_two():
    plot = plots.plot(lines(["a", "b", "c", "d", "e"], [Series("x", [1, 2, None, 3, 4])]))

    assert len(plot.lines[0].pieces) == 2


def test_more_than_six_lines_are_not_drawn():
    series = [Series(str(number), [number, number]) for number in range(8)]

    assert len(plots.plot(lines(["a", "b"], series)).lines) == 6


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (950, "950"),
        (1500, "1.5k"),
        (250_000, "2.5 L"),
        (30_000_000, "3 Cr"),
        (Decimal("-1500"), "−1.5k"),
    ],
)
def test_an_axis_counts_in_lakh_and_crore_where_the_company_does(value: Decimal, words: str):
    assert charts.short(value, "money") == words


@pytest.mark.parametrize("values", [[], [None, None], [0, 0], [5]])
@pytest.mark.parametrize("kind", ["bars", "names", "lines", "steps"])
def test_a_chart_of_hardly_anything_can_be_drawn(kind: str, values: list[int | None]):
    labels = [str(index) for index in range(len(values))]
    chart = Chart(
        kind,
        "few",
        "Few",
        points=[Point(label, value) for label, value in zip(labels, values, strict=True)],
        labels=labels,
        series=[Series("x", values)],
        steps=[Step(label, value or 0) for label, value in zip(labels, values, strict=True)],
    )

    assert drawn(chart).count('<th scope="row">') == len(values)


def test_a_drawn_chart_carries_its_title_and_its_table_and_no_style():
    out = drawn(bars([Point("Jan", 1200, url="/list/")], unit="money"))

    assert 'role="group" aria-labelledby="bars-title"' in out
    assert '<th scope="row"><a href="/list/">Jan</a></th><td>৳\u202f1,200.00</td>' in out
    assert "style=" not in out
    assert "viewBox" not in out  # text is never scaled


def test_a_phone_is_shown_the_last_six_of_many_bars_and_all_of_a_few():
    many = drawn(bars([Point(f"day {day}", day) for day in range(1, 31)]))
    few = drawn(bars([Point(f"day {day}", day) for day in range(1, 8)]))

    narrow = many[many.index("is-narrow") :]
    assert narrow.count("<rect") == 6
    assert "day 30:" in narrow
    assert "is-narrow" not in few


def test_names_stand_beside_bars_that_lie():
    out = drawn(Chart("names", "areas", "Mirpur", points=[Point("Mirpur", 4), Point("Uttara", 2)]))

    assert out.count('<span class="plot-name">') == 2
    assert "plot-labels" not in out


def test_a_staircase_leads_from_one_total_to_the_next():
    chart = Chart(
        "steps",
        "steps",
        "Up",
        steps=[
            Step("Start", 100, is_total=True),
            Step("New", 50),
            Step("Gone", -30),
            Step("End", 120, is_total=True),
        ],
    )

    start, new, gone, end = plots.plot(chart).bars
    assert [bar.tone for bar in (start, new, gone, end)] == ["total", "rise", "fall", "total"]
    assert new.start == pytest.approx(start.level)
    assert gone.start + gone.size == pytest.approx(new.level)
    assert end.level == pytest.approx(gone.start)
    assert [cells for _label, _url, cells in charts.rows(chart)] == [
        ["100"],
        ["50"],
        ["−30"],
        ["120"],
    ]
    assert "The axis begins at" in drawn(chart)
