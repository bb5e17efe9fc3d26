"""Floors under what the clock says (docs/performance.md). Both sides of a ratio run in the same
minute, and still other work may fall upon one: only a full proof measures them (`make prove`).
"""

import json
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command

from ispbill.devtools.bench import payments, routers

pytestmark = [pytest.mark.slow, pytest.mark.clock]

SESSIONS = 2_000


def test_a_billing_run_beats_one_invoice_after_another_twentyfold(ground: str):
    assert _bench("billing")["P3_times_orm_loop"]["ratio"] >= 20


def test_everything_in_the_mix_costs_a_line_little_more_than_a_plain_month(ground: str):
    mix = _bench("billing-mix")

    assert mix["of_plain_months"]["ratio"] >= 0.4
    assert mix["times_orm_loop"]["ratio"] >= 20


@pytest.fixture(scope="module")
def suspending(ground: str) -> dict[str, Any]:
    return _bench("suspend")


def test_cutting_off_everybody_beats_one_after_another_fifteenfold(suspending: dict[str, Any]):
    assert suspending["times_one_after_another"]["ratio"] >= 15


def test_opening_everybody_beats_one_after_another_tenfold(suspending: dict[str, Any]):
    """Both sides are short here, and other work may fall upon one: a bad pair is repeated."""
    times = "reactivated_times_one_after_another"
    again = iter(range(2))
    while suspending[times]["ratio"] < 10 and next(again, None) is not None:
        suspending = _bench("suspend")

    assert suspending[times]["ratio"] >= 10


@pytest.fixture(scope="module")
def paying(ground: str) -> Iterator[Callable[[], dict[str, Any]]]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(payments, "SECONDS", 3.0)
        patched.setattr(settings, "WAKE_SECONDS", 0.25)  # as it is outside of the suite
        yield lambda: _bench("payments")


@pytest.fixture(scope="module")
def paid(paying: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Rates and waits of three seconds each: other work may fall upon one side, once."""
    found = paying()
    return found if _is_paid_in_time(found) else paying()


def _is_paid_in_time(found: dict[str, Any]) -> bool:
    rate, waits = found["P8_payments_a_second"], found["P9_p99_ms_beside_billing_and_idle"]
    return bool(rate["ratio"] >= 0.03 and waits["ratio"] <= 10)


def test_cash_comes_at_a_small_share_of_the_rate_of_bare_transfers(paid: dict[str, Any]):
    """P8: eight clients against TPC-B; half of the payments of one customer as well.

    Held is half of the floor of 6 % (docs/performance.md): both sides run for three seconds only.
    """
    assert paid["P8_payments_a_second"]["ratio"] >= 0.03
    assert paid["half_of_them_one_customer_s"]["ratio"] > 0


def test_a_payment_beside_a_billing_run_waits_tenfold_at_most(paid: dict[str, Any]):
    """P9: the 99th percentile, while every service gets its invoice, against an idle server."""
    assert paid["P9_p99_ms_beside_billing_and_idle"]["ratio"] <= 10


def test_a_payment_of_a_file_costs_half_of_one_at_the_desk_at_most(paid: dict[str, Any]):
    """P8: it stands at a seventh of our processor's time; the goal is a third."""
    of_cash = "processor_ms_of_the_cash_door"

    assert max(paid["doors"][door][of_cash] for door in ("debit_result", "bank_line")) <= 0.5


def test_bulk_reads_of_a_router_beat_plain_librouteros(ground: str):
    users = {"name": "big", "secrets": routers.users(SESSIONS), "dial_delay": (0, 0)}
    with routers.simulator([users]) as (_control, logins):
        measured = routers.reads("users", logins["big"], SESSIONS, 1)

    assert measured["ratio"] >= 2


@pytest.mark.parametrize(
    ("bench", "scale", "figure", "floor"),
    [
        ("usage", "10k", "P10_samples_of_bare_copy", 0.15),
        ("usage", "10k", "whole_poll_of_bare_copy", 0.02),
        ("poll", "20k", "P12_read_of_stock", 3),  # 9 when quiet, 4 at a load of 6
        ("poll", "20k", "counted_of_stock_counted_alike", 0.8),
        ("reconcile", "2k", "P13_lines_suspended_of_connecting_for_each", 100),
        ("reconcile", "2k", "lines_suspended_of_pushing_each", 100),
    ],
)
def test_the_line_keeps_to_its_floors(
    measured: dict[str, dict[str, Any]], bench: str, scale: str, figure: str, floor: float
):
    """P10, P12, P13. A bad pair is repeated: other work may fall upon one side."""
    found = measured.get(bench) or _bench(bench, scale=scale)
    again = iter(range(2))
    while found[figure]["ratio"] < floor and next(again, None) is not None:
        found = _bench(bench, scale=scale)
    measured[bench] = found

    assert found[figure]["ratio"] >= floor


@pytest.fixture(scope="module")
def measured(ground: str) -> dict[str, dict[str, Any]]:
    """What a bench has found, for its next figure."""
    return {}


def _bench(name: str, *, scale: str = "2k") -> dict[str, Any]:
    out = StringIO()
    call_command("bench", name, "--json", stdout=out, scale=scale, pairs=1)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found
