"""One order at a time: locked, moved along its lifecycle, written down."""

from typing import Any

from django.utils.translation import gettext as _

from ispbill.audit.services import events
from ispbill.core.acts import Act
from ispbill.core.errors import Stale
from signup.models import Order
from signup.rules import lifecycle


class WrongState(Stale):
    """The order is not in a state for this (any more)."""


def lock(order: Order) -> Order:
    """Lock an order; return it as it is now."""
    found = Order.objects.select_for_update(of=("self",))
    return found.select_related("area__branch", "package", "lead", "customer").get(pk=order.pk)


def refuse_move(order: Order, becomes: str) -> None:
    """Raise WrongState when an order cannot go there from where it is."""
    if not lifecycle.may_move(order.state, becomes):
        raise WrongState(
            _("%(number)s is %(state)s by now.")
            % {"number": order.number, "state": str(order.get_state_display()).lower()}
        )


def move(order: Order, becomes: str, *fields: str, act: Act) -> None:
    """Save a locked order in its next state, with `fields` that change too, and write it down."""
    was, order.state = order.state, Order.State(becomes)
    order.save(update_fields=["state", *fields])
    record(
        order,
        f"order.{becomes.lower()}",
        act=act,
        before={"state": was},
        after={"state": order.state},
    )


def record(
    order: Order,
    action: str,
    *,
    act: Act,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Append what happened to an order to the trail."""
    events.record(
        act=act, action=action, target=order, label=order.number, before=before, after=after
    )
