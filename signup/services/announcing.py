"""What people are told of their orders, each once."""

from datetime import datetime

from ispbill.notifications.services import compose
from ispbill.notifications.services.compose import Letter
from signup.models import Order
from signup.queries import links


def received(order: Order, *, at: datetime) -> int:
    """Say that the order is here, with the way to its page; return how many messages are new."""
    event = "order_waiting" if order.state == Order.State.WAITING else "order_received"
    return _tell(order, event, at=at)


def invited(order: Order, *, at: datetime) -> int:
    """Say that a line can be had now where somebody waited for one."""
    return _tell(order, "order_invited", at=at)


def closed(order: Order, *, at: datetime) -> int:
    """Say that nothing will come of an order, and why."""
    return _tell(order, "order_closed", at=at, reason=order.ended_reason)


def _tell(order: Order, event: str, *, at: datetime, **more: str) -> int:
    context = {
        "name": order.name,
        "order": order.number,
        "package": order.package.name if order.package else "",
        "order_url": links.url(order.link_seed),
    }
    letter = Letter(
        phone=order.phone,
        email=order.email,
        language=order.language,
        context=context | more,
        dedup=order.number,
        customer_id=order.customer_id,
    )
    return compose.enqueue(letter, event=event, at=at)
