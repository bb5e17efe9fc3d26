"""What a service will be billed next, or last: worked out as the billing run does; reads only."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from billing.models import Schedule
from billing.rules.periods import Cycle, is_billing_date, next_billing_date, period_containing
from billing.rules.proration import Policy, prorate
from billing.rules.tax import document_total, tax_line
from customers.models import Subscription, Suspension
from ispbill.core.models import Company
from ispbill.core.money import Taxed


@dataclass(frozen=True)
class Part:
    """Days `[start, end)` of a service and what they cost."""

    start: date
    end: date
    amount: Taxed
    tax_rate: Decimal
    explanation: dict[str, Any]
    is_whole: bool


@dataclass(frozen=True)
class Outlook:
    """The days a bill would cover, in parts; empty when there is nothing to bill."""

    start: date
    end: date
    parts: list[Part] = field(default_factory=list)

    @property
    def total(self) -> Taxed:
        return document_total(part.amount for part in self.parts)


def next_bill(subscription: Subscription, *, start: date) -> Outlook:
    """Return the bill of the first period from `start`: to the next billing date, or a whole one.

    Needs the subscription's customer.
    """
    day, cycle = subscription.billing_day, Cycle(subscription.cycle.lower())
    if is_billing_date(start, day):
        end = period_containing(start, day, cycle, start).end
    else:
        end = next_billing_date(start, day)
    return stretch(subscription, start=start, end=end)


def stretch(subscription: Subscription, *, start: date, end: date) -> Outlook:
    """Return what the days `[start, end)` cost. Needs the subscription's customer."""
    if end <= start:
        return Outlook(start, end)
    company, day = Company.current(), subscription.billing_day
    rate = Decimal(0) if subscription.customer.is_tax_exempt else company.tax_rate
    priced = prorate(
        start=start,
        end=end,
        billing_day=day,
        price=subscription.price_amount,
        cycle=Cycle(subscription.cycle.lower()),
        policy=Policy(company.proration.lower()),
        anchor_start=start if is_billing_date(start, day) else next_billing_date(start, day),
    )
    parts = [
        Part(
            start=piece.start,
            end=piece.end,
            amount=tax_line(piece.amount, rate),
            tax_rate=rate,
            explanation=piece.explanation,
            is_whole=bool(piece.explanation["whole"]),
        )
        for piece in priced.pieces
    ]
    return Outlook(start, end, parts)


def after_reactivation(subscription: Subscription, *, on: date) -> Outlook | None:
    """Return the next bill of a suspended service that is back in use from company date `on`."""
    billed_until = _billed_until(subscription)
    if billed_until is None or subscription.mode != Subscription.Mode.POSTPAID:
        return None
    running = running_suspension(subscription)
    if running is not None and not running.is_billed and running.span.lower <= billed_until:
        billed_until = max(billed_until, on)
    return next_bill(subscription, start=billed_until)


def last_days(subscription: Subscription, *, on: date) -> Outlook:
    """Return what is not billed yet of a service whose first day without it is `on`.

    Days suspended without billing are left out; prepaid services have nothing to bill.
    """
    billed_until = _billed_until(subscription)
    if billed_until is None or subscription.mode != Subscription.Mode.POSTPAID:
        return Outlook(on, on)
    if subscription.status == Subscription.Status.PENDING:
        return Outlook(on, on)
    running = running_suspension(subscription)
    end = on
    if running is not None and not running.is_billed:
        end = min(on, running.span.lower)
    return stretch(subscription, start=billed_until, end=end)


def running_suspension(subscription: Subscription) -> Suspension | None:
    """Return the suspension a service is in."""
    return Suspension.objects.filter(subscription=subscription, ended_at__isnull=True).first()


def run_date(start: date) -> date:
    """Return the company date on which a run bills a period that begins on `start`."""
    return start - timedelta(days=Company.current().invoice_lead_days)


def _billed_until(subscription: Subscription) -> date | None:
    schedule = Schedule.objects.filter(subscription=subscription).first()
    return schedule.billed_until if schedule else None
