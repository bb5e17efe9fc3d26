"""What a service will be billed next, or last: worked out as the billing run does; reads only."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from psycopg.types.range import DateRange

from billing.invoices.models import Schedule
from billing.invoices.rules.charging import Reduction
from billing.invoices.rules.periods import (
    Cycle,
    is_billing_date,
    next_billing_date,
    period_containing,
)
from billing.ledger.rules.tax import document_total
from billing.pricing.queries import service_terms, tariffs
from billing.pricing.queries.tariffs import Has, Priced
from customers.models import Subscription, Suspension
from ispbill.core.models import Company
from ispbill.core.money import Taxed


@dataclass(frozen=True)
class Part:
    """Days `[start, end)` of a service or of its add-on, and what they cost."""

    priced: Priced

    @property
    def start(self) -> date:
        return self.priced.start

    @property
    def end(self) -> date:
        return self.priced.end

    @property
    def description(self) -> str:
        return self.priced.description

    @property
    def amount(self) -> Taxed:
        return self.priced.charge.amount

    @property
    def tax_rate(self) -> Decimal:
        return self.priced.charge.tax_rate

    @property
    def explanation(self) -> dict[str, Any]:
        return self.priced.charge.explanation


@dataclass(frozen=True)
class Outlook:
    """The days a bill would cover, in parts; empty when there is nothing to bill."""

    start: date
    end: date
    parts: list[Part] = field(default_factory=list)

    @property
    def total(self) -> Taxed:
        return document_total(part.amount for part in self.parts)


def next_bill(
    subscription: Subscription, *, start: date, extra: Sequence[Reduction] = ()
) -> Outlook:
    """Return the bill of the first period from `start`: to the next billing date, or a whole one.

    `extra` are discounts not granted yet. Needs the subscription's customer and package.
    """
    day, cycle = subscription.billing_day, Cycle(subscription.cycle.lower())
    if is_billing_date(start, day):
        end = period_containing(start, day, cycle, start).end
    else:
        end = next_billing_date(start, day)
    there = tariffs.has([] if subscription.pk is None else [subscription.pk])
    billed = service_terms.on_day(subscription, start) if there.changes else subscription
    return stretch(billed, start=start, end=end, extra=extra, there=there)


def stretch(
    subscription: Subscription,
    *,
    start: date,
    end: date,
    extra: Sequence[Reduction] = (),
    there: Has | None = None,
) -> Outlook:
    """Return what the days `[start, end)` cost, with add-ons, discounts and today's tax rates.

    Needs the subscription's customer and package. Taxed as if billed on the day of the run.
    `there` is what `tariffs.has` found for the service, when it was asked before.
    """
    priced = tariffs.stretch(
        subscription, start=start, end=end, issued_on=run_date(start), extra=extra, there=there
    )
    return Outlook(start, end, [Part(one) for one in priced])


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


def suspended_since(subscription: Subscription, day: date) -> Suspension | None:
    """Return the latest suspension that took a day from company date `day` on; None: none did."""
    taken = Suspension.objects.filter(
        subscription=subscription, span__overlap=DateRange(day, None), span__isempty=False
    )
    return taken.order_by("-span").first()


def run_date(start: date) -> date:
    """Return the company date on which a run bills a period that begins on `start`."""
    return start - timedelta(days=Company.current().invoice_lead_days)


def _billed_until(subscription: Subscription) -> date | None:
    schedule = Schedule.objects.filter(subscription=subscription).first()
    return schedule.billed_until if schedule else None
