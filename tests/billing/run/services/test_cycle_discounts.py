"""Discounts, add-ons, price steps and several taxes: the run's SQL is the rules' arithmetic."""

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
from psycopg.types.range import DateRange

from billing.invoices.models import Invoice, InvoiceLine
from billing.invoices.rules.periods import (
    Cycle,
    is_billing_date,
    next_billing_date,
    period_containing,
)
from billing.ledger.models import Posting
from billing.pricing.models import PriceStep
from billing.pricing.queries import tariffs
from billing.run.services import cycle
from customers.models import Subscription
from ispbill.core.acts import Act
from ispbill.core.models import Company
from tests.factories.billing import scheduled
from tests.factories.catalogue import (
    AddonFactory,
    DiscountFactory,
    PriceStepFactory,
    SubscriptionAddonFactory,
    TaxClassFactory,
    TaxRateFactory,
)
from tests.factories.customers import (
    AreaFactory,
    CustomerFactory,
    PackageFactory,
    SubscriptionFactory,
)
from tests.laws import at_once

pytestmark = pytest.mark.django_db(transaction=True)

ON = date(2026, 2, 20)


def town(count, seed):
    """Services with every mix of discounts, add-ons, taxes and price steps, due by ON."""
    dice = random.Random(seed)
    area = AreaFactory()
    equipment = TaxClassFactory()
    TaxRateFactory(tax_class=equipment, rate=Decimal("0.05"))
    TaxRateFactory(tax_class=equipment, rate=Decimal("0.075"), effective_from=date(2026, 2, 1))
    plain, taxed = PackageFactory(), PackageFactory(tax_class=equipment)
    addons = [AddonFactory(), AddonFactory(tax_class=equipment, price_amount=Decimal("33.33"))]
    for number in range(count):
        price = Decimal(dice.randrange(100, 300_000)) / 100
        subscription = SubscriptionFactory(
            customer=CustomerFactory(area=area, is_tax_exempt=dice.random() < 0.2),
            package=dice.choice([plain, taxed]),
            billing_day=dice.choice([1, 5, 25, 30]),
            cycle=dice.choice(["MONTHLY", "MONTHLY", "QUARTERLY", "ANNUAL"]),
            price_amount=price,
            gross_amount=dice.choice([None, None, price + 100]),
            connection_id=f"mix{number}",
        )
        start = ON - timedelta(days=dice.randrange(-7, 20))
        scheduled(subscription, billed_until=start)
        for _one in range(dice.choice([0, 0, 1, 2, 3])):
            rate = Decimal(dice.randrange(1, 70)) / 100
            by_rate = dice.random() < 0.6
            DiscountFactory(
                subscription=subscription,
                rate=rate if by_rate else None,
                amount=None if by_rate else Decimal(dice.randrange(1, 50_000)) / 100,
                is_stackable=dice.random() < 0.5,
                span=DateRange(
                    start + timedelta(days=dice.randrange(-40, 10)),
                    dice.choice([None, start + timedelta(days=dice.randrange(11, 60))]),
                ),
            )
        for _one in range(dice.choice([0, 0, 1, 2])):
            SubscriptionAddonFactory(
                subscription=subscription,
                addon=dice.choice(addons),
                quantity=dice.choice([1, 1, 3]),
                starts_on=start + timedelta(days=dice.randrange(-60, 20)),
                ends_on=dice.choice([None, start + timedelta(days=dice.randrange(20, 50))]),
            )
        if dice.random() < 0.3:
            PriceStepFactory(
                subscription=subscription,
                from_on=start + timedelta(days=dice.randrange(-10, 40)),
                price_amount=price + 50,
                gross_amount=dice.choice([None, price + 60]),
            )


def next_end(subscription, start):
    day, length = subscription.billing_day, Cycle(subscription.cycle.lower())
    if is_billing_date(start, day):
        return period_containing(start, day, length, start).end
    return next_billing_date(start, day)


