"""Tell customers about their mandate and their debits, in the transaction of what happened."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from customers.models import AccountState, Customer
from ispbill.notifications.services import compose
from payments.debits.models import DebitOrder, Mandate


def to_sign(mandate: Mandate, *, at: datetime, again: str = "") -> None:
    """Ask the customer to sign; NetCash sends its own message with the link too."""
    url = mandate.url or f"{settings.PUBLIC_URL}/portal/payment-methods/"
    _queue(
        "mandate_to_sign",
        mandate,
        dedup=f"{mandate.account_reference}{again}",
        at=at,
        context={"sign_url": url, "account": mandate.method.label},
    )


def active(mandate: Mandate, *, at: datetime) -> None:
    """Say that bills are collected from now on."""
    _queue(
        "mandate_active",
        mandate,
        dedup=mandate.account_reference,
        at=at,
        context={"account": mandate.method.label},
    )


def not_possible(mandate: Mandate, *, at: datetime) -> None:
    """Say that the bank account cannot be used, and why."""
    with translation.override(mandate.customer.language):
        reason = _(mandate.state_reason)
    _queue(
        "mandate_failed",
        mandate,
        dedup=mandate.account_reference,
        at=at,
        context={"account": mandate.method.label, "reason": reason},
    )


def planned(order: DebitOrder, *, at: datetime) -> None:
    """Say what will be collected, and when."""
    _queue(
        "debit_order_planned",
        order.mandate,
        dedup=order.reference,
        at=at,
        context={
            "account": order.mandate.method.label,
            "amount": str(order.amount),
            "day": order.action_date.isoformat(),
        },
    )


def failed(order: DebitOrder, *, most: int, at: datetime) -> None:
    """Say that a debit failed, why, what happens next, and where to pay instead."""
    mandate = order.mandate
    event = "debit_order_failed" if order.is_retried else "debit_order_stopped"
    with translation.override(mandate.customer.language):
        reason = _(order.reason)
    _queue(
        event,
        mandate,
        dedup=order.reference,
        at=at,
        context={
            "account": mandate.method.label,
            "amount": str(order.amount),
            "reason": reason,
            "failures": str(mandate.failures),
            "most": str(most),
        },
    )


def _queue(
    event: str, mandate: Mandate, *, dedup: str, at: datetime, context: dict[str, Any]
) -> None:
    customer = Customer.objects.get(pk=mandate.customer_id)
    balance = AccountState.objects.values_list("balance_amount", flat=True).get(customer=customer)
    compose.enqueue(
        compose.to_customer(customer, {"balance": str(balance), **context}, dedup=dedup),
        event=event,
        at=at,
    )
