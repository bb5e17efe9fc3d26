"""Who pays the first bill of a service at once: billing knows no partners, an upper app answers."""

from collections.abc import Callable
from decimal import Decimal

from customers.models import Subscription
from ispbill.core.acts import Act

_payers: list[Callable[..., None]] = []


def register(pay: Callable[..., None]) -> None:
    """Let an app pay first bills: `pay(subscription=, amount=, act=)`, amounts with tax.

    It is called in the activation's transaction with the customer's account locked; whatever it
    raises refuses the activation.
    """
    _payers.append(pay)


def pay(*, subscription: Subscription, amount: Decimal, act: Act) -> None:
    """Let whoever pays for this customer pay the first bill now."""
    for one in _payers:
        one(subscription=subscription, amount=amount, act=act)
