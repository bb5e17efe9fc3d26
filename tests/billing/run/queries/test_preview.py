"""The preview shows what the run then writes: the same lines, sums and invoices."""

import json
import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from psycopg.types.range import DateRange

from billing.invoices.models import Invoice, InvoiceLine, Schedule
from billing.run.models import BillingRun
from billing.run.queries import preview
from billing.run.services import cycle
from customers.models import AccountState, Customer, Subscription, Suspension
from ispbill.audit.services import trail
from ispbill.core.acts import Act
from ispbill.core.models import Company
from tests.factories.billing import scheduled
from tests.factories.customers import AreaFactory, CustomerFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db(transaction=True)

ON = date(2026, 1, 29)


def due(billed_until=date(2026, 2, 5), **values):
    subscription = SubscriptionFactory(**values)
    scheduled(subscription, billed_until=billed_until)
    return subscription


def shown(**values):
    return preview.preview(cycle.scope_for(on=ON, **values), issued_on=ON)


def a_population(seed):
    """Some twenty services with every trait that changes a bill, the same for the same seed."""
    chance = random.Random(seed)
    area = AreaFactory()
    for _customer in range(chance.randint(4, 9)):
        customer = CustomerFactory(
            area=area, language=chance.choice(["en", "bn"]), is_tax_exempt=chance.random() < 0.2
        )
        for line_no in range(1, chance.randint(1, 3) + 1):
            subscription = due(
                customer=customer,
                line_no=line_no,
                billing_day=chance.choice([1, 5, 25, 30, 31]),
                cycle=chance.choice(["MONTHLY", "MONTHLY", "QUARTERLY", "ANNUAL"]),
                price_amount=chance.choice([Decimal("0.00"), Decimal("999.99"), Decimal("1500")]),
                mode=chance.choice(["POSTPAID", "POSTPAID", "POSTPAID", "PREPAID"]),
                billed_until=ON + timedelta(days=chance.randint(-80, 12)),
            )
            if chance.random() < 0.25:
                suspended(subscription, is_billed=chance.random() < 0.5)


def suspended(subscription, *, is_billed):
    at = datetime(2026, 1, 2, 4, 0, tzinfo=UTC)
    Suspension.objects.create(
        subscription=subscription,
        customer=subscription.customer,
        kind="OTHER",
        span=DateRange(date(2026, 1, 2), None),
        is_billed=is_billed,
        reason="a reason long enough",
        started_at=at,
    )
    with transaction.atomic():
        trail.begin(act=Act(None, at, reason="a reason long enough"))
        Subscription.objects.filter(pk=subscription.pk).update(status="SUSPENDED", suspended_at=at)


def planned_lines(scope):
    with transaction.atomic(), connection.cursor() as cursor:
        preview._set_aside(preview.Preview(), scope, ON)
        preview._plan_all(scope, ON)
        cursor.execute(
            "SELECT subscription_id, start_on, end_on, net, tax, due_date, explanation"
            " FROM billing_preview WHERE is_invoiced ORDER BY subscription_id, start_on"
        )
        rows = [(*row[:-1], json.loads(row[-1])) for row in cursor.fetchall()]
        transaction.set_rollback(True)
    return rows


def written_lines():
    return [
        (
            line.subscription_id,
            line.span.lower,
            line.span.upper,
            line.net_amount,
            line.tax_amount,
            line.invoice.due_date,
            line.explanation,
        )
        for line in InvoiceLine.objects.select_related("invoice").order_by(
            "subscription_id", "span"
        )
    ]


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("proration", ["ANCHOR", "FIXED30", "CALENDAR"])
def test_the_run_writes_the_very_lines_the_preview_showed(at, seed, proration):
    Company.current()
    Company.objects.update(proration=proration)
    Company.forget_cached()
    a_population(seed)
    scope = cycle.scope_for(on=ON)
    planned = planned_lines(scope)
    before = preview.preview(scope, issued_on=ON)

    written = cycle.run(on=ON, act=Act(None, at)).written

    assert written_lines() == planned
    assert (before.invoices, before.lines, before.net, before.tax) == (
        written.invoices,
        written.lines,
        written.net,
        written.tax,
    )
    assert before.total == sum(invoice.total_amount for invoice in Invoice.objects.all())


def test_a_preview_writes_nothing():
    subscription = due(billed_until=date(2025, 11, 5))

    shown()

    assert (Invoice.objects.count(), BillingRun.objects.count()) == (0, 0)
    assert Schedule.objects.get(subscription=subscription).billed_until == date(2025, 11, 5)
    assert AccountState.objects.get().balance_amount == 0


def test_the_change_is_against_what_the_same_services_were_billed_before(at):
    due()
    cycle.run(on=ON, act=Act(None, at))
    Subscription.objects.update(price_amount=Decimal("1200.00"))

    later = date(2026, 2, 26)
    seen = preview.preview(cycle.scope_for(on=later), issued_on=later)

    assert (seen.net, seen.last_period_net, seen.change) == (
        Decimal("1200.00"),
        Decimal("1000.00"),
        Decimal("200.00"),
    )


def test_each_exception_is_counted_and_listed(at):
    prorated = due(billed_until=date(2026, 1, 20), price_amount=Decimal("500.00"))
    zero = due(price_amount=Decimal("0.00"))
    silent = due(customer=CustomerFactory(phone=""))
    raised = due(billed_until=date(2026, 1, 5), price_amount=Decimal("100.00"))
    cycle.run(on=date(2026, 1, 4), act=Act(None, at))
    Subscription.objects.filter(pk=raised.pk).update(price_amount=Decimal("200.00"))

    seen = shown()

    assert seen.counts == {
        "prorated": 1,
        "changed": 1,
        "jumps": 1,
        "zero": 1,
        "no_router": 5,  # the prorated service is two periods behind
        "no_phone": 1,
    }
    assert {name: {row.service for row in rows} for name, rows in seen.lists.items()} == {
        "prorated": {prorated.connection_id},
        "changed": {raised.connection_id},
        "jumps": {raised.connection_id},
        "zero": {zero.connection_id},
        "no_router": {one.connection_id for one in (prorated, zero, silent, raised)},
        "no_phone": {silent.connection_id},
    }


def test_a_scope_shows_only_its_bill_day_and_branch():
    mine = due()
    due(billing_day=25, billed_until=date(2026, 1, 25))

    assert shown(bill_day=5).invoices == 1
    assert shown(branch_id=mine.customer.branch_id).invoices == 1
    assert shown().invoices == 2
    assert Customer.objects.count() == 2
