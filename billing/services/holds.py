"""Time given to customers, as rows: who gave it, why, and until when."""

from collections.abc import Sequence
from datetime import date, datetime

from billing.models import DunningHold
from ispbill.core.actors import Actor


def give(
    customer_ids: Sequence[int],
    *,
    kind: str,
    until: date,
    reason: str,
    on: date,
    at: datetime,
    actor: Actor | None,
) -> None:
    """Write a hold for each customer; the one before it ends. The standings are locked already."""
    end(customer_ids, kind=kind, at=at)
    DunningHold.objects.bulk_create(
        DunningHold(
            customer_id=pk, kind=kind, given_on=on, until=until, reason=reason, given_at=at,
            given_by_id=actor.pk if actor is not None else None,
        )
        for pk in customer_ids
    )  # fmt: skip


def end(customer_ids: Sequence[int], *, kind: str, at: datetime) -> None:
    """End the running holds of a kind."""
    running = DunningHold.objects.filter(
        customer__in=list(customer_ids), kind=kind, ended_at__isnull=True
    )
    running.update(ended_at=at)
