"""Services and their lines together: the state of the service, the wish for the router, a ring.

Nothing here talks to a router or waits for one; `network.services.push` does, after the commit.
Every verb may be repeated: what is already so stays so, and no wish is numbered twice.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from customers.models import Subscription
from customers.services import lifecycle
from ispbill.core.actors import Actor
from network.models import Access
from network.services import wishes
from network.services.lines import change_profile, move_to_router, provision, set_password

__all__ = [
    "activate", "cancel", "change_profile", "move_to_router", "provision", "reactivate",
    "reactivate_many", "set_password", "suspend", "suspend_many",
]  # fmt: skip

State = Access.State


@transaction.atomic
def activate(
    *, subscription: Subscription, on: date, reason: str, actor: Actor | None, at: datetime
) -> Subscription:
    """Activate a pending service and open its line. Raises ImpossibleMove, ReasonMissing."""
    subscription = lifecycle.activate(
        subscription=subscription, on=on, reason=reason, actor=actor, at=at
    )
    _switch([subscription.pk], State.OPEN, reason=reason, actor=actor, at=at)
    return subscription


@transaction.atomic
def suspend(
    *,
    subscription: Subscription,
    kind: str,
    is_billed: bool,
    reason: str,
    decision: Mapping[str, Any],
    actor: Actor | None,
    at: datetime,
    on: date,
    is_credited: bool = False,
) -> Subscription:
    """Suspend an active service and close its line. Raises ImpossibleMove, ReasonMissing."""
    subscription = lifecycle.suspend(
        subscription=subscription, kind=kind, is_billed=is_billed, reason=reason,
        decision=decision, actor=actor, at=at, on=on, is_credited=is_credited,
    )  # fmt: skip
    _switch([subscription.pk], State.WALLED, reason=reason, actor=actor, at=at)
    return subscription


@transaction.atomic
def reactivate(
    *, subscription: Subscription, reason: str, actor: Actor | None, at: datetime, on: date
) -> Subscription:
    """Bring a suspended service back and open its line. Raises ImpossibleMove, ReasonMissing."""
    subscription = lifecycle.reactivate(
        subscription=subscription, reason=reason, actor=actor, at=at, on=on
    )
    _switch([subscription.pk], State.OPEN, reason=reason, actor=actor, at=at)
    return subscription


@transaction.atomic
def cancel(
    *, subscription: Subscription, reason: str, actor: Actor | None, at: datetime, on: date
) -> Subscription:
    """End a service for good and take its user off the router. Raises ReasonMissing."""
    subscription = lifecycle.cancel(
        subscription=subscription, reason=reason, actor=actor, at=at, on=on
    )
    _switch([subscription.pk], State.REMOVED, reason=reason, actor=actor, at=at)
    return subscription


@transaction.atomic
def suspend_many(
    *,
    subscription_ids: Iterable[int],
    kind: str,
    is_billed: bool,
    reason: str,
    decisions: Mapping[int, Mapping[str, Any]],
    actor: Actor | None,
    at: datetime,
    on: date,
    is_credited: bool = False,
) -> list[int]:
    """Suspend those that are active, with a few statements in all; return their ids.

    `decisions` maps a service's id to every value its suspension rested on.
    """
    ids = lifecycle.suspend_many(
        subscription_ids=subscription_ids, kind=kind, is_billed=is_billed, reason=reason,
        decisions=decisions, actor=actor, at=at, on=on, is_credited=is_credited,
    )  # fmt: skip
    _switch(ids, State.WALLED, reason=reason, actor=actor, at=at)
    return ids


@transaction.atomic
def reactivate_many(
    *,
    subscription_ids: Iterable[int],
    reason: str,
    actor: Actor | None,
    at: datetime,
    on: date,
) -> list[int]:
    """Bring back those that are suspended, with a few statements in all; return their ids."""
    ids = lifecycle.reactivate_many(
        subscription_ids=subscription_ids, reason=reason, actor=actor, at=at, on=on
    )
    _switch(ids, State.OPEN, reason=reason, actor=actor, at=at)
    return ids


def _switch(ids: list[int], state: str, *, reason: str, actor: Actor | None, at: datetime) -> None:
    if ids:
        wishes.switch(subscription_ids=ids, state=state, reason=reason, actor=actor, at=at)
