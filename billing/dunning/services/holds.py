"""Time given to customers, as rows: who gave it, why, and until when."""

from collections.abc import Sequence
from datetime import date, datetime

from billing.dunning.models import DunningHold
from ispbill.core.acts import Act


def give(customer_ids: Sequence[int], *, kind: str, until: date, act: Act) -> None:
    """Write a hold for each customer; the one before it ends. The account states are locked
    already."""
    end(customer_ids, kind=kind, at=act.at)
    DunningHold.objects.bulk_create(
        DunningHold(
            customer_id=pk,
            kind=kind,
            given_on=act.on,
            until=until,
            reason=act.reason,
            given_at=act.at,
            given_by_id=act.actor.pk if act.actor is not None else None,
        )
        for pk in customer_ids
    )


def end(customer_ids: Sequence[int], *, kind: str, at: datetime) -> None:
    """End the running holds of a kind."""
    running = DunningHold.objects.filter(
        customer__in=list(customer_ids), kind=kind, ended_at__isnull=True
    )
    running.update(ended_at=at)
