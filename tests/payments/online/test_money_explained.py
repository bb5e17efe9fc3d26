"""Over a bad line, a year long: every taka a gateway took is in our books, and soon (M4).

Five in a hundred messages are lost, ten doubled, five come out of order, one is forged. Of the
money 100.00 % must be in the books within a day and 99.9 % within a quarter of an hour; not one
payment may come of a forgery. The whole year is `PROVE=full`; every run has a week.
"""

import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from billing.allocation.models import Payment
from ispbill.audit.models import JobRun
from ispbill.core import clock
from ispbill.reports.queries import proofs
from payments.online.models import GatewayCallback
from tests.factories.customers import CustomerFactory
from tests.factories.payments import open_invoice
from tests.laws.scale import SEED, tell, tried
from tests.payments.online.conftest import Shop
from tests.payments.online.test_wallets import Wallet
from tests.payments.online.year import Year

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

DAYS = tried(floor=7, full=365)
TRIES = tried(floor=45, full=3_650)
SOON, LATE = timedelta(minutes=15), timedelta(days=1)


@pytest.fixture
def year(_sandbox, desk, settings, client, live_server, at, db):
    settings.PUBLIC_URL = "http://127.0.0.1:9"  # notices go over the year's own line
    shops = [Shop(_sandbox, desk, client, at)]
    shops += [Wallet(name, _sandbox, desk, client, at) for name in ("bkash", "nagad")]
    customers = [CustomerFactory() for _ in range(40)]
    for customer in customers:
        open_invoice(customer, "25000.00")
    start = datetime(2026, 2, 1, tzinfo=UTC)
    year = Year(
        shops=shops, base_url=live_server.url, customers=customers, start=start, seed=f"m4 {SEED}"
    )
    yield year
    year.line.close()
    clock.set_simulated(None)


def test_all_money_a_gateway_took_is_explained_and_soon(year):
    began = time.monotonic()
    days = year.live(days=DAYS, payments=TRIES)
    took = time.monotonic() - began

    taken = year.taken()
    credited = {
        payment.attempt.order: payment
        for payment in Payment.objects.filter(status="COMPLETED").select_related("attempt")
    }
    assert {order: payment.amount for order, payment in credited.items()} == taken
    lags = sorted(credited[order].received_at - year.paid[order] for order in taken)
    soon = sum(lag <= SOON for lag in lags)
    share = Decimal(100 * soon) / len(lags)
    refused = GatewayCallback.objects.filter(state__in=["REFUSED", "UNKNOWN"]).count()
    runs = JobRun.objects.filter(job="reconcile_gateway").count()
    tell(
        f"M4: {days} days, {year.counts['tries']} tries, {len(taken)} paid,"
        f" {sum(taken.values(), Decimal(0))} BDT; {dict(year.counts)}; {refused} messages refused;"
        f" {runs} runs of reconcile_gateway; in the books within 15 min {share:.3f} %, within"
        f" 24 h {100 * sum(lag <= LATE for lag in lags) / len(lags):.2f} %, slowest {lags[-1]},"
        f" median {lags[len(lags) // 2]}; of forgeries 0; {took:.0f} s"
    )
    assert lags[-1] <= LATE
    assert share >= Decimal("99.9")
    assert {"lost", "doubled", "reordered", "forged"} <= set(year.counts)
    assert [finding.check for finding in proofs.check_all()] == []
