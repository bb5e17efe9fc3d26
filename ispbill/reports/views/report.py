"""What a report page is made of: figures, charts, tables, and what each figure means."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ispbill.core import charts, formats
from ispbill.core.charts import Chart
from ispbill.reports.forms.period import Chosen
from ispbill.reports.queries import defining
from ispbill.reports.queries.definitions import FIGURES
from ispbill.reports.queries.figures import Month
from ispbill.reports.rules.months import last_of

Word = str | Promise
Value = Decimal | int | str | date | None
TEXT = "text"
MONEY, PERCENT, COUNT = defining.MONEY, defining.PERCENT, defining.COUNT
RATIO, DAYS, MINUTES = defining.RATIO, defining.DAYS, defining.MINUTES


@dataclass(frozen=True)
class Cell:
    """One value of a table: how it is written, and the list behind it."""

    value: Value
    unit: str = COUNT
    url: str = ""
    heat: int | None = None  # 0 to 10: the shade of a grid's cell

    @property
    def words(self) -> str:
        return written(self.value, self.unit)

    @property
    def is_number(self) -> bool:
        return self.unit != TEXT


@dataclass(frozen=True)
class Table:
    """Rows under a title; the first cell of a row heads it, `texts` of them are no numbers."""

    title: Word
    head: Sequence[Word]
    rows: Sequence[Sequence[Cell]]
    total: Sequence[Cell] = ()
    note: Word = ""
    is_grid: bool = False
    texts: int = 1

    def labelled(self) -> list[list[tuple[Word, Cell]]]:
        """Return the rows with each cell's head, which a phone shows beside it."""
        return [list(zip(self.head, row, strict=False)) for row in self.rows]


@dataclass(frozen=True)
class Figure:
    """A key figure with its change against the days before."""

    label: Word
    value: Value
    unit: str = COUNT
    url: str = ""
    note: Word = ""
    before: Value = None
    more_is: str = "success"  # what a rise means: success, danger or neutral
    key: str = ""

    @property
    def words(self) -> str:
        return written(self.value, self.unit)

    @property
    def delta(self) -> str:
        """Say the change in words; nothing where there is nothing to compare with."""
        change = self._change
        if change is None:
            return ""
        if self.unit == PERCENT:
            return _("%(change)s points") % {"change": signed(change)}
        base = Decimal(self.before or 0)  # type: ignore[arg-type]
        if base > 0:
            return f"{signed(100 * change / base)} %"
        return written(change, self.unit)

    @property
    def delta_tone(self) -> str:
        change = self._change
        if not change or self.more_is == "neutral":
            return "neutral"
        other = {"success": "danger", "danger": "success"}
        return self.more_is if change > 0 else other[self.more_is]

    @property
    def delta_symbol(self) -> str:
        return "arrow-down-right" if (self._change or 0) < 0 else "arrow-up-right"

    @property
    def _change(self) -> Decimal | None:
        if not isinstance(self.value, Decimal | int) or not isinstance(self.before, Decimal | int):
            return None
        return Decimal(self.value) - Decimal(self.before)


@dataclass(frozen=True)
class Meaning:
    """A figure's plain definition."""

    term: Word
    text: Word


def meanings(*keys: str) -> list[Meaning]:
    """Return what the figures of the registry mean, under their names."""
    return [Meaning(FIGURES[key].name, FIGURES[key].meaning) for key in keys]


@dataclass(frozen=True)
class Report:
    """A tab of the revenue report."""

    figures: Sequence[Figure] = ()
    charts: Sequence[Chart] = ()
    tables: Sequence[Table] = ()
    meanings: Sequence[Meaning] = ()
    has_any: bool = True

    def without_comparison(self) -> "Report":
        """Return the report without changes: there is nothing before it to compare with."""
        return replace(self, figures=[replace(one, before=None) for one in self.figures])


class Links:
    """Addresses of the rows behind figures, with the filters of the page applied."""

    def __init__(self, chosen: Chosen, query: Mapping[str, Any]) -> None:
        self.chosen = chosen
        self.kept = {
            key: value
            for key, value in query.items()
            if key in ("branch", "area", "package", "reseller") and value
        }

    def rows(
        self, what: str, *, since: date | None = None, until: date | None = None, **more: Any
    ) -> str:
        """Return the address of the rows behind a figure; of the page's days unless told others."""
        query: dict[str, Any] = {
            **self.kept,
            "what": what,
            "since": (since or self.chosen.since).isoformat(),
            "until": (until or self.chosen.until).isoformat(),
            **{key: value for key, value in more.items() if value is not None},
        }
        return f"{reverse('staff_reports:revenue-rows')}?{urlencode(query)}"

    def page(self, name: str, **more: Any) -> str:
        """Return the address of another tab with the same filters."""
        query = {**self.kept, "period": self.chosen.period, **more}
        if self.chosen.period == "own":
            query |= {"since": self.chosen.since, "until": self.chosen.until}
        return f"{reverse(f'staff_reports:{name}')}?{urlencode(query)}"


def defined(key: str, value: Value, url: str = "", **more: Any) -> Figure:
    """Return a figure of the registry under its one name, with what its query answered."""
    one = FIGURES[key]
    return Figure(one.name, value, one.unit, url, key=key, **more)


def written(value: Value, unit: str) -> str:
    """Write a value the way people read it; what is not known is a dash."""
    if value is None:
        return "—"
    if isinstance(value, date):
        return formats.day(value, get_language() or "en")
    if isinstance(value, str):
        return value
    if unit == PERCENT:
        shown = Decimal(value)
        # What was cut off at two places is shown with both: 99.72 % of a month is not 99.7.
        decimals = 2 if shown.as_tuple().exponent == -2 else 1
        return f"{formats.number(round(shown, decimals), decimals=decimals)} %"
    if unit == RATIO:
        return formats.number(Decimal(value), decimals=2)
    if unit == MINUTES:
        return formats.duration(timedelta(minutes=int(value)), get_language() or "en")
    if unit == DAYS:
        return formats.number(Decimal(value), decimals=1)
    return charts.words(Decimal(value).quantize(Decimal("0.01")) if unit == MONEY else value, unit)


def signed(value: Decimal) -> str:
    number = formats.number(abs(round(value, 1)), decimals=1)
    return f"{'−' if value < 0 else '+'}{number}"


def month_words(first: date) -> str:
    """Write a month short enough to stand under a bar: the year only with January."""
    language = get_language() or "en"
    name = formats.short_month(first, language)
    return f"{name} {first.year}" if first.month == 1 else name


def month_name(first: date) -> str:
    return formats.month(first, get_language() or "en")


def days_of(month: Month, chosen: Chosen) -> tuple[date, date]:
    """Return the days of a month that lie in what was chosen to look at."""
    return max(month.first, chosen.since), min(last_of(month.first), chosen.until)


def is_over(chosen: Chosen) -> bool:
    """Tell whether the last month chosen is a whole one."""
    return chosen.until == last_of(chosen.until)


def money(value: Value, url: str = "") -> Cell:
    return Cell(value, MONEY, url)


def count(value: Value, url: str = "") -> Cell:
    return Cell(value, COUNT, url)


def percent(value: Value, url: str = "") -> Cell:
    return Cell(value, PERCENT, url)


def text(value: Value, url: str = "") -> Cell:
    return Cell(value, TEXT, url)
