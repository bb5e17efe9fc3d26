"""Where on the ladder a customer stands: what was done, what comes next and when, and why.

Also read as the portal role: only tables it may read are asked, but for the steps taken.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from billing.dunning.models import DunningEvent
from billing.dunning.queries import policies
from billing.dunning.queries.policies import InForce
from billing.dunning.rules.dunning import Decision, Facts, decide
from billing.dunning.rules.ladder import Action, Policy, Step
from billing.invoices.models import Invoice
from customers.models import AccountState, Customer
from ispbill.core.money import ZERO

Unpaid = tuple[int, str, date, Decimal, date]
"""A bill that is open: key, number, due date, what is due of it, and when it was issued."""


@dataclass(frozen=True)
class Rung:
    """A step of a bill's ladder, the day it comes, and what became of it."""

    step: Step
    on: date
    event: DunningEvent | None
    is_past: bool
    """Its day has gone by."""

    @property
    def is_done(self) -> bool:
        return self.event is not None and self.event.outcome == DunningEvent.Outcome.DONE

    @property
    def is_skipped(self) -> bool:
        return self.event is not None and not self.is_done


@dataclass(frozen=True)
class Place:
    """What happens next to a customer if nothing changes."""

    policy: Policy
    decision: Decision
    invoice_number: str
    """The oldest unpaid bill; "" when nothing is unpaid."""
    rungs: list[Rung]

    @property
    def has_debt(self) -> bool:
        return self.decision.amount > 0


def decided(
    customer: Customer,
    *,
    on: date,
    in_force: InForce | None = None,
    unpaid: list[Unpaid] | None = None,
) -> Decision:
    """Decide for one customer from own rows alone, also before anything is past due.

    `unpaid` are the open bills, the oldest first, when they are at hand.
    """
    known = in_force or policies.in_force(on=on)
    found = _unpaid(customer.pk) if unpaid is None else unpaid
    return _decided(customer, found, on=on, known=known, grace=None)


def of(customer: Customer, *, on: date, grace_days: int | None = None) -> Place:
    """Return where a customer stands on company date `on`; `grace_days` simulates another grace."""
    known = policies.in_force(on=on)
    policy = known.of(customer.kind, customer.branch_id)
    unpaid = _unpaid(customer.pk)
    decision = _decided(customer, unpaid, on=on, known=known, grace=grace_days)
    if not unpaid:
        return Place(policy, decision, "", [])
    pk, number, due_date, _amount, issued_on = unpaid[0]
    taken = {
        (event.action, event.offset_days): event
        for event in DunningEvent.objects.filter(invoice=pk).order_by("pk")
    }
    grace = policy.grace_days if grace_days is None else grace_days
    steps = [_moved(step, grace) for step in policy.steps]
    rungs = [
        _rung(step, taken, customer, decision, due_date=due_date, on=on, known=known)
        for step in sorted(steps, key=lambda one: one.offset_days)
        if step.offset_days >= (issued_on - due_date).days
    ]
    return Place(policy, decision, number, rungs)


def _moved(step: Step, grace_days: int) -> Step:
    return Step(step.action, grace_days + 1) if step.action is Action.SUSPEND else step


def _rung(
    step: Step,
    taken: dict[tuple[str, int], DunningEvent],
    customer: Customer,
    decision: Decision,
    *,
    due_date: date,
    on: date,
    known: InForce,
) -> Rung:
    day = due_date + timedelta(days=step.offset_days)
    if step.action is Action.SUSPEND:
        if decision.suspends_on is not None and not customer.is_never_suspended:
            day = decision.suspends_on
        else:
            policy = known.of(customer.kind, customer.branch_id)
            day = known.cutoff_day(policy, customer.branch_id, first=day) or day
    return Rung(step, day, taken.get((step.action.value, step.offset_days)), day < on)


def _unpaid(customer_id: int) -> list[Unpaid]:
    found = Invoice.objects.filter(
        customer=customer_id, status=Invoice.Status.OPEN, amount_due__gt=0
    ).order_by("due_date", "pk")
    return [
        (pk, number or "", due, amount, issued or due)
        for pk, number, due, amount, issued in found.values_list(
            "pk", "number", "due_date", "amount_due", "issued_on"
        )
    ]


def _decided(
    customer: Customer, unpaid: list[Unpaid], *, on: date, known: InForce, grace: int | None
) -> Decision:
    account_state = getattr(customer, "account_state", None) or AccountState(customer=customer)
    policy = known.of(customer.kind, customer.branch_id)
    due = unpaid[0][2] if unpaid else None
    latest = max(due, on - timedelta(days=1)) if due is not None else on
    return decide(
        Facts(
            on=on,
            balance=account_state.balance_amount,
            unpaid_amount=sum((one[3] for one in unpaid if one[2] <= latest), start=ZERO),
            due_date=due,
            grace_days=policy.grace_days if grace is None else grace,
            minimum_amount=policy.minimum_amount,
            promised_until=account_state.promised_until,
            excluded_until=account_state.excluded_until,
            is_cut_at_all=policy.suspends,
            cutoff_weekdays=policy.cutoff_weekdays,
            holidays=known.holidays(policy, customer.branch_id),
        )
    )
