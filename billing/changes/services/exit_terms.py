"""What a signed contract says of leaving a service, written down by the floor above (ADR 47)."""

from datetime import date
from typing import Any

from billing.changes.rules.exit_fee import Cause
from billing.pricing.models import ContractTerms
from customers.models import Subscription


def note(subscription: Subscription, values: dict[str, Any]) -> ContractTerms:
    """Write down what the contract now in force says; `values` are the columns."""
    row, _made = ContractTerms.objects.update_or_create(
        subscription=subscription,
        defaults={
            "customer_id": subscription.customer_id,
            "ended_on": None,
            "ended_cause": "",
            **values,
        },
    )
    Subscription.objects.filter(pk=subscription.pk).update(contract_ends_on=row.minimum_until)
    return row


def end(subscription: Subscription, *, on: date, cause: Cause) -> None:
    """Say that the contract's terms are over with the service, and why."""
    ContractTerms.objects.filter(subscription=subscription, ended_on__isnull=True).update(
        ended_on=on, ended_cause=cause
    )


def forget(subscription: Subscription, *, on: date) -> None:
    """Say that the service goes on without the contract: no fee, no locked price."""
    ContractTerms.objects.filter(subscription=subscription, ended_on__isnull=True).update(
        ended_on=on, ended_cause=""
    )
    Subscription.objects.filter(pk=subscription.pk).update(contract_ends_on=None)
