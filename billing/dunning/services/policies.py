"""Write down how unpaid bills are treated: policies with their ladders, and holidays."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.dunning.models import DunningPolicy, DunningStep, Holiday
from billing.dunning.queries import policies
from billing.dunning.rules import ladder
from billing.dunning.rules.ladder import Action, LadderRefused, Step
from ispbill.accounts.models import Branch
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.models import Company

_REFUSALS = {
    "not_ordered": gettext_lazy("The steps must be in the order of their days."),
    "too_far": gettext_lazy("A step lies at most 30 days before and 180 days after the due date."),
    "twice": gettext_lazy("There are two steps of a kind on the same day."),
    "only_once": gettext_lazy("There is one late fee, one cut and one proposal at most."),
    "suspends_after_grace": gettext_lazy("The cut comes on the day after the days of grace."),
    "fee_before_due": gettext_lazy("A late fee is charged after the due date."),
    "fee_without_step": gettext_lazy("Say on which day the late fee is charged."),
    "step_without_fee": gettext_lazy("Say how much the late fee is."),
    "proposal_before_cut": gettext_lazy(
        "To cancel is proposed after the cut, and only where lines are cut."
    ),
}


class PolicyRefused(DomainError):
    """The ladder makes no sense, or there is a policy for these customers already."""


@dataclass(frozen=True)
class Values:
    """What a policy says. None for grace and minimum: as in the company's settings."""

    name: str
    branch_id: int | None = None
    customer_kind: str = ""
    grace_days: int | None = None
    minimum_amount: Decimal | None = None
    cutoff_weekdays: Sequence[int] = ()
    observes_holidays: bool = True
    pauses_on_outage: bool = False
    promise_days: int = 30
    promises_a_year: int | None = None
    late_fee_amount: Decimal | None = None
    late_fee_rate: Decimal | None = None
    late_fee_tax_class_id: int | None = None
    suspends: bool = True
    steps: Sequence[Step] = field(default_factory=tuple)
    """Every step but the cut, which follows from `suspends` and the days of grace."""


@transaction.atomic
def save(*, policy: DunningPolicy | None, values: Values, act: Act) -> DunningPolicy:
    """Write a policy and its ladder; what is due from today on follows it.

    A late fee that is new spares the bills due before the company date `on`. Raises PolicyRefused,
    ReasonMissing.
    """
    act = trail.begin_with_reason(act=act)
    row = DunningPolicy() if policy is None else _locked(policy)
    if _taken(row, values):
        raise PolicyRefused(_("There is a policy for these customers already."))
    _check(values)
    before = {} if policy is None else _snapshot(row)
    for name in _COLUMNS:
        setattr(row, name, getattr(values, name))
    row.cutoff_weekdays = sorted(set(values.cutoff_weekdays))
    has_fee = values.late_fee_amount is not None or values.late_fee_rate is not None
    row.late_fee_since = (row.late_fee_since or act.on) if has_fee else None
    row.save()
    row.steps.all().delete()
    DunningStep.objects.bulk_create(_rows(row, values))
    _record(
        row,
        "dunning_policy.changed" if before else "dunning_policy.added",
        before,
        _snapshot(row),
        act=act,
    )
    return row


@transaction.atomic
def archive(*, policy: DunningPolicy, act: Act) -> None:
    """Put a policy out of force: its customers fall under the next less specific one."""
    act = trail.begin_with_reason(act=act)
    row = _locked(policy)
    if row.archived_at is not None:
        return
    row.archived_at = act.at
    row.save(update_fields=["archived_at", "updated_at"])
    _record(
        row,
        "dunning_policy.archived",
        {"archived_at": None},
        {"archived_at": act.at.isoformat()},
        act=act,
    )


@transaction.atomic
def add_holiday(*, day: date, name: str, branch: Branch | None, act: Act) -> Holiday:
    """Note a day on which no line is cut; the same day twice is one. Returns the row."""
    trail.begin(act=act.because(""))
    row, is_new = Holiday.objects.get_or_create(day=day, branch=branch, defaults={"name": name})
    if is_new:
        events.record(
            act=act,
            action="holiday.added",
            target=row,
            branch_id=branch.pk if branch else None,
            after={"day": day, "name": name},
        )
    return row


@transaction.atomic
def remove_holiday(*, holiday: Holiday, act: Act) -> None:
    """Take a holiday back."""
    trail.begin(act=act.because(""))
    events.record(
        act=act,
        action="holiday.removed",
        target=holiday,
        before={"day": holiday.day, "name": holiday.name},
    )
    holiday.delete()


_COLUMNS = (
    "name", "branch_id", "customer_kind", "grace_days", "minimum_amount", "observes_holidays",
    "pauses_on_outage", "promise_days", "promises_a_year", "late_fee_amount", "late_fee_rate",
    "late_fee_tax_class_id",
)  # fmt: skip


def _locked(policy: DunningPolicy) -> DunningPolicy:
    return DunningPolicy.objects.select_for_update().get(pk=policy.pk)


def _taken(row: DunningPolicy, values: Values) -> bool:
    others = DunningPolicy.objects.filter(
        archived_at__isnull=True, branch=values.branch_id, customer_kind=values.customer_kind
    )
    return others.exclude(pk=row.pk).exists()


def _check(values: Values) -> None:
    grace = Company.current().grace_days if values.grace_days is None else values.grace_days
    steps = list(values.steps)
    # The typed order is what is checked; the cut takes the place its day gives it.
    cut = [Step(Action.SUSPEND, grace + 1)] if values.suspends else []
    place = sum(step.offset_days <= grace + 1 for step in steps)
    has_fee = values.late_fee_amount is not None or values.late_fee_rate is not None
    try:
        ladder.check([*steps[:place], *cut, *steps[place:]], grace_days=grace, has_late_fee=has_fee)
    except LadderRefused as refused:
        raise PolicyRefused(str(_REFUSALS[refused.code])) from refused


def _rows(row: DunningPolicy, values: Values) -> list[DunningStep]:
    rows = [
        DunningStep(
            policy=row,
            action=step.action.value,
            offset_days=step.offset_days,
            channels=list(step.channels),
            event=step.event,
        )
        for step in values.steps
    ]
    if values.suspends:
        rows.append(DunningStep(policy=row, action=DunningStep.Action.SUSPEND, offset_days=None))
    return rows


def _snapshot(row: DunningPolicy) -> dict[str, Any]:
    known = policies.resolved(row, list(row.steps.all()), company=Company.current())
    values = {name: getattr(row, name) for name in (*_COLUMNS, "late_fee_since")}
    return values | {
        "cutoff_weekdays": list(row.cutoff_weekdays),
        "steps": [
            [step.action.value, step.offset_days, list(step.channels), step.event]
            for step in known.steps
        ],
    }


def _record(
    row: DunningPolicy, action: str, before: dict[str, Any], after: dict[str, Any], *, act: Act
) -> None:
    was, now = events.changes(before, after)
    events.record(act=act, action=action, target=row, before=was if before else None, after=now)
