"""Floors under the product's speed (docs/performance.md), held by what does not depend on the hour:
queries, statements, records of the write-ahead log, rows looked through. What is asked of the clock
stands in test_times.py.
"""

import json
from collections.abc import Iterator
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from billing.invoices.services import seller
from billing.run.queries import plan
from billing.run.queries.plan import Scope
from billing.run.services import cycle_chunk
from ispbill.core.acts import Act
from ispbill.devtools.bench import (
    api,
    billing,
    billing_mix,
    pages,
    payments,
    plans,
    registry,
    rls,
    scratch,
    search,
    suspend,
    visitors,
)
from tests.markdown import DOCS

pytestmark = pytest.mark.slow

CUSTOMERS = 5_000
SCALE = 2_000
CUSTOMERS_OF_A_DASHBOARD = 2_000
STATEMENTS_A_CHUNK = 50  # five for a thousand invoices, in chunks of ten thousand


@pytest.fixture(scope="module")
def company(ground: str) -> Iterator[str]:
    """A company of five thousand customers with a billed month."""
    with scratch.database("floors") as name:
        search.prepare(CUSTOMERS, visitors.fill)
        yield name


def test_no_page_asks_more_queries_than_its_ceiling(company: str):
    asked = [(page, pages.measure(page, times=1)["queries"]) for page in visitors.pages()]

    assert {page.name: n for page, n in asked if n > page.ceiling} == {}


def test_the_api_asks_little_more_than_the_page_that_shows_the_same(company: str):
    known = {page.name: page for page in visitors.pages()}
    with api.unlimited():
        asked = {name: api.queries(url, known[page]) for name, (url, page) in api.ASKED.items()}

    # A list costs its token beside; the summary tells more than the home page shows.
    assert asked["summary"]["api"] <= 23
    lists = {name: n for name, n in asked.items() if name != "summary"}
    assert {name: n for name, n in lists.items() if n["api"] > n["page"] + 1} == {}


@pytest.mark.parametrize(
    ("question", "index"),
    [
        ("first page", "customer_by_name"),
        ("last page", "customer_by_name"),
        ("newest first", "customers_customer_pkey"),
        ("most overdue", "account_state_overdue"),
        ("rare name", "customer_search"),
        ("begin of a name", "customer_search"),
        ("two words", "customer_search"),
        ("end of a phone", "customer_search"),
        ("number", "customer_number_once"),
        ("misspelt name", "word_trigrams"),
    ],
)
def test_a_question_to_the_list_is_answered_by_its_index(company: str, question: str, index: str):
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")  # rightly preferred for so few customers
    try:
        with plans.listening() as statements:
            search.questions()[question]()
        used = {step.index for step in statements.steps()}
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET enable_seqscan")

    assert index in used


def test_the_portal_s_policy_enters_an_index_even_when_no_customer_is_named(company: str):
    assert rls.refused(visitors.known_customer()) == {}


@pytest.fixture(scope="module")
def billed(ground: str) -> dict[str, Any]:
    return billing.counted(scale=SCALE)


def test_a_billing_run_needs_few_statements(billed: dict[str, Any]):
    statements = billed["P23_statements_per_1000_invoices"] * SCALE / 1000

    assert statements <= STATEMENTS_A_CHUNK


def test_a_billing_run_writes_hardly_more_than_by_hand(billed: dict[str, Any]):
    """In records: a checkpoint adds whole pages to the bytes of one side, and no record."""
    assert billed["P23_wal_records_of_set_based_sql"] <= 1.3


def test_a_chunk_of_a_run_reads_its_own_customers_only(company: str):
    """Or a company ten times as large would read ten times as much for each of its chunks."""
    scope = Scope(horizon=date(2100, 1, 1))
    ends, _customers = plan.bounds(scope, after=0, size=100)
    with transaction.atomic():
        with plans.listening() as heard:
            plan.make(scope, issued_on=date(2026, 1, 1), after=ends[9], upto=ends[10])
        planned = next((sql, values) for sql, values in heard.sent if " billing_plan " in sql)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")  # rightly preferred for so few
        steps = plans.explain(planned[0].partition(" AS\n")[2], planned[1])
        transaction.set_rollback(True)

    tables = {"billing_schedule", "customers_customer", "customers_subscription"}
    read = {step.table: step.rows_read for step in steps if step.table in tables}
    assert read.keys() == tables
    assert max(read.values()) <= 200, read


