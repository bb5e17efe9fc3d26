"""Write down what winning customers cost a branch in a month."""

from datetime import date
from decimal import Decimal

from django.db import transaction

from ispbill.accounts.models import Branch, User
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from ispbill.reports.models import AcquisitionCost
from ispbill.reports.rules.months import first_of


@transaction.atomic
def enter(
    *, month: date, branch: Branch, amount: Decimal, note: str, act: Act[User]
) -> AcquisitionCost:
    """Set what it cost in the month of any of its days; what was entered before is replaced."""
    trail.begin(act=act)
    # Held against another who enters the same: the branch is there before the first row is.
    Branch.objects.select_for_update().get(pk=branch.pk)
    first = first_of(month)
    before = AcquisitionCost.objects.filter(month=first, branch=branch).first()
    if before is not None and (before.amount, before.note) == (amount, note):
        return before
    cost, _is_new = AcquisitionCost.objects.update_or_create(
        month=first,
        branch=branch,
        defaults={"amount": amount, "note": note, "entered_by": act.actor, "entered_at": act.at},
    )
    events.record(
        act=act,
        action="acquisition_cost.entered",
        target=cost,
        label=f"{first:%Y-%m} {branch.name}",
        before=_said(before),
        after=_said(cost),
        branch_id=None,
    )
    return cost


def _said(cost: AcquisitionCost | None) -> dict[str, str]:
    return {} if cost is None else {"amount": f"{cost.amount}", "note": cost.note}
