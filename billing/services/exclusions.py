"""Take customers out of suspension until a day, one or many, and put them back."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from billing.models import DunningHold
from billing.services import holds, standings
from customers.models import Customer, Standing
from ispbill.audit.services import events, trail
from ispbill.core.actors import Actor
from ispbill.core.errors import DomainError

LONGEST_DAYS = 90


class ExclusionRefused(DomainError):
    """The day is not one an exclusion may run to."""


@transaction.atomic
def exclude(
    *,
    customer_ids: Sequence[int],
    until: date,
    reason: str,
    on: date,
    at: datetime,
    actor: Actor | None,
) -> int:
    """Leave customers on line until the company date `until` is over, whatever they owe.

    At most ninety days ahead. Returns how many customers it is new for. Raises ExclusionRefused,
    ReasonMissing.
    """
    reason = trail.required_reason(reason)
    if not on <= until <= on + timedelta(days=LONGEST_DAYS):
        raise ExclusionRefused(
            _("An exclusion runs to today or a later day, at most %(days)d days ahead.")
            % {"days": LONGEST_DAYS}
        )
    changed = _set(customer_ids, until, reason=reason, at=at, actor=actor)
    holds.give(
        changed, kind=DunningHold.Kind.EXCLUSION, until=until, reason=reason, on=on, at=at,
        actor=actor,
    )  # fmt: skip
    return len(changed)


@transaction.atomic
def include(*, customer_ids: Sequence[int], reason: str, at: datetime, actor: Actor | None) -> int:
    """Let excluded customers be suspended again; return how many were. Raises ReasonMissing."""
    reason = trail.required_reason(reason)
    changed = _set(customer_ids, None, reason=reason, at=at, actor=actor)
    holds.end(changed, kind=DunningHold.Kind.EXCLUSION, at=at)
    return len(changed)


def _set(
    customer_ids: Sequence[int],
    until: date | None,
    *,
    reason: str,
    at: datetime,
    actor: Actor | None,
) -> list[int]:
    """Write the day on the standings that have another one, each with its event."""
    trail.begin(actor=actor, at=at, reason=reason)
    standings.lock(customer_ids)
    before = dict(
        Standing.objects.filter(customer__in=list(customer_ids))
        .order_by("pk")
        .values_list("pk", "excluded_until")
    )
    changed = [pk for pk, day in before.items() if day != until]
    Standing.objects.filter(pk__in=changed).update(excluded_until=until)
    action = "exclusion.withdrawn" if until is None else "exclusion.given"
    for customer in Customer.objects.filter(pk__in=changed).order_by("pk"):
        events.record(
            at=at, actor=actor, action=action, target=customer, customer_id=customer.pk,
            branch_id=customer.branch_id, reason=reason,
            before={"excluded_until": before[customer.pk]}, after={"excluded_until": until},
        )  # fmt: skip
    return changed
