"""The pages people open all day: queries, processor time and bytes in process; then under load.

The reference is the least a signed-in page can do (`ispbill.devtools.bench.urls`). Processor time is this
process' own, without the database's, so a busy machine disturbs it little; requests a second and
the 95th percentile are what a browser would see, and they are only as good as the machine is quiet.
"""

import time
from statistics import median
from typing import Any

from django.conf import settings
from django.test import Client
from django.test.utils import override_settings

from ispbill.devtools.bench import load, plans, scratch, visitors
from ispbill.devtools.bench.measure import Pairs
from ispbill.devtools.bench.urls import ONE_QUERY
from ispbill.devtools.bench.visitors import Page

TIMES = 30
LIST = "customers"
LOADED = ("customers", "customer", "my home")


def run(*, scale: int, pairs: int) -> dict[str, Any]:
    """Measure every named page with `scale` customers."""
    with scratch.database("pages") as database:
        visitors.fill(scale)
        with override_settings(ROOT_URLCONF="ispbill.devtools.bench.urls"):
            pages = visitors.pages()
            measured = {page.name: measure(page) for page in pages}
            least = Page("one query", ONE_QUERY, visitors.STAFF, 4)
            listing = next(page for page in pages if page.name == LIST)
            of_least = compare(listing, least, pairs)
            under_load = load.run(database, {p.name: p for p in pages if p.name in LOADED})
    over = {
        page.name: measured[page.name]["queries"]
        for page in pages
        if measured[page.name]["queries"] > page.ceiling
    }
    return {
        "name": "pages",
        "scale": scale,
        "P14_list_of_one_query": of_least.as_dict(),
        "P16_list_p95_ms": under_load[LIST]["p95_ms"],
        "P18_over_ceiling": over,
        "pages": measured,
        "load": under_load,
    }


def measure(page: Page, times: int = TIMES) -> dict[str, Any]:
    """Open a page many times as its visitor; return queries, milliseconds and bytes."""
    client = browser(page)
    for _warm_up in range(min(times, 3)):
        answer = client.get(page.url)
    if answer.status_code != 200:
        raise RuntimeError(f"{page.name} answers {answer.status_code}")
    with plans.listening() as statements:
        client.get(page.url)
    cpu, wall = [], []
    for _time in range(times):
        start, start_cpu = time.perf_counter(), time.process_time()
        client.get(page.url)
        cpu.append(time.process_time() - start_cpu)
        wall.append(time.perf_counter() - start)
    return {
        "queries": len(statements.sent),
        "cpu_ms": round(1000 * median(cpu), 2),
        "ms": round(1000 * median(wall), 2),
        "bytes": len(answer.content),
    }


def compare(page: Page, least: Page, pairs: int) -> Pairs:
    """Return processor milliseconds of a page and of the least one, opened in turn."""
    clients = [(browser(one), one.url) for one in (page, least)]
    measured = Pairs()
    for pair in range(pairs + 1):
        times: list[list[float]] = [[], []]
        for _time in range(TIMES):
            for (client, url), found in zip(clients, times, strict=True):
                start = time.process_time()
                client.get(url)
                found.append(1000 * (time.process_time() - start))
        if pair:  # the first one warms up
            measured.add(median(times[0]), median(times[1]))
    return measured


def browser(page: Page) -> Client:
    """Return a client signed in as the page's visitor."""
    client = Client(headers={"host": "127.0.0.1"})
    if page.visitor:
        client.cookies[settings.SESSION_COOKIE_NAME] = visitors.cookie_of(page.visitor)
    return client