def expected():
    """The lines the rules make of what is due, service by service."""
    horizon = ON + timedelta(days=Company.current().invoice_lead_days)
    bills = {}
    services = Subscription.objects.select_related("customer", "package", "schedule")
    for subscription in services.order_by("pk"):
        start = subscription.schedule.billed_until
        while start <= horizon:
            end = next_end(subscription, start)
            priced = tariffs.stretch(subscription, start=start, end=end, issued_on=ON)
            bills.setdefault((subscription.pk, max(start, ON)), []).extend(priced)
            start = end
    return sorted(
        (
            (
                service,
                one.item,
                one.kind,
                one.account,
                one.start,
                one.end,
                one.charge.unit,
                one.charge.discount,
                one.charge.amount.net,
                one.charge.tax_rate,
                one.charge.amount.tax,
                one.charge.explanation,
            )
            for (service, _due), priced in bills.items()
            if sum(one.charge.amount.net for one in priced) > 0
            for one in priced
        ),
        key=lambda line: line[:5],
    )


def billed():
    return sorted(
        (
            (
                line.subscription_id,
                line.item,
                line.kind,
                line.account_id,
                line.span.lower,
                line.span.upper,
                line.unit_amount,
                line.discount_amount,
                line.net_amount,
                line.tax_rate,
                line.tax_amount,
                line.explanation,
            )
            for line in InvoiceLine.objects.all()
        ),
        key=lambda line: line[:5],
    )


@pytest.mark.parametrize("defers", [False, True])
@pytest.mark.parametrize("policy", ["ANCHOR", "FIXED30", "CALENDAR"])
def test_the_run_bills_what_the_rules_say(at, policy, defers):
    company = Company.current()
    company.proration, company.defers_revenue = policy, defers
    company.save()
    Company.forget_cached()
    town(120, seed=f"{policy}{defers}")
    wanted = expected()
    assert len(wanted) > 150

    cycle.run(on=ON, act=Act(None, at), chunk=50)

    assert billed() == wanted
    for invoice in Invoice.objects.prefetch_related("lines"):
        lines = list(invoice.lines.all())
        assert sum(line.net_amount for line in lines) == invoice.subtotal_amount
        assert all(line.unit_amount - line.discount_amount == line.net_amount for line in lines)
        posted = {}
        entry = Posting.objects.filter(
            entry__source_type="invoice", entry__source_id=invoice.pk, account__gte=2400
        )
        for posting in entry:
            posted[posting.account_id] = -posting.amount
        by_account = {}
        for line in lines:
            by_account[line.account_id] = by_account.get(line.account_id, 0) + line.net_amount
        assert posted == {account: net for account, net in by_account.items() if net}
    assert at_once.broken() == []


def test_a_price_agreed_with_its_tax_is_kept_to_the_cent(at):
    subscription = SubscriptionFactory(
        price_amount=Decimal("869.57"), gross_amount=Decimal("1000.00"), billing_day=25
    )
    scheduled(subscription, billed_until=date(2026, 2, 25))

    cycle.run(on=ON, act=Act(None, at))

    assert str(Invoice.objects.get().total_amount) == "1000.00"


def test_a_step_of_the_price_takes_hold_with_the_first_period_from_its_day(at):
    subscription = SubscriptionFactory(price_amount=Decimal("1000.00"), billing_day=1)
    scheduled(subscription, billed_until=date(2026, 2, 1))
    step = PriceStepFactory(
        subscription=subscription, from_on=date(2026, 2, 15), price_amount=Decimal("1200.00")
    )

    cycle.run(on=date(2026, 2, 26), act=Act(None, at))  # February and March

    assert [str(line.net_amount) for line in InvoiceLine.objects.order_by("span")] == [
        "1000.00",
        "1200.00",
    ]
    subscription.refresh_from_db()
    step.refresh_from_db()
    assert (str(subscription.price_amount), step.applied_on) == ("1200.00", date(2026, 2, 26))
    assert not PriceStep.objects.filter(applied_on__isnull=True).exists()


def test_a_free_month_moves_on_without_a_bill(at):
    subscription = SubscriptionFactory(billing_day=1)
    scheduled(subscription, billed_until=date(2026, 2, 1))
    DiscountFactory(
        subscription=subscription,
        rate=Decimal(1),
        span=DateRange(ON.replace(day=1), date(2026, 3, 1)),
    )

    cycle.run(on=ON, act=Act(None, at))
    cycle.run(on=date(2026, 2, 23), act=Act(None, at))

    subscription.schedule.refresh_from_db()
    assert subscription.schedule.billed_until == date(2026, 4, 1)
    assert [line.span.lower for line in InvoiceLine.objects.all()] == [date(2026, 3, 1)]
    assert at_once.broken() == []
