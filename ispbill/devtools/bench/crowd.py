"""Very many people at once while a month is billed: M16 of the reliability goals.

Each has a session of their own, opens a page of their own kind, reads for about a second and opens
the next. The web server runs as in production; bills are made by a process of its own beside it.
"""

import http.client
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from django.utils import timezone

from billing.invoices.models import Invoice
from billing.ledger.models import Posting
from billing.run.services import cycle
from ispbill.core.acts import Act
from ispbill.devtools.bench import billing, children, load, scratch, visitors
from ispbill.devtools.bench.measure import percentile
from ispbill.devtools.bench.visitors import Page

_SERVER = ["-c", "python:ispbill.serving", "--workers", "3"]  # as in docs/admin/systemd
THINKS = (0.5, 1.5)  # seconds between an answer and the next page, evenly spread
WARM_UP, ALONE = 10.0, 20.0
_PATIENCE = 30.0
# What people have open: the desk's pages by staff, their own by customers.
STAFF = ("customers", "customer", "customer's bills", "invoices", "payments", "cash desk")
CUSTOMERS = ("my home", "my bills", "my bill")
STAFF_SHARE = 0.2


@dataclass
class Seen:
    """What the crowd met: when each page was asked for, and the seconds until it was whole."""

    answers: list[tuple[float, float]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    is_over: bool = False

    def between(self, start: float, end: float) -> dict[str, Any]:
        times = [seconds for at, seconds in self.answers if start <= at < end]
        return {
            "requests_a_second": round(len(times) / (end - start), 1),
            "p50_ms": round(1000 * median(times), 1),
            "p95_ms": round(1000 * percentile(times, 0.95), 1),
            "p99_ms": round(1000 * percentile(times, 0.99), 1),
        }


def run(*, scale: int, crowds: tuple[int, ...], months: int) -> dict[str, Any]:
    """Let people read while `scale` customers are billed on `months` of history, crowd by crowd."""
    with scratch.database("crowd") as database:
        visitors.fill(scale)
        for number in range(1, months):
            cycle.run(on=billing.month(number), act=Act(None, timezone.now()))
        scratch.vacuum()
        postings = Posting.objects.count()
        pages = {page.name: page for page in visitors.pages()}
        with load.served(database, _SERVER) as port:
            met = {
                f"users_{users}": _watched(port, pages, users, database, months + number)
                for number, users in enumerate(crowds)
            }
    return {"name": "crowd", "scale": scale, "postings": postings, **met}


def _watched(
    port: int, pages: dict[str, Page], users: int, database: str, month: int
) -> dict[str, Any]:
    bills = Invoice.objects.count()
    with _crowd(port, pages, users) as seen:
        time.sleep(WARM_UP)
        start = time.perf_counter()
        time.sleep(ALONE)
        billed = time.perf_counter()
        children.peak_mb(["run_billing", "--date", str(billing.month(month)), "--json"], database)
        end = time.perf_counter()
        time.sleep(_PATIENCE / 10)  # what was asked for before its end is answered
    return {
        "alone": seen.between(start, billed),
        "M16_beside_billing": seen.between(billed, end),
        "billing_seconds": round(end - billed, 1),
        "bills": Invoice.objects.count() - bills,
        "errors": len(seen.errors),
        "first_error": seen.errors[0] if seen.errors else "",
    }


@contextmanager
def _crowd(port: int, pages: dict[str, Page], users: int) -> Iterator[Seen]:
    seen, staff = Seen(), round(users * STAFF_SHARE)
    people: list[tuple[str, tuple[str, ...]]] = [
        (visitors.cookie_of(visitors.STAFF), STAFF) for _one in range(staff)
    ]
    people += [(visitors.cookie_of(visitors.CUSTOMER), CUSTOMERS) for _one in range(users - staff)]
    threads = [
        threading.Thread(
            target=_reads, args=(port, cookie, [pages[name].url for name in names], seen, number)
        )
        for number, (cookie, names) in enumerate(people)
    ]
    for thread in threads:
        thread.start()
    try:
        yield seen
    finally:
        seen.is_over = True
        for thread in threads:
            thread.join()


def _reads(port: int, cookie: str, urls: list[str], seen: Seen, number: int) -> None:
    chance = random.Random(number)
    time.sleep(chance.uniform(0, THINKS[1]))
    while not seen.is_over:
        url, asked = chance.choice(urls), time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
        try:
            load.open_page(connection, url, cookie)
            seen.answers.append((asked, time.perf_counter() - asked))
        except (OSError, http.client.HTTPException, RuntimeError) as error:
            seen.errors.append(f"{url}: {error!r}")
        finally:
            connection.close()
        time.sleep(chance.uniform(*THINKS))
