"""Take customers out of suspension until a day, one or many, and put them back."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from billing.dunning.models import DunningHold
from billing.dunning.services import holds
from billing.ledger.services import account_states
from customers.models import AccountState, Customer
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError

LONGEST_DAYS = 90


class ExclusionRefused(DomainError):
    """The day is not one an exclusion may run to."""


@transaction.atomic
def exclude(*, customer_ids: Sequence[int], until: date, act: Act) -> int:
    """Leave customers on line until the company date `until` is over, whatever they owe.

    At most ninety days ahead. Returns how many customers it is new for. Raises ExclusionRefused,
    ReasonMissing.
    """
    act = act.because(trail.required_reason(act.reason))
    if not act.on <= until <= act.on + timedelta(days=LONGEST_DAYS):
        raise ExclusionRefused(
            _("An exclusion runs to today or a later day, at most %(days)d days ahead.")
            % {"days": LONGEST_DAYS}
        )
    changed = _set(customer_ids, until, act=act)
    holds.give(changed, kind=DunningHold.Kind.EXCLUSION, until=until, act=act)
    return len(changed)


@transaction.atomic
def include(*, customer_ids: Sequence[int], act: Act) -> int:
    """Let excluded customers be suspended again; return how many were. Raises ReasonMissing."""
    act = act.because(trail.required_reason(act.reason))
    changed = _set(customer_ids, None, act=act)
    holds.end(changed, kind=DunningHold.Kind.EXCLUSION, at=act.at)
    return len(changed)


def _set(customer_ids: Sequence[int], until: date | None, *, act: Act) -> list[int]:
    """Write the day on the account states that have another one, each with its event."""
    trail.begin(act=act)
    account_states.lock(customer_ids)
    before = dict(
        AccountState.objects.filter(customer__in=list(customer_ids))
        .order_by("pk")
        .values_list("pk", "excluded_until")
    )
    changed = [pk for pk, day in before.items() if day != until]
    AccountState.objects.filter(pk__in=changed).update(excluded_until=until)
    action = "exclusion.withdrawn" if until is None else "exclusion.given"
    for customer in Customer.objects.filter(pk__in=changed).order_by("pk"):
        events.record(
            act=act,
            action=action,
            target=customer,
            customer_id=customer.pk,
            before={"excluded_until": before[customer.pk]},
            after={"excluded_until": until},
        )
    return changed
