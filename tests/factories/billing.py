"""Chart of accounts, and invoices written the way the product writes them."""

from datetime import UTC, date, datetime

import factory
from factory.django import DjangoModelFactory

from billing.models import Account, Rehearsal
from billing.rules.chart import ACCOUNTS


class RehearsalFactory(DjangoModelFactory):
    class Meta:
        model = Rehearsal

    business_date = date(2026, 1, 29)
    horizon = date(2026, 2, 5)
    plan_hash = "0" * 64
    figures = factory.LazyFunction(
        lambda: {
            "invoices": 1, "net": "1000.00", "total": "1150.00", "cut_services": 0,
            "cut_amount": "0.00", "routers": {},
        }
    )  # fmt: skip
    proposed_at = datetime(2026, 1, 29, 4, tzinfo=UTC)


def chart() -> None:
    """Make the accounts the code posts to."""
    Account.objects.bulk_create(
        [Account(code=code, name=name, kind=kind) for code, (name, kind) in ACCOUNTS.items()],
        ignore_conflicts=True,
    )


def scheduled(subscription, *, billed_until):
    """Give a service its billing position."""
    from billing.models import Schedule

    return Schedule.objects.create(
        subscription=subscription, customer=subscription.customer, billed_until=billed_until
    )
