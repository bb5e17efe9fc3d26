"""Talking to a customer who may leave: who does it, what is offered, how it ended.

Each verb locks the task, so that two colleagues never work on the same one unawares. A discount is
offered within the company's limits, above them by a second person's yes, and given when taken.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from billing.approvals.models import Approval
from billing.approvals.services import approvals
from billing.approvals.services.approvals import Correction, Payload
from billing.ledger.services import account_states
from billing.pricing.queries import service_terms
from billing.pricing.services import discounts
from billing.pricing.services.discounts import Given
from churn.models import ChurnEpisode, ChurnSettings, RetentionTask
from customers.models import Call, Subscription
from customers.services import calls
from customers.services.calls import Talk
from ispbill.accounts.access import branch_scope, may
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core import live
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError, Stale
from ispbill.core.money import round_money

State = RetentionTask.State
OUTCOMES = (State.KEPT, State.REFUSED, State.UNREACHABLE, State.NOT_NEEDED)


class TaskRefused(DomainError):
    """What was asked does not fit the task."""


@dataclass(frozen=True)
class Offer:
    """What is offered. `percent` of the price for `cycles` billing periods, for a discount."""

    action: str
    service: Subscription | None = None
    percent: int | None = None
    cycles: int | None = None


@transaction.atomic
def assign(*, task: RetentionTask, to: User, act: Act[User]) -> RetentionTask:
    """Give a task to somebody who works on such tasks. Raises TaskRefused, Stale."""
    task = _locked(task, act=act)
    scope = branch_scope(to)
    if not may(to, "churn.work") or scope not in (None, task.customer.branch_id):
        raise TaskRefused(_("%(name)s does not work on such tasks.") % {"name": to.name})
    before, task.assigned_to = task.assigned_to, to
    if task.state == State.PROPOSED:
        task.state = State.ASSIGNED
    task.save(update_fields=["assigned_to", "state"])
    _record(task, "retention_task.assigned", act=act, after={"to": to.name, "was": _name(before)})
    return task


@transaction.atomic
def contact(*, task: RetentionTask, talk: Talk, act: Act[User]) -> RetentionTask:
    """Write a call down; when somebody was spoken to, the task has come further.

    Raises CallRefused, Stale.
    """
    task = _locked(task, act=act)
    calls.log(talk=talk, act=act, customer=task.customer)
    if task.assigned_to_id is None:
        task.assigned_to = act.actor
    if talk.outcome == Call.Outcome.SPOKE and task.state in (State.PROPOSED, State.ASSIGNED):
        task.state = State.CONTACTED
    elif task.state == State.PROPOSED:
        task.state = State.ASSIGNED
    task.save(update_fields=["assigned_to", "state"])
    _record(task, "retention_task.contacted", act=act, after={"outcome": talk.outcome})
    return task


@transaction.atomic
def offer(*, task: RetentionTask, given: Offer, act: Act[User]) -> Approval | None:
    """Note what was offered; return the request where a second person must agree first.

    Raises TaskRefused, AlreadyRequested, ReasonMissing, Stale.
    """
    task = _locked(task, act=act)
    _check(task, given)
    if given.percent is None or given.cycles is None or given.service is None:
        _offered(task, given, act=act)
        return None
    limits = ChurnSettings.current()
    is_within = (
        given.percent <= limits.most_discount_percent
        and given.cycles <= limits.most_discount_cycles
    )
    if is_within:
        _offered(task, given, act=act)
        return None
    payload: dict[str, Any] = {
        "task": task.pk,
        "service": given.service.pk,
        "percent": given.percent,
        "cycles": given.cycles,
        "amount": str(worth(given.service, given.percent, given.cycles)),
    }
    return approvals.request(
        kind=Approval.Kind.OFFER,
        customer=task.customer,
        amount=Decimal(payload["amount"]),
        payload=payload,
        reason=trail.required_reason(act.reason),
        at=act.at,
        requested_by=act.actor,
    )


@transaction.atomic
def close(
    *,
    task: RetentionTask,
    state: str,
    outcome: str,
    act: Act[User],
    cost: Decimal = Decimal(0),
    takes_offer: bool = False,
) -> RetentionTask:
    """End a task with what came of it, and give the discount that was taken.

    `cost` is what acting cost us, in the company's currency. Raises TaskRefused, NotGrantable,
    Stale.
    """
    task = _locked(task, act=act)
    outcome = outcome.strip()
    if state not in OUTCOMES or not outcome:
        raise TaskRefused(_("Say how it ended, and in a few words why."))
    if cost < 0:
        raise TaskRefused(_("What it cost cannot be below zero."))
    if takes_offer and (state != State.KEPT or task.discount_percent is None):
        raise TaskRefused(_("No discount was offered that could be taken."))
    if takes_offer and task.service is not None:
        _grant(task, task.service, act=act)
    task.state, task.outcome, task.closed_at = State(state), outcome[:400], act.at
    if task.assigned_to_id is None:
        task.assigned_to = act.actor
    task.save(update_fields=["state", "outcome", "closed_at", "assigned_to"])
    if cost:
        episode = ChurnEpisode.objects.select_for_update().get(pk=task.episode_id)
        episode.action_cost += cost
        episode.save(update_fields=["action_cost"])
    after = {"state": state, "outcome": outcome, "cost": cost, "takes_offer": takes_offer}
    _record(task, "retention_task.closed", act=act, after=after)
    return task


def worth(service: Subscription, percent: int, cycles: int) -> Decimal:
    """Return what a discount would give away, in the company's currency."""
    return round_money(service_terms.own_price(service).amount * percent * cycles / 100)


