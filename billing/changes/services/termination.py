"""End a service: its last bill, what goes back, its line, and everything that waited on it."""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from billing.changes.models import PlannedMove
from billing.changes.queries import ending
from billing.changes.queries.ending import Ending
from billing.changes.rules.exit_fee import LEAVING, Cause
from billing.changes.services import activation, changing, exit_terms, package_changes, returning
from billing.invoices.models import Invoice, Schedule
from billing.invoices.queries import billed_lines
from billing.invoices.rules import credit_words
from billing.invoices.services import invoicing
from billing.invoices.services.invoicing import NewLine
from billing.ledger.rules.chart import Chart
from billing.ledger.services import account_states
from billing.pricing.models import DayException
from billing.pricing.services import day_exceptions
from billing.receivables.rules.deposits import DepositChoice, Settlement
from billing.receivables.services import deposits, spending
from customers.models import Subscription
from ispbill.audit.services import trail
from ispbill.core.acts import Act
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
    act: Act,
    with_fee: bool = True,
    cause: Cause = Cause.NOTICE,
    left_because: str = "",
    deposit: DepositChoice | None = None,
) -> Ended:
    """End a service; `on` is the first company date without it, today or a day gone by.

    Days in use that no bill has reached are billed, with the early-termination fee where the
    contract asks for one after this `cause`; `left_because` is what was told
    (`Subscription.Leaving`), else what the cause tells. Billed days from `on` go back by credit
    note when the company's rule says so. Requests and plans of the service are dropped. Security
    the customer deposited is used as `deposit` says, after all that; None leaves it held. Twice is
    once. Raises ImpossibleDay, ReasonMissing, and what paying the deposit back refuses.
    """
    act = trail.begin_with_reason(act=act)
    subscription = account_states.lock_service(subscription)
    if subscription.status == Subscription.Status.CANCELLED:
        return Ended()
    refuse_day(subscription, on=on, today=act.on)
    owed = ending.of(subscription, on=on, today=act.on, with_fee=with_fee, cause=cause)
    exit_terms.end(subscription, on=on, cause=cause)
    invoice = _final_bill(subscription, owed, act=act)
    why = left_because or LEAVING.get(cause, Subscription.Leaving.NOT_TOLD)
    access.cancel(subscription=subscription, act=act, on=on, left_because=why)
    notes = returning.settle(subscription_ids=[subscription.pk], on=act.on, act=act)
    # Reckoned after the days of a suspension went back: no day goes back twice.
    backs = ending.of(subscription, on=on, today=act.on, with_fee=False, cause=cause).backs
    notes += changing.give_back(
        backs, on=act.on, act=act, is_told=True, cause=credit_words.ended(on=on)
    )
    changing.let_go(backs)
    _note_free(subscription, on=on, cause=cause, act=act.because(""))
    _note_kept(subscription, on=on, act=act.because(""))
    _drop_plans(subscription, at=act.at)
    account_states.refresh([subscription.customer_id])
    if invoice is not None:
        spending.spend(customer_id=subscription.customer_id, act=act.because(""))
    if deposit is None:
        return Ended(invoice, notes)
    outcome = deposits.settle_at_end(
        customer=subscription.customer, service_id=subscription.pk, deposit_choice=deposit, act=act
    )
    return Ended(invoice, notes, outcome)


def _drop_plans(subscription: Subscription, *, at: datetime) -> None:
    """Let go of what was asked or planned for a service that has ended."""
    package_changes.cancel_open(
        subscription_ids=[subscription.pk], note=_("The service has ended."), at=at
    )
    PlannedMove.objects.filter(
        subscription=subscription,
        status__in=[PlannedMove.Status.PLANNED, PlannedMove.Status.RUNNING],
    ).exclude(kind=PlannedMove.Kind.TERMINATION).update(
        status=PlannedMove.Status.WITHDRAWN, outcome=_("The service has ended.")
    )


def _note_free(subscription: Subscription, *, on: date, cause: Cause, act: Act) -> None:
    """Say which days in use nobody pays for, where a contract was taken back whole."""
    first = ending.first_free(subscription, on=on, cause=cause)
    if first < on:
        day_exceptions.note(
            subscription=subscription, kind=DayException.Kind.FREE, days=[(first, on)], act=act
        )


def _note_kept(subscription: Subscription, *, on: date, act: Act) -> None:
    """Say which billed days after the end the company keeps, where its rule gives none back."""
    kept = [held.days for held in billed_lines.holding([subscription.pk], start=on, item=None)]
    if kept:
        day_exceptions.note(
            subscription=subscription,
            kind=DayException.Kind.KEPT,
            days=[(on, max(days.end for days in kept))],
            act=act,
        )


def refuse_day(subscription: Subscription, *, on: date, today: date) -> None:
    """Raise ImpossibleDay for a day to come, or before the service was in use."""
    if on > today:
        raise ImpossibleDay(_("A service ends today or on a day before; it cannot end later."))
    if subscription.activated_on is not None and on < subscription.activated_on:
        raise ImpossibleDay(_("The service was not in use yet on that day."))


def _final_bill(subscription: Subscription, end: Ending, *, act: Act) -> Invoice | None:
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
            customer=subscription.customer,
            lines=lines,
            kind=Invoice.Kind.FINAL,
            due_date=act.on,
            on=act.on,
            act=act,
        )
    elif end.last.parts:
        day_exceptions.note(
            subscription=subscription,
            kind=DayException.Kind.FREE,
            days=[(end.last.start, end.last.end)],
            act=act.because(""),
        )
    if end.last.parts:
        Schedule.objects.filter(subscription=subscription).update(billed_until=end.last.end)
    return invoice
