"""What a program asks for, beside the page that shows the same to people.

Asked in turn in one process, so a busy machine disturbs both alike. The limits of calls a minute
are lifted meanwhile: they are no part of what an answer costs.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any

from django.test import Client

from ispbill.accounts.models import User
from ispbill.api.rules import scopes
from ispbill.api.services import tokens
from ispbill.core.acts import Act
from ispbill.devtools.bench import pages, plans, scratch, visitors
from ispbill.devtools.bench.measure import Pairs
from ispbill.devtools.bench.visitors import Page

TIMES = 30
_UNLIMITED = 10**9
# What of the API → the page that shows the same.
ASKED = {
    "summary": ("/api/dashboard/summary", "my home"),
    "my invoices": ("/api/dashboard/invoices?limit=25", "my bills"),
    "customers": ("/api/admin/customers?limit=25", "customers"),
    "payments": ("/api/admin/payments?limit=25", "payments"),
}


def run(*, scale: int, pairs: int) -> dict[str, Any]:
    """Compare summary and lists with their pages, with `scale` customers."""
    with scratch.database("api"), unlimited():
        visitors.fill(scale)
        known = {page.name: page for page in visitors.pages()}
        found = {name: compare(url, known[page], pairs) for name, (url, page) in ASKED.items()}
        asked = {name: queries(url, known[page]) for name, (url, page) in ASKED.items()}
    return {
        "name": "api",
        "scale": scale,
        # Requests a second of those of the page: the page's time of ours.
        "of_page": {name: round(1 / times.as_dict()["ratio"], 3) for name, times in found.items()},
        "ms": {
            name: {"api": median(times.ours), "page": median(times.reference)}
            for name, times in found.items()
        },
        "queries": asked,
    }


@contextmanager
def unlimited() -> Iterator[None]:
    """Let a program ask as often as it likes within the block."""
    before = scopes.STAFF, scopes.CUSTOMER
    scopes.STAFF = scopes.CUSTOMER = _UNLIMITED
    try:
        yield
    finally:
        scopes.STAFF, scopes.CUSTOMER = before


def compare(url: str, page: Page, pairs: int) -> Pairs:
    """Return milliseconds of an answer of the API and of a page, asked for in turn."""
    sides = [(program(page), url), (pages.browser(page), page.url)]
    measured = Pairs()
    for pair in range(pairs + 1):
        times: list[list[float]] = [[], []]
        for _time in range(TIMES):
            for (client, address), found in zip(sides, times, strict=True):
                start = time.perf_counter()
                answer = client.get(address)
                found.append(1000 * (time.perf_counter() - start))
                if answer.status_code != 200:
                    raise RuntimeError(f"{address} answers {answer.status_code}")
        if pair:  # the first one warms up
            measured.add(median(times[0]), median(times[1]))
    return measured


def queries(url: str, page: Page) -> dict[str, int]:
    """Return how many statements an answer of the API sends, and the page beside it."""
    found = {}
    for name, client, address in (
        ("api", program(page), url),
        ("page", pages.browser(page), page.url),
    ):
        client.get(address)
        with plans.listening() as statements:
            client.get(address)
        found[name] = len(statements.sent)
    return found


def program(page: Page) -> Client:
    """Return a client with a token of the page's visitor."""
    role = User.Role.CUSTOMER if page.visitor == visitors.CUSTOMER else User.Role.OWNER
    owner = User.objects.get(login__endswith="@bench.test", role=role)
    word = tokens.issue(name="bench", scopes=tokens.offered(owner), days=1, act=Act.now(owner))[1]
    return Client(headers={"host": "127.0.0.1", "authorization": f"Bearer {word}"})
