"""The customers' list and search at two sizes: how long each query takes, and by which index.

What is timed is what a page of the list asks of the database: find, count, read one page of rows.
Both databases stand side by side and are asked in turn, so that a noisy minute falls on both. No
answer may come from reading the customers from end to end.
"""

import base64
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from statistics import median
from typing import Any

from customers.models import Customer
from customers.queries import listing
from customers.queries.directory import Filters
from ispbill.devtools.bench import plans, population, scratch
from ispbill.devtools.bench.plans import PlanRefused

ON = date(2026, 1, 29)
SMALL = 10_000
TIMES, TURNS = 5, 3
MOST_ROWS_READ = 5_000  # or a tenth of the customers, whichever is more
FIRST_PAGE = "first page"

# Filters, sort, and whether the page is the last one instead of the first.
_ASKED: dict[str, tuple[Filters, str, bool]] = {
    FIRST_PAGE: (Filters(), "name", False),
    "last page": (Filters(), "name", True),
    "newest first": (Filters(), "-number", False),
    "most overdue": (Filters(), "overdue", False),
    "area": (Filters(area=17), "name", False),
    "branch and risk": (Filters(branch=2, churn=("HIGH",)), "name", False),
    "overdue in a branch": (Filters(branch=2, overdue_days=30), "overdue", False),
    "package": (Filters(package=3), "name", False),
    "without phone": (Filters(has_no_phone=True), "name", False),
    "number": (Filters(q="CT-2025-04242"), "name", False),
    "phone": (Filters(q="01700004242"), "name", False),
    "end of a phone": (Filters(q="4242"), "name", False),
    "line": (Filters(q="line4242"), "name", False),
    "rare name": (Filters(q=""), "name", False),  # the name of customer 4,242: see `_asked`
    "begin of a name": (Filters(q=""), "name", False),
    "two words": (Filters(q="house 42 road 7"), "name", False),
    "common word": (Filters(q="road"), "name", False),
    "misspelt name": (Filters(q=""), "name", False),
    "nothing to find": (Filters(q="zzzqqqxxx"), "name", False),
}


Question = Callable[[], object]


def run(*, scale: int) -> dict[str, Any]:
    """Measure all named queries with ten thousand customers and with `scale`; milliseconds."""
    with scratch.database("small") as small:
        fill(SMALL)
        with scratch.database("large") as large:
            fill(scale)
            times = _times({"small": small, "large": large})
            scratch.use(large)
            scans = refused(scale)
    queries = {
        name: {
            "small_ms": round(found["small"], 2),
            "large_ms": round(found["large"], 2),
            "ratio": round(found["large"] / found["small"], 2),
        }
        for name, found in times.items()
    }
    return {
        "name": "search",
        "scale": scale,
        "small_scale": SMALL,
        "P17_ratio_median": median(entry["ratio"] for entry in queries.values()),
        "P17_ratio_worst": max(entry["ratio"] for entry in queries.values()),
        "first_page_ms": queries[FIRST_PAGE]["large_ms"],
        "slowest_ms": max(entry["large_ms"] for entry in queries.values()),
        "queries": queries,
        "scans": scans,
    }


def fill(customers: int) -> None:
    """Fill the present bench database with customers, a tenth of whom owe."""

    def load(number: int) -> None:
        population.fill(number)
        population.owe(on=ON)

    prepare(customers, load)


def prepare(customers: int, load: Callable[[int], None]) -> None:
    """Load so many customers; the searched text's index is built afterwards."""
    with scratch.owner() as owner:
        owner.execute("SET maintenance_work_mem = '512MB'")
        found = owner.execute(
            "SELECT indexdef FROM pg_indexes WHERE indexname = 'customer_search'"
        ).fetchone()
        if found is None:
            raise RuntimeError("there is no index over the searched text")
        owner.execute("DROP INDEX customer_search")
        load(customers)
        owner.execute(found[0])
    scratch.vacuum()


def questions() -> dict[str, Question]:
    """Return what is asked, by name; each asks the database anew."""
    name = Customer.objects.values_list("name", flat=True).get(number="CT-2025-04242")
    words = {
        "rare name": name,
        "begin of a name": name[:6],
        "misspelt name": name[0] + name[2] + name[1] + name[3:],
    }
    return {
        asked: _question(replace(filters, q=words.get(asked, filters.q)), sort, is_last)
        for asked, (filters, sort, is_last) in _ASKED.items()
    }


def refused(customers: int) -> dict[str, str]:
    """Ask everything of the present database; say which questions read too many customers."""
    reasons = {}
    most = max(MOST_ROWS_READ, customers // 10)
    for name, ask in questions().items():
        with plans.listening() as statements:
            ask()
        try:
            plans.refuse_long_reads(statements.steps(), "customers_", most=most)
        except PlanRefused as refusal:
            reasons[name] = str(refusal)
    return reasons


def _question(filters: Filters, sort: str, is_last: bool) -> Question:
    def ask() -> object:
        before = _END if is_last else ""
        customers = Customer.objects.all()
        return listing.listed(
            customers, filters, window=listing.Window(sort=sort, size=50, before=before), on=ON
        )

    return ask


# The cursor of a name behind all names: the page before it is the last one.
_END = base64.urlsafe_b64encode(b'["zzzz", 0]').decode().rstrip("=")


def _times(databases: dict[str, str]) -> dict[str, dict[str, float]]:
    """Return the median milliseconds of each question in each database."""
    found: dict[str, dict[str, list[float]]] = {}
    for _turn in range(TURNS):
        for size, database in databases.items():
            scratch.use(database)
            for name, ask in questions().items():
                found.setdefault(name, {}).setdefault(size, []).extend(_milliseconds(ask))
    return {
        name: {size: median(values) for size, values in sizes.items()}
        for name, sizes in found.items()
    }


def _milliseconds(ask: Question) -> list[float]:
    ask()
    times = []
    for _time in range(TIMES):
        start = time.perf_counter()
        ask()
        times.append(1000 * (time.perf_counter() - start))
    return times
