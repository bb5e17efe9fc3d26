"""Services and their lines together: the state of the service, the desired state for the router,
the call.

Nothing here talks to a router or waits for one; `network.services.push` does, after the commit.
Every verb may be repeated: what is already so stays so, and no desired state is numbered twice.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import transaction

from customers.models import Subscription
from customers.services import lifecycle
from ispbill.core.acts import Act
from network.models import Access
from network.services import desired_states
from network.services.lines import change_profile, provision, set_password
from network.services.moving import move_to_router

__all__ = [
    "activate", "cancel", "change_profile", "move_to_router", "provision", "reactivate",
    "reactivate_many", "set_password", "suspend", "suspend_many",
]  # fmt: skip

State = Access.State


@transaction.atomic
def activate(*, subscription: Subscription, on: date, act: Act) -> Subscription:
    """Activate a pending service and open its line. Raises ImpossibleMove, ReasonMissing."""
    subscription = lifecycle.activate(subscription=subscription, on=on, act=act)
    _switch([subscription.pk], State.OPEN, act=act)
    return subscription


@transaction.atomic
def suspend(
    *,
    subscription: Subscription,
    kind: str,
    is_billed: bool,
    decision: Mapping[str, Any],
    act: Act,
    on: date,
    is_credited: bool = False,
) -> Subscription:
    """Suspend an active service and close its line. Raises ImpossibleMove, ReasonMissing."""
    subscription = lifecycle.suspend(
        subscription=subscription,
        kind=kind,
        is_billed=is_billed,
        decision=decision,
        act=act,
        on=on,
        is_credited=is_credited,
    )
    _switch([subscription.pk], State.WALLED, act=act)
    return subscription


@transaction.atomic
def reactivate(*, subscription: Subscription, act: Act, on: date) -> Subscription:
    """Bring a suspended service back and open its line. Raises ImpossibleMove, ReasonMissing."""
    subscription = lifecycle.reactivate(subscription=subscription, act=act, on=on)
    _switch([subscription.pk], State.OPEN, act=act)
    return subscription


@transaction.atomic
def cancel(
    *,
    subscription: Subscription,
    act: Act,
    on: date,
    left_because: str = Subscription.Leaving.NOT_TOLD,
) -> Subscription:
    """End a service for good and take its user off the router. Raises ReasonMissing."""
    subscription = lifecycle.cancel(
        subscription=subscription, act=act, on=on, left_because=left_because
    )
    _switch([subscription.pk], State.REMOVED, act=act)
    return subscription


@transaction.atomic
def suspend_many(
    *,
    subscription_ids: Iterable[int],
    kind: str,
    is_billed: bool,
    decisions: Mapping[int, Mapping[str, Any]],
    act: Act,
    on: date,
    is_credited: bool = False,
) -> list[int]:
    """Suspend those that are active, with a few statements in all; return their ids.

    `decisions` maps a service's id to every value its suspension rested on.
    """
    ids = lifecycle.suspend_many(
        subscription_ids=subscription_ids,
        kind=kind,
        is_billed=is_billed,
        decisions=decisions,
        act=act,
        on=on,
        is_credited=is_credited,
    )
    _switch(ids, State.WALLED, act=act)
    return ids


@transaction.atomic
def reactivate_many(*, subscription_ids: Iterable[int], act: Act) -> list[int]:
    """Bring back those that are suspended, with a few statements in all; return their ids."""
    ids = lifecycle.reactivate_many(subscription_ids=subscription_ids, act=act)
    _switch(ids, State.OPEN, act=act)
    return ids


def _switch(ids: list[int], state: str, *, act: Act) -> None:
    if ids:
        desired_states.switch(subscription_ids=ids, state=state, act=act)