def register() -> None:
    """Tell approvals what agreeing to a large discount does."""
    # No column of the company limits it: the settings of churn do, before it is asked for.
    approvals.register(Approval.Kind.OFFER, Correction("", _agreed, _facts))


def _agreed(payload: Payload, *, act: Act[User]) -> RetentionTask:
    task = _locked(RetentionTask(pk=payload["task"]), act=act)
    service = Subscription.objects.get(pk=payload["service"])
    given = Offer(
        RetentionTask.Action.DISCOUNT, service, int(payload["percent"]), int(payload["cycles"])
    )
    return _offered(task, given, act=act)


def _facts(payload: Payload) -> str:
    """What a large discount is decided on: that the task is open, and the price as it is."""
    task = RetentionTask.objects.get(pk=payload["task"])
    service = Subscription.objects.get(pk=payload["service"])
    return f"{task.closed_at} {service.status} {service_terms.own_price(service).amount}"


def _check(task: RetentionTask, given: Offer) -> None:
    is_discount = given.action == RetentionTask.Action.DISCOUNT
    if given.action not in RetentionTask.Action.values:
        raise TaskRefused(_("Say what was offered."))
    if not is_discount:
        if given.percent is not None or given.cycles is not None:
            raise TaskRefused(_("Only a discount has a percentage."))
        return
    if given.service is None or given.service.customer_id != task.customer_id:
        raise TaskRefused(_("Choose the service the discount is for."))
    if given.service.status == Subscription.Status.CANCELLED:
        raise TaskRefused(_("This service is cancelled."))
    if not 1 <= (given.percent or 0) <= 100 or not 1 <= (given.cycles or 0) <= 24:
        raise TaskRefused(_("A discount is 1 to 100 percent for 1 to 24 billing periods."))


def _offered(task: RetentionTask, given: Offer, *, act: Act[User]) -> RetentionTask:
    task.state, task.action = State.OFFERED, given.action
    task.service, task.discount_percent = given.service, given.percent
    task.discount_cycles = given.cycles
    if task.assigned_to_id is None:
        task.assigned_to = act.actor
    names = ["state", "action", "service", "discount_percent", "discount_cycles", "assigned_to"]
    task.save(update_fields=names)
    after = {"action": given.action, "percent": given.percent, "cycles": given.cycles}
    _record(task, "retention_task.offered", act=act, after=after)
    return task


def _grant(task: RetentionTask, service: Subscription, *, act: Act[User]) -> None:
    given = Given(
        label=_("Discount for staying"),
        rate=Decimal(task.discount_percent or 0) / 100,
        cycles=task.discount_cycles,
    )
    discounts.grant_own(
        subscription=service, given=given, act=act.because("offered to keep the customer")
    )


def _locked(task: RetentionTask, *, act: Act[User]) -> RetentionTask:
    """Return the task as it is now, locked after the customer's account. Raises Stale."""
    trail.begin(act=act)
    customer_id = RetentionTask.objects.values_list("customer_id", flat=True).get(pk=task.pk)
    account_states.lock([customer_id])
    rows = RetentionTask.objects.select_for_update(of=("self",))
    found = rows.select_related("customer", "assigned_to", "service").get(pk=task.pk)
    if found.closed_at is not None:
        raise Stale(_("This task is done: %(state)s.") % {"state": found.get_state_display()})
    return found


def _record(task: RetentionTask, action: str, *, act: Act[User], after: dict[str, Any]) -> None:
    events.record(
        act=act,
        action=action,
        target=task,
        label=task.customer.number,
        branch_id=task.customer.branch_id,
        after=after,
    )
    live.changed(accounts=[task.customer_id])


def _name(who: User | None) -> str:
    return who.name if who is not None else ""
