"""Everybody at once: no update lost, no deadlock seen, nothing decided twice (M5, F-28).

Threads with connections of their own pay, reverse, pay out, hear gateways' notices, charge, give
credit, change packages, cut off and reopen, all at the same few customers. What each success must
have done is counted beside the product and compared to the cent. `PROVE=full` has 64 threads and
100,000 operations in all, and 10,000 races about one decision.
"""

import time
from collections import Counter, defaultdict
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Count, Sum

from billing.allocation.models import Payment
from billing.changes.services import package_changes
from billing.ledger.models import Posting
from billing.ledger.rules.chart import Chart
from billing.pricing.models import PackageChange
from customers.models import AccountState
from ispbill.core.acts import Act
from ispbill.core.models import Company
from ispbill.reports.queries import proofs
from tests.factories.accounts import UserFactory
from tests.factories.changes import approved, asked, billed_service, priced_package
from tests.laws.scale import FULL, SEED, is_over, tell, tried
from tests.payments.online.crowd import ON, Crowd
from tests.rivals import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

THREADS = 64 if FULL else tried(floor=8, full=64)
OPERATIONS = tried(floor=500, full=100_000)
CUSTOMERS = tried(floor=10, full=250)
NOTICES = tried(floor=15, full=300)
RACES = tried(floor=30, full=10_000)
WHY = "two of us decide at once"


@pytest.fixture
def crowd(shop, at):
    Company.objects.update(refund_limit_amount=None)
    Company.forget_cached()
    packages = [priced_package(net) for net in ("700.00", "1000.00", "1500.00", "333.33")]
    services = [billed_service(package=packages[1]) for _ in range(CUSTOMERS)]
    notices = []
    for number in range(NOTICES):
        customer = services[number % CUSTOMERS].customer
        attempt = shop.start(f"{100 + number}.00", customer=customer)
        shop.press(attempt, "silent")
        notices.append((shop.account, shop.press(attempt, "return")["fields"]))
    return Crowd(
        services=services,
        packages=packages,
        notices=notices,
        clerk=UserFactory(role="OWNER"),
        at=at,
        seed=f"m5 {SEED}",
    )


def test_a_crowd_loses_no_update_and_never_deadlocks(crowd):
    before = dict(AccountState.objects.values_list("customer_id", "balance_amount"))
    held, broken = in_hand(), deadlocks()
    start = time.monotonic()
    crowd.work(threads=THREADS, operations=OPERATIONS)
    took = time.monotonic() - start

    operations = len(crowd.acts) + len(crowd.refusals)
    assert crowd.errors == []
    paid = Payment.objects.filter(attempt__order__in=crowd.notified).select_related("attempt")
    assert paid.count() == len(crowd.notified)
    owes = defaultdict(Decimal, before)
    for customer, more in [*crowd.owed, *((one.customer_id, -one.amount) for one in paid)]:
        owes[customer] += more
    assert dict(AccountState.objects.values_list("customer_id", "balance_amount")) == dict(owes)
    assert in_hand() - held == sum(crowd.held, Decimal(0)) + sum(one.amount for one in paid)
    assert [pk for pk, times in Counter(crowd.decided).items() if times > 1] == []
    assert (
        Payment.objects.values("idempotency_key").annotate(n=Count("pk")).filter(n__gt=1).count()
        == 0
    )
    assert [finding.check for finding in proofs.check_all()] == []
    tell(
        f"M5: {THREADS} threads, {operations} operations at {CUSTOMERS} customers in {took:.0f} s:"
        f" {len(crowd.waits)} waited 10 s for a lock and tried again,"
        f" {len(crowd.acts)} done {dict(Counter(crowd.acts))}, {len(crowd.refusals)} refused by a"
        f" rule {dict(Counter(crowd.refusals))}; 0 errors,"
        f" {deadlocks() - broken} deadlocks, 0 updates lost, 0 decided twice"
    )
    assert deadlocks() == broken


def in_hand():
    """What the books say we hold in cash and at the gateway."""
    held = Posting.objects.filter(account_id__in=[Chart.CASH, Chart.GATEWAY_CLEARING])
    return held.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)


def deadlocks():
    """How many deadlocks the server has had to break in this database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return cursor.fetchone()[0]


def test_two_who_decide_at_once_are_one_decision(at):
    """Approve against approve, against reject, and against the customer who takes it back."""
    service, other = billed_service(), priced_package("1500.00")
    start, won = time.monotonic(), Counter()
    for number in range(RACES):
        if is_over(start):
            break
        change = asked(service, other, on=ON, at=at, effective="PERIOD_END")

        def approve(change=change):
            return approved(change, on=ON, at=at).status

        def reject(change=change):
            return package_changes.reject(change=change, note=WHY, act=Act(None, at)).status

        def take_back(change=change):
            return package_changes.withdraw(change=change, act=Act(None, at, reason=WHY)).status

        rival = [approve, reject, take_back][number % 3]
        results = Counter(str(result) for result in at_once(2, approve, rival))
        state = PackageChange.objects.get(pk=change.pk).status
        won[f"{rival.__name__}: {state}"] += 1
        if rival is take_back:
            # Who takes back what was approved a moment ago may do so, until it is billed.
            assert state == "CANCELLED", results
            assert results["APPROVED"] + results["AlreadyDecided"] == 1, results
        else:
            assert (results["AlreadyDecided"], results[state]) == (1, 1), results
        if state == "APPROVED":
            package_changes.withdraw(change=change, act=Act(None, at, reason=WHY))
    took = time.monotonic() - start
    tell(
        f"M5: {won.total()} races about one decision in {took:.0f} s: {dict(won)}; 0 decided twice"
    )
    assert [finding.check for finding in proofs.check_all()] == []
