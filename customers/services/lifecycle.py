"""Move services along their lifecycle: the state itself, nothing about money or routers.

Other apps call `network.services.access` (state and line) or a verb of billing (money too); these
call here. The database writes the audit event of each move and refuses moves that do not exist.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _
from psycopg.types.json import Jsonb
from psycopg.types.range import DateRange

from customers.models import Subscription, Suspension
from ispbill.audit.services import events, trail
from ispbill.core import statements
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError

Status, Leaving = Subscription.Status, Subscription.Leaving


class ImpossibleMove(DomainError):
    """The service is in a state from which it cannot go where it was sent."""


@transaction.atomic
def activate(*, subscription: Subscription, on: date, act: Act) -> Subscription:
    """Put a pending service into use from the company date `on`; nothing happens to an active one.

    Raises ImpossibleMove for a suspended or cancelled one, ReasonMissing.
    """
    act = trail.begin_with_reason(act=act)
    subscription = _locked(subscription)
    if subscription.status == Status.ACTIVE:
        return subscription
    if subscription.status != Status.PENDING:
        raise ImpossibleMove(_("Only a pending service can be activated."))
    subscription.status, subscription.activated_on = Status.ACTIVE, on
    subscription.save(update_fields=["status", "activated_on"])
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
    """Suspend an active service from the company date `on`.

    `decision` holds every value it rested on; `is_credited` says that days billed before are given
    back on return (by `billing.changes.services.returning`). Suspended already: the same kind
    changes nothing; another kind ends the running suspension on that day and begins its own, except
    that non-payment never takes the place of a graver kind. Raises ImpossibleMove, ReasonMissing.
    """
    act = trail.begin_with_reason(act=act)
    subscription = _locked(subscription)
    if subscription.activated_on is not None and on < subscription.activated_on:
        raise ImpossibleMove(_("The service was not in use yet on that day."))
    if subscription.status == Status.SUSPENDED:
        running = Suspension.objects.get(subscription=subscription, ended_at__isnull=True)
        if kind in (running.kind, Suspension.Kind.NON_PAYMENT):
            return subscription
        _end_suspensions([subscription.pk], at=act.at, on=on)
        _record_other_kind(subscription, running, kind=kind, is_billed=is_billed, act=act)
    elif subscription.status == Status.ACTIVE:
        subscription.status, subscription.suspended_at = Status.SUSPENDED, act.at
        subscription.save(update_fields=["status", "suspended_at"])
    else:
        raise ImpossibleMove(_("Only an active service can be suspended."))
    Suspension.objects.create(
        subscription=subscription,
        customer_id=subscription.customer_id,
        kind=kind,
        span=DateRange(on, None),
        is_billed=is_billed,
        is_credited=is_credited and not is_billed,
        reason=act.reason,
        decision=dict(decision),
        started_at=act.at,
    )
    return subscription


def _record_other_kind(
    subscription: Subscription, running: Suspension, *, kind: str, is_billed: bool, act: Act
) -> None:
    events.record(
        act=act,
        action="subscription.suspension_kind_changed",
        target=subscription,
        before={"kind": running.kind, "is_billed": running.is_billed},
        after={"kind": kind, "is_billed": is_billed},
    )


@transaction.atomic
def reactivate(*, subscription: Subscription, act: Act, on: date) -> Subscription:
    """Bring a suspended service back; `on` is the first company date it is in use again.

    Nothing happens to an active one. Raises ImpossibleMove, ReasonMissing.
    """
    act = trail.begin_with_reason(act=act)
    subscription = _locked(subscription)
    if subscription.status == Status.ACTIVE:
        return subscription
    if subscription.status != Status.SUSPENDED:
        raise ImpossibleMove(_("Only a suspended service can be reactivated."))
    _end_suspensions([subscription.pk], at=act.at, on=on)
    subscription.status, subscription.suspended_at = Status.ACTIVE, None
    subscription.save(update_fields=["status", "suspended_at"])
    return subscription


@transaction.atomic
def cancel(
    *, subscription: Subscription, act: Act, on: date, left_because: str = Leaving.NOT_TOLD
) -> Subscription:
    """End a service for good; `on` is the first company date without it. Twice is once."""
    act = trail.begin_with_reason(act=act)
    subscription = _locked(subscription)
    if subscription.status == Status.CANCELLED:
        return subscription
    _end_suspensions([subscription.pk], at=act.at, on=on)
    subscription.status, subscription.cancelled_on = Status.CANCELLED, on
    subscription.left_because = left_because
    subscription.save(update_fields=["status", "cancelled_on", "left_because"])
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
    """Suspend those of the services that are active, in two statements; return their ids.

    `decisions` maps a service's id to the values its suspension rested on.
    """
    act = trail.begin_with_reason(act=act)
    ids = _lock_those(subscription_ids, status=Status.ACTIVE)
    if not ids:
        return []
    credited = is_credited and not is_billed
    values: list[Any] = [
        kind,
        on,
        is_billed,
        credited,
        act.reason,
        act.at,
        Jsonb(_by_key(decisions)),
        ids,
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE customers_subscription SET status = 'SUSPENDED', suspended_at = %s"
            " WHERE id = ANY(%s)",
            [act.at, ids],
        )
        cursor.execute(
            "INSERT INTO customers_suspension (subscription_id, customer_id, kind, span, is_billed,"
            " is_credited, reason, decision, started_at)"
            " SELECT s.id, s.customer_id, %s, daterange(%s, NULL), %s, %s, %s,"
            "        coalesce(d.value, '{}'), %s"
            " FROM customers_subscription s"
            " LEFT JOIN jsonb_each(%s) AS d ON d.key = s.id::text"
            " WHERE s.id = ANY(%s)",
            values,
        )
    return ids


@transaction.atomic
def reactivate_many(*, subscription_ids: Iterable[int], act: Act) -> list[int]:
    """Bring back those of the services that are suspended; return their ids."""
    act = trail.begin_with_reason(act=act)
    ids = _lock_those(subscription_ids, status=Status.SUSPENDED)
    if not ids:
        return []
    _end_suspensions(ids, at=act.at, on=act.on)
    statements.run(
        "UPDATE customers_subscription SET status = 'ACTIVE', suspended_at = NULL"
        " WHERE id = ANY(%s)",
        [ids],
    )
    return ids


def _by_key(decisions: Mapping[int, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """One document for all of them: an array of documents is quoted a letter at a time."""
    return {str(pk): dict(decision) for pk, decision in decisions.items()}


def _locked(subscription: Subscription) -> Subscription:
    return Subscription.objects.select_for_update(no_key=True).get(pk=subscription.pk)


def _lock_those(subscription_ids: Iterable[int], *, status: str) -> list[int]:
    """Lock the services in that state, always in the same order, and return their ids."""
    return list(
        Subscription.objects.select_for_update(no_key=True)
        .filter(pk__in=list(subscription_ids), status=status)
        .order_by("pk")
        .values_list("pk", flat=True)
    )


def _end_suspensions(subscription_ids: list[int], *, at: datetime, on: date) -> None:
    """Close running suspensions the day before `on`; begun and ended on one day, it has no days."""
    statements.run(
        "UPDATE customers_suspension"
        " SET span = daterange(lower(span), greatest(%s, lower(span))),"
        "     ended_at = greatest(%s, started_at)"
        " WHERE subscription_id = ANY(%s) AND ended_at IS NULL",
        [on, at, subscription_ids],
    )
