"""Charts tell the truth: bars from zero, gaps as gaps, and the same numbers in a table."""

from decimal import Decimal

import pytest
from django.template import Context, Template

from ispbill.core import charts
from ispbill.core.charts import Point, Series

pytestmark = pytest.mark.django_db  # amounts are written the company's way


def test_bars_start_at_zero_even_when_all_values_are_large():
    chart = charts.bar_chart([Point("Jan", 900), Point("Feb", 1000)])

    assert chart.ticks[0].label == "0"


def test_twice_the_value_is_twice_the_height():
    small, large = charts.bar_chart([Point("a", 50), Point("b", 100)]).bars

    assert float(large.height) == pytest.approx(2 * float(small.height), abs=0.2)


def test_a_missing_value_is_a_gap_and_not_a_zero():
    chart = charts.bar_chart([Point("Jan", None), Point("Feb", 0)])

    assert [bar.is_gap for bar in chart.bars] == [True, False]
    assert [row.cells for row in chart.rows] == [["—"], ["0"]]


def test_a_gap_breaks_a_line_in_two():
    chart = charts.line_chart(["a", "b", "c", "d", "e"], [Series("x", [1, 2, None, 3, 4])])

    assert len(chart.lines[0].pieces) == 2


def test_names_beside_lines_do_not_lie_on_each_other():
    chart = charts.line_chart(["a", "b"], [Series("x", [1, 5]), Series("y", [2, 5])])

    first, second = (float(line.end_y) for line in chart.lines)
    assert abs(first - second) >= 13


def test_more_than_six_lines_are_not_drawn():
    series = [Series(str(number), [number, number]) for number in range(8)]

    assert len(charts.line_chart(["a", "b"], series).lines) == 6


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
def test_a_chart_of_hardly_anything_can_be_drawn(values: list[int | None]):
    chart = charts.bar_chart([Point(str(index), value) for index, value in enumerate(values)])

    assert len(chart.bars) == len(values)


def test_a_drawn_chart_carries_its_title_and_its_table():
    out = Template('{% load charts %}{% bar_chart points "Up" "" "money" %}').render(
        Context({"points": [Point("Jan", 1200)]})
    )

    assert 'role="img" aria-labelledby="bars-title"' in out
    assert '<th scope="row">Jan</th><td>৳\u202f1,200.00</td>' in out
    assert "style=" not in out


def test_a_staircase_leads_from_one_total_to_the_next():
    drawn = charts.staircase(
        [
            charts.Step("Start", 100, is_total=True),
            charts.Step("New", 50),
            charts.Step("Gone", -30),
            charts.Step("End", 120, is_total=True),
        ]
    )

    start, new, gone, end = drawn.stairs
    assert [stair.tone for stair in drawn.stairs] == ["total", "rise", "fall", "total"]
    assert float(new.y) + float(new.height) == pytest.approx(float(start.level_y), abs=0.2)
    assert gone.y == new.level_y
    assert end.y == gone.level_y
    assert [row.cells for row in drawn.rows] == [["100"], ["50"], ["−30"], ["120"]]
