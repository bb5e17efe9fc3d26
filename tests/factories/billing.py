"""Chart of accounts, and invoices written the way the product writes them."""

from datetime import UTC, date, datetime

import factory
from factory.django import DjangoModelFactory

from billing.models import Account, Rehearsal
from billing.rules.chart import ACCOUNTS

AT = datetime(2025, 12, 1, tzinfo=UTC)


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
    """Give a service its billing position; the days before it were billed elsewhere."""
    from billing.models import DayException, Schedule
    from billing.services import day_exceptions

    if subscription.activated_on and billed_until:
        day_exceptions.note(
            subscription=subscription, kind=DayException.Kind.SKIPPED,
            days=[(subscription.activated_on, billed_until)], at=AT, actor=None,
            reason="billed before this test",
        )  # fmt: skip
    return Schedule.objects.create(
        subscription=subscription, customer=subscription.customer, billed_until=billed_until
    )
