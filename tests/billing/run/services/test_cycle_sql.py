"""The set-based arithmetic is the rules' arithmetic: the same cases, through PostgreSQL."""

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
from psycopg.types.range import DateRange

from billing.invoices.models import InvoiceLine
from billing.invoices.rules.explanations import recompute
from billing.invoices.rules.periods import Cycle, first_full_start, is_billing_date, periods
from billing.invoices.rules.proration import Policy, prorate
from billing.run.services import cycle
from ispbill.core.acts import Act
from ispbill.core.models import Company
from tests.factories.billing import scheduled
from tests.factories.customers import (
    AreaFactory,
    CustomerFactory,
    PackageFactory,
    SubscriptionFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)

CYCLES = {"MONTHLY": Cycle.MONTHLY, "QUARTERLY": Cycle.QUARTERLY, "ANNUAL": Cycle.ANNUAL}


def random_cases(count, seed=20260110):
    """Starts around month ends and leap days, every kind of billing day, cycle and price."""
    dice = random.Random(seed)
    first = date(2023, 12, 20)
    for _case in range(count):
        yield (
            first + timedelta(days=dice.randrange(500)),
            dice.choice([1, 5, 25, 28, 29, 30, 31]),
            dice.choice(list(CYCLES)),
            Decimal(dice.randrange(1, 400_000)) / 100,
        )


@pytest.mark.parametrize("policy", list(Policy))
def test_the_first_lines_of_a_service_are_what_the_rules_say(at, policy):
    company = Company.current()
    company.proration = policy.name
    company.save()
    Company.forget_cached()
    area, package = AreaFactory(), PackageFactory()
    cases = list(random_cases(60))
    for number, (start, day, cycle_code, price) in enumerate(cases, start=1):
        subscription = SubscriptionFactory(
            customer=CustomerFactory(area=area),
            package=package,
            billing_day=day,
            cycle=cycle_code,
            price_amount=price,
            connection_id=f"case{number}",
        )
        scheduled(subscription, billed_until=start)

    cycle.run(on=date(2025, 6, 1), act=Act(None, at), chunk=50)

    for number, (start, day, cycle_code, price) in enumerate(cases, start=1):
        lines = InvoiceLine.objects.filter(subscription__connection_id=f"case{number}").order_by(
            "span"
        )
        code = CYCLES[cycle_code]
        expected = []
        for period in periods(start, day, 40, code):
            if period.start > date(2025, 6, 8):
                break
            anchor = (
                period.start if is_billing_date(period.start, day) else first_full_start(start, day)
            )
            pieces = prorate(
                start=period.start,
                end=period.end,
                billing_day=day,
                price=price,
                cycle=code,
                policy=policy,
                anchor_start=anchor,
            ).pieces
            expected += [(DateRange(p.start, p.end), p.amount) for p in pieces]
        assert [(line.span, line.net_amount) for line in lines] == expected, (
            start,
            day,
            cycle_code,
        )
        assert all(recompute(line.explanation) == line.net_amount for line in lines)
