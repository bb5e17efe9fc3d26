"""A ladder of the company's own, another for business customers, holidays, and a few exclusions."""

from datetime import date, datetime
from decimal import Decimal

from billing.dunning.rules.ladder import Action, Step
from billing.dunning.services import exclusions, policies
from billing.dunning.services.policies import Values
from customers.models import AccountState, Customer
from ispbill.core.acts import Act
from ispbill.devtools.demo.ground import Ground

_DAYS = (
    (2, 21, "International Mother Language Day"),
    (3, 26, "Independence Day"),
    (4, 14, "Bengali New Year"),
    (5, 1, "May Day"),
    (12, 16, "Victory Day"),
)
WHY = "as agreed by the owners"


def lay(*, base: Ground, on: date, at: datetime) -> None:
    """Write them as the console would, on company date `on`."""
    owner = base.staff["owner@demo.test"]
    policies.save(
        policy=None,
        act=Act(owner, at, on=on, reason=WHY),
        values=Values(
            name="Offices and shops",
            customer_kind=Customer.Kind.BUSINESS,
            grace_days=7,
            cutoff_weekdays=(0, 1, 2, 3, 6),
            promises_a_year=4,
            late_fee_rate=Decimal("0.02"),
            steps=(
                Step(Action.REMIND, -3, ("EMAIL",)),
                Step(Action.REMIND, 0),
                Step(Action.NOTICE, 3),
                Step(Action.LATE_FEE, 5),
                Step(Action.PROPOSE_CANCEL, 45),
            ),
        ),
    )
    for month, day, name in _DAYS:
        this_year = date(on.year, month, day)
        coming = this_year if this_year >= on else date(on.year + 1, month, day)
        policies.add_holiday(day=coming, name=name, branch=None, act=Act(owner, at))
    late = AccountState.objects.filter(
        oldest_due_date__lt=on, balance_amount__gt=0, customer__status=Customer.Status.ACTIVE
    )
    ids = list(late.order_by("customer_id").values_list("customer_id", flat=True)[:2])
    if ids:
        exclusions.exclude(
            customer_ids=ids,
            until=date.fromordinal(on.toordinal() + 10),
            act=Act(owner, at, on=on, reason="The bill is disputed; accounts looks into it"),
        )
