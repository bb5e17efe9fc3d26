"""How unpaid bills are treated, and what was done about them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from billing.dunning.models import DunningEvent, DunningHold, DunningPolicy, DunningStep, Holiday
from tests.factories.customers import CustomerFactory
from tests.factories.payments import open_invoice

AT = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)


class DunningPolicyFactory(DjangoModelFactory):
    """The policy of business customers: a week of grace."""

    class Meta:
        model = DunningPolicy

    name = factory.Sequence(lambda n: f"Policy {n}")
    customer_kind = "BUSINESS"
    grace_days = 7
    minimum_amount = Decimal("0.00")


class DunningStepFactory(DjangoModelFactory):
    class Meta:
        model = DunningStep

    policy = factory.SubFactory(DunningPolicyFactory)
    action = "REMIND"
    offset_days = 1


class HolidayFactory(DjangoModelFactory):
    class Meta:
        model = Holiday

    day = date(2026, 2, 21)
    name = "Language Martyrs' Day"


class DunningHoldFactory(DjangoModelFactory):
    class Meta:
        model = DunningHold

    customer = factory.SubFactory(CustomerFactory)
    kind = "PROMISE"
    given_on = date(2026, 1, 10)
    until = date(2026, 1, 15)
    reason = "salary comes on the day"
    given_at = AT


class DunningEventFactory(DjangoModelFactory):
    class Meta:
        model = DunningEvent

    customer = factory.SubFactory(CustomerFactory)
    invoice = factory.LazyAttribute(lambda event: open_invoice(event.customer))
    action = "REMIND"
    offset_days = 0
    outcome = "DONE"
    on = date(2026, 1, 5)
    at = AT


def ladder(policy, *steps):
    """Give a policy its steps, each (action, offset) or (action, offset, channels)."""
    for action, offset, *channels in steps:
        DunningStepFactory(
            policy=policy,
            action=action,
            offset_days=offset,
            channels=channels[0] if channels else [],
        )
    return policy
