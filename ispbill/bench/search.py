"""The customers' list and search at two sizes: how long each query takes, and by which index.

What is timed is what a page of the list does: find, read one page of rows, count. The answers of
both sizes are compared; and at the larger one no query may read the table from end to end.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from statistics import median
from typing import Any

from customers.models import Customer
from customers.queries import directory, listing
from customers.queries.directory import Filters
from ispbill.bench import plans, population, scratch
from ispbill.bench.plans import PlanRefused

ON = date(2026, 1, 29)
SMALL = 10_000
TIMES = 15
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


@dataclass(frozen=True)
class _Answer:
    rows: int
    count: int


def run(*, scale: int) -> dict[str, Any]:
    """Measure all named queries with ten thousand customers and with `scale`; milliseconds."""
    small, _plans = _measured(SMALL)
    large, refusals = _measured(scale)
    queries = {
        name: {
            "small_ms": small[name],
            "large_ms": large[name],
            "ratio": round(large[name] / small[name], 2),
        }
        for name in _ASKED
    }
    return {
        "name": "search",
        "scale": scale,
        "small_scale": SMALL,
        "P17_ratio_median": round(median(entry["ratio"] for entry in queries.values()), 2),
        "P17_ratio_worst": max(entry["ratio"] for entry in queries.values()),
        "first_page_ms": large[FIRST_PAGE],
        "slowest_ms": max(large.values()),
        "queries": queries,
        "scans": refusals,
    }


def _measured(customers: int) -> tuple[dict[str, float], dict[str, str]]:
    with scratch.database("search"):
        fill(customers)
        times: dict[str, float] = {}
        refusals: dict[str, str] = {}
        for name, ask in questions().items():
            times[name] = _milliseconds(ask)
            try:
                check(ask)
            except PlanRefused as refused:
                refusals[name] = str(refused)
        return times, refusals


def fill(customers: int) -> None:
    """Fill the present bench database; the searched text's index is built after the load."""
    with scratch.owner() as owner:
        owner.execute("SET maintenance_work_mem = '512MB'")
        found = owner.execute(
            "SELECT indexdef FROM pg_indexes WHERE indexname = 'customer_search'"
        ).fetchone()
        if found is None:
            raise RuntimeError("there is no index over the searched text")
        owner.execute("DROP INDEX customer_search")
        population.fill(customers)
        population.owe(on=ON)
        owner.execute(found[0])
    scratch.vacuum()


def questions() -> dict[str, Callable[[], _Answer]]:
    """Return what is asked, by name; each asks the database anew."""
    name = Customer.objects.values_list("name", flat=True).get(number="CT-2025-04242")
    words = {
        "rare name": name,
        "begin of a name": name[:6],
        "misspelt name": name[:4] + name[5] + name[4] + name[6:],
    }
    return {
        asked: _question(replace(filters, q=words.get(asked, filters.q)), sort, is_last)
        for asked, (filters, sort, is_last) in _ASKED.items()
    }


def check(ask: Callable[[], _Answer]) -> None:
    """Raise PlanRefused when a question makes the database read all customers."""
    with plans.listening() as statements:
        ask()
    plans.refuse_scans(statements.steps(), "customers_customer", "customers_subscription")


def _question(filters: Filters, sort: str, is_last: bool) -> Callable[[], _Answer]:
    before = _end() if is_last else ""

    def ask() -> _Answer:
        found = directory.find(Customer.objects.all(), filters, on=ON)
        page = listing.page(found.customers, sort=sort, size=50, first=found.exact, before=before)
        return _Answer(len(page.rows), directory.count(found.customers).number)

    return ask


def _end() -> str:
    """Return the cursor of the last customer by name: the page before it is the last but one."""
    last = listing.page(Customer.objects.all(), sort="-name", size=1)
    return last.after


def _milliseconds(ask: Callable[[], _Answer]) -> float:
    ask()
    times = []
    for _time in range(TIMES):
        start = time.perf_counter()
        ask()
        times.append(time.perf_counter() - start)
    return round(1000 * median(times), 2)
