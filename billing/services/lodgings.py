"""What a customer lodged as security, as the end of a service sees it: asked about, and settled.

Deposits are kept by the app above; it answers here (docs/adr/0030-what-was-left-of-billing.md).
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from billing.rules.deposits import Lodged, Settlement, Wish
from billing.signals import deposit_asked, deposit_to_settle
from ispbill.core.actors import Actor


def lodged(customer_id: int) -> Lodged:
    """Return the deposit held of a customer, nothing when nobody keeps deposits."""
    answers: list[Any] = deposit_asked.send(sender=None, customer_id=customer_id)
    return next((found for _receiver, found in answers), Lodged(Decimal(0)))


def settle(
    *,
    customer_id: int,
    service_id: int,
    wish: Wish,
    reason: str,
    on: date,
    at: datetime,
    actor: Actor | None,
) -> Settlement:
    """Have the deposit of a customer whose service ends settled as wished."""
    answers: list[Any] = deposit_to_settle.send(
        sender=None, customer_id=customer_id, service_id=service_id, wish=wish, reason=reason,
        on=on, at=at, actor=actor,
    )  # fmt: skip
    return next((settled for _receiver, settled in answers), Settlement())