def test_a_chunk_of_a_run_moves_its_own_balances_only(company: str):
    """All account states were read: a million customers were a quarter slower than ten thousand."""
    scope = Scope(horizon=date(2100, 1, 1))
    ends, _customers = plan.bounds(scope, after=0, size=100)
    day = date(2026, 1, 1)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # rightly preferred for so few
        frozen = seller.current()
        plan.make(scope, issued_on=day, after=ends[9], upto=ends[10])
        written = cycle_chunk.write(
            run_id=None, seller_id=frozen.pk, issued_on=day, act=Act(None, timezone.now())
        )
        cursor.execute(
            "SELECT pg_stat_get_xact_tuples_returned(oid) + pg_stat_get_xact_tuples_fetched(oid)"
            " FROM pg_class WHERE relname IN ('customers_accountstate', "
            "'customers_accountstate_pkey')"
        )
        read = [count for (count,) in cursor.fetchall()]
        transaction.set_rollback(True)

    assert written.invoices == 100
    assert sum(read) <= 600, read


def test_billing_the_same_day_again_writes_nothing(billed: dict[str, Any]):
    assert billed["P7_rows_written"] == 0


def test_a_run_with_everything_in_the_mix_needs_few_statements(ground: str):
    mix = billing_mix.counted(scale=SCALE)

    assert min(mix["discounted"], mix["addons"], mix["prorated"]) >= 200
    assert (mix["tax_rates"], mix["rows_written_by_rerun"]) == (4, 0)
    assert mix["statements_per_1000_lines"] * mix["lines"] / 1000 <= 2 * STATEMENTS_A_CHUNK


def test_the_dashboard_reads_figures_and_not_services(ground: str):
    found = _bench("dashboard", scale="2k", pairs=1)

    assert found["same_figures"]
    # Eleven months and the running one thrice (what stands, its flows, its end), and today's few.
    assert found["rows_read"] <= 15 * found["cells"] + 1_000
    assert found["raw_rows_read"] >= 2 * CUSTOMERS_OF_A_DASHBOARD


@pytest.fixture(scope="module")
def suspending(ground: str) -> dict[str, Any]:
    return suspend.counted(scale=SCALE)


def test_cutting_off_needs_few_statements_and_little_log(suspending: dict[str, Any]):
    statements = suspending["statements_per_1000_services"] * SCALE / 1000

    assert statements <= STATEMENTS_A_CHUNK
    assert suspending["wal_records_of_set_based_sql"] <= 2.5


def test_opening_everybody_again_needs_few_statements(suspending: dict[str, Any]):
    statements = suspending["statements_per_1000_reactivated"] * SCALE / 1000

    assert statements <= STATEMENTS_A_CHUNK


def test_cutting_off_again_writes_nothing(suspending: dict[str, Any]):
    assert suspending["rows_written_by_rerun"] == 0


def test_a_payment_takes_few_statements_at_each_door(ground: str):
    found = payments.counted(scale=SCALE)
    most = {"cash": 12, "gateway": 18, "debit_result": 0.25, "bank_line": 0.25}

    taken = {name: door["statements"] for name, door in found["doors"].items()}
    assert found["statements_a_payment"] <= 12
    assert {name: count for name, count in taken.items() if count > most[name]} == {}


def test_numbers_have_no_gaps_whoever_takes_them(ground: str):
    result = _bench("numbering", pairs=1)

    assert result["gaps"] == 0
    assert {"single", "blocks", "versions", "load_before", "load_after"} <= result.keys()


def test_every_bench_is_told_of_in_the_documentation():
    told = (DOCS / "performance.md").read_text("utf-8")

    assert [name for name in registry.BENCHES if f"| `{name}` |" not in told] == []


def _bench(name: str, **options: Any) -> dict[str, Any]:
    out = StringIO()
    call_command("bench", name, "--json", stdout=out, **options)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found
