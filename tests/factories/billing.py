"""Chart of accounts, and invoices written the way the product writes them."""

from datetime import UTC, date, datetime

import factory
from factory.django import DjangoModelFactory

from billing.ledger.models import Account
from billing.ledger.rules.chart import ACCOUNTS
from billing.run.models import DryRun
from ispbill.core.acts import Act

AT = datetime(2025, 12, 1, tzinfo=UTC)


class DryRunFactory(DjangoModelFactory):
    class Meta:
        model = DryRun

    business_date = date(2026, 1, 29)
    horizon = date(2026, 2, 5)
    plan_hash = "0" * 64
    figures = factory.LazyFunction(
        lambda: {
            "invoices": 1,
            "net": "1000.00",
            "total": "1150.00",
            "cut_services": 0,
            "cut_amount": "0.00",
            "routers": {},
        }
    )
    proposed_at = datetime(2026, 1, 29, 4, tzinfo=UTC)


def chart() -> None:
    """Make the accounts the code posts to."""
    Account.objects.bulk_create(
        [Account(code=code, name=name, kind=kind) for code, (name, kind) in ACCOUNTS.items()],
        ignore_conflicts=True,
    )


def scheduled(subscription, *, billed_until):
    """Give a service its billing position; the days before it were billed elsewhere."""
    from billing.invoices.models import Schedule
    from billing.pricing.models import DayException
    from billing.pricing.services import day_exceptions

    if subscription.activated_on and billed_until:
        day_exceptions.note(
            subscription=subscription,
            kind=DayException.Kind.SKIPPED,
            days=[(subscription.activated_on, billed_until)],
            act=Act(None, AT, reason="billed before this test"),
        )
    return Schedule.objects.create(
        subscription=subscription, customer=subscription.customer, billed_until=billed_until
    )
