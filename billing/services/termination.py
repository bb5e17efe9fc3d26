"""End a service: its last bill, what goes back, its line, and everything that waited on it."""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from billing.models import DayException, Invoice, PlannedMove, Schedule
from billing.queries import billed_lines, ending
from billing.queries.ending import Ending
from billing.rules import credit_words
from billing.rules.chart import Chart
from billing.rules.deposits import Settlement, Wish
from billing.services import (
    activation,
    changing,
    day_exceptions,
    invoicing,
    lodgings,
    package_changes,
    returning,
    standings,
)
from billing.services.invoicing import NewLine
from billing.signals import invoice_credited
from customers.models import Subscription
from ispbill.audit.services import trail
from ispbill.core.actors import Actor
from ispbill.core.errors import DomainError
from network.services import access


class ImpossibleDay(DomainError):
    """The day lies in the future, or before the service was in use."""


@dataclass(frozen=True)
class Ended:
    """What the end of a service brought: its final bill, the credit notes, the deposit's use."""

    invoice: Invoice | None = None
    credit_notes: list[str] = field(default_factory=list)
    deposit: Settlement = field(default_factory=Settlement)


@transaction.atomic
def terminate(
    *,
    subscription: Subscription,
    on: date,
    today: date,
    reason: str,
    at: datetime,
    actor: Actor | None,
    with_fee: bool = True,
    deposit: Wish | None = None,
) -> Ended:
    """End a service; `on` is the first company date without it, today or a day gone by.

    Days in use that no bill has reached are billed, with the early-termination fee where the
    contract asks for one; billed days from `on` go back by credit note when the company's rule
    says so. Requests and plans of the service are dropped. Security the customer lodged is used as
    `deposit` says, after all that; None leaves it lodged. Twice is once. Raises ImpossibleDay,
    ReasonMissing, and what paying the deposit back refuses.
    """
    reason = trail.required_reason(reason)
    trail.begin(actor=actor, at=at, reason=reason)
    standings.lock([subscription.customer_id])
    subscription = (
        Subscription.objects.select_for_update(no_key=True, of=("self",))
        .select_related("customer", "package")
        .get(pk=subscription.pk)
    )
    if subscription.status == Subscription.Status.CANCELLED:
        return Ended()
    refuse_day(subscription, on=on, today=today)
    invoice = _final_bill(
        subscription, ending.of(subscription, on=on, today=today, with_fee=with_fee),
        today=today, reason=reason, at=at, actor=actor,
    )  # fmt: skip
    access.cancel(subscription=subscription, reason=reason, actor=actor, at=at, on=on)
    notes = returning.settle(
        subscription_ids=[subscription.pk], on=today, at=at, actor=actor, reason=reason
    )
    # Reckoned after the days of a suspension went back: no day goes back twice.
    backs = ending.of(subscription, on=on, today=today, with_fee=False).backs
    notes += changing.give_back(
        backs, reason=reason, on=today, at=at, actor=actor, is_told=True,
        cause=credit_words.ended(on=on),
    )  # fmt: skip
    changing.let_go(backs)
    _note_kept(subscription, on=on, at=at, actor=actor)
    package_changes.cancel_open(
        subscription_ids=[subscription.pk], note=_("The service has ended."), at=at
    )
    PlannedMove.objects.filter(
        subscription=subscription,
        status__in=[PlannedMove.Status.PLANNED, PlannedMove.Status.RUNNING],
    ).exclude(kind=PlannedMove.Kind.TERMINATION).update(
        status=PlannedMove.Status.WITHDRAWN, outcome=_("The service has ended.")
    )
    standings.refresh([subscription.customer_id])
    if invoice is not None:
        invoice_credited.send(
            sender=Invoice, customer_id=subscription.customer_id, at=at, actor=actor
        )
    outcome = Settlement()
    if deposit is not None:
        outcome = lodgings.settle(
            customer_id=subscription.customer_id, service_id=subscription.pk, wish=deposit,
            reason=reason, on=today, at=at, actor=actor,
        )  # fmt: skip
    return Ended(invoice, notes, outcome)


def _note_kept(subscription: Subscription, *, on: date, at: datetime, actor: Actor | None) -> None:
    """Say which billed days after the end the company keeps, where its rule gives none back."""
    kept = [held.days for held in billed_lines.holding([subscription.pk], start=on, item=None)]
    if kept:
        day_exceptions.note(
            subscription=subscription, kind=DayException.Kind.KEPT,
            days=[(on, max(days.end for days in kept))], at=at, actor=actor,
        )  # fmt: skip


def refuse_day(subscription: Subscription, *, on: date, today: date) -> None:
    """Raise ImpossibleDay for a day to come, or before the service was in use."""
    if on > today:
        raise ImpossibleDay(_("A service ends today or on a day before; it cannot end later."))
    if subscription.activated_on is not None and on < subscription.activated_on:
        raise ImpossibleDay(_("The service was not in use yet on that day."))


def _final_bill(
    subscription: Subscription,
    end: Ending,
    *,
    today: date,
    reason: str,
    at: datetime,
    actor: Actor | None,
) -> Invoice | None:
    lines = [activation.line_of(part.priced, subscription) for part in end.last.parts]
    if end.fee is not None:
        lines.append(
            NewLine(
                kind="TERMINATION",
                description=end.fee.description,
                amount=end.fee.amount,
                tax_rate=end.fee.tax_rate,
                account=int(Chart.TERMINATION_FEES),
                subscription=subscription,
                explanation=end.fee.explanation,
            )
        )
    invoice = None
    if end.billed.gross > 0:
        invoice = invoicing.issue(
            customer=subscription.customer, lines=lines, kind=Invoice.Kind.FINAL, due_date=today,
            on=today, at=at, actor=actor, reason=reason,
        )  # fmt: skip
    elif end.last.parts:
        day_exceptions.note(
            subscription=subscription, kind=DayException.Kind.FREE,
            days=[(end.last.start, end.last.end)], at=at, actor=actor,
        )  # fmt: skip
    if end.last.parts:
        Schedule.objects.filter(subscription=subscription).update(billed_until=end.last.end)
    return invoice
