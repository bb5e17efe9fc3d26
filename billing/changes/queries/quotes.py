"""Quotes for another package: worked out to the cent and day by day; nothing is written.

A quote is plain JSON and complete: what it rests on is in it, so its hash changes when anything
does. Made again for the same day from the same facts it is the same, letter for letter.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from billing.changes.queries import quote_sheet
from billing.changes.rules.package_change import VERSION, Quote, charges_from, fingerprint
from billing.invoices.models import Schedule
from billing.invoices.queries import billed_lines
from billing.invoices.queries.billed_lines import Held
from billing.invoices.rules.charging import Charge
from billing.invoices.rules.giving_back import Back, give_back, nothing_back, without
from billing.invoices.rules.periods import (
    Cycle,
    Period,
    is_billing_date,
    next_billing_date,
    period_containing,
)
from billing.pricing.models import ContractTerms, PackageChange
from billing.pricing.queries import service_terms, tariffs
from billing.pricing.queries.service_terms import Price
from customers.models import Package, Subscription
from ispbill.core import formats
from ispbill.core.errors import DomainError
from ispbill.core.models import Company
from ispbill.core.money import Taxed

NOW, PERIOD_END = PackageChange.Effective.NOW, PackageChange.Effective.PERIOD_END


class NotChangeable(DomainError):
    """This service cannot be given this package now."""


class NoPrice(DomainError):
    """The package has no price for this billing cycle on this day."""


@dataclass(frozen=True)
class Made:
    """A quote with the objects it was made of, for whoever carries it out."""

    quote: Quote
    fingerprint: str
    effective_on: date
    price: Price
    backs: list[tuple[Held, Back]] = field(default_factory=list)
    charges: list[tuple[Charge, bool]] = field(default_factory=list)  # is_old: days still unbilled

    @property
    def total(self) -> Decimal:
        """What there is to pay now with tax; less than nothing when money is given back."""
        return Decimal(self.quote["now"]["total"])


def make(*, subscription: Subscription, package: Package, effective: str, on: date) -> Made:
    """Quote another package from the company date `on`, or from the next period on.

    Needs the subscription's customer and package. Raises NotChangeable, NoPrice.
    """
    schedule = Schedule.objects.filter(subscription=subscription).first()
    billed_until = schedule.billed_until if schedule else None
    _refuse_unfit(subscription, package, effective, billed_until)
    if billed_until is None:
        raise NotChangeable(_("This service has not been billed yet."))
    starts = on if effective == NOW else next_free_period(subscription, billed_until, on)
    price = _price(subscription, package, Cycle(subscription.cycle.lower()), starts)
    _refuse_cheaper(subscription, price, starts)
    backs = _backs(subscription, starts) if effective == NOW else []
    charges = _behind(subscription, billed_until, starts, on) if effective == NOW else []
    if effective == NOW:
        charges += [(line, False) for line in _anew(subscription, package, backs, starts, on)]
        charges += [
            (line, False)
            for line in _never_charged(
                subscription, package, price, backs, starts, billed_until, on
            )
        ]
    credit = sum((back.amount for _held, back in backs), start=Taxed.nothing())
    asked = sum((line.amount for line, _is_old in charges), start=Taxed.nothing())
    quote: Quote = {
        "version": VERSION,
        "effective": effective,
        "on": on.isoformat(),
        "starts": starts.isoformat(),
        "currency": Company.current().currency,
        "from": quote_sheet.side(
            subscription.package, service_terms.own_price(subscription), subscription
        ),
        "to": quote_sheet.side(package, price, None),
        "credits": [quote_sheet.credit(held, back) for held, back in backs],
        "charges": [quote_sheet.charge(line, is_old=is_old) for line, is_old in charges],
        "credit": quote_sheet.sums(credit),
        "charge": quote_sheet.sums(asked),
        "now": quote_sheet.sums(asked - credit),
        "days": quote_sheet.daily(
            [back for _held, back in backs], [line for line, old in charges if not old]
        ),
        "next": _next(subscription, package, price, max(billed_until, starts), on),
        "basis": quote_sheet.basis(subscription, billed_until),
    }
    return Made(quote, fingerprint(quote), starts, price, backs, charges)


def _refuse_unfit(
    subscription: Subscription, package: Package, effective: str, billed_until: date | None
) -> None:
    status = subscription.Status
    if subscription.status == status.PENDING:
        raise NotChangeable(_("This service is not in use yet; choose its package when adding it."))
    if subscription.status == status.SUSPENDED:
        raise NotChangeable(_("This service is suspended. Reactivate it first."))
    if subscription.status == status.CANCELLED:
        raise NotChangeable(_("This service has been cancelled."))
    if package.pk == subscription.package_id:
        raise NotChangeable(_("The service has this package already."))
    if package.archived_at is not None:
        raise NotChangeable(_("%(package)s is no longer sold.") % {"package": package.name})
    if subscription.mode == subscription.Mode.PREPAID and effective == NOW:
        raise NotChangeable(_("A prepaid service changes its package with its next renewal."))


def _refuse_cheaper(subscription: Subscription, price: Price, on: date) -> None:
    """Raise NotChangeable where the contract allows nothing cheaper in its minimum term."""
    signed = ContractTerms.objects.filter(
        subscription=subscription,
        ended_on__isnull=True,
        refuses_downgrade=True,
        minimum_until__gt=on,
    ).first()
    if signed is None or signed.minimum_until is None:
        return
    if price.net < service_terms.own_price(subscription).net:
        raise NotChangeable(
            _("%(contract)s allows nothing cheaper before %(day)s.")
            % {"contract": signed.contract_number, "day": formats.day(signed.minimum_until)}
        )


def _price(subscription: Subscription, package: Package, cycle: Cycle, on: date) -> Price:
    found = service_terms.list_price(
        customer=subscription.customer, package=package, cycle=cycle, on=on
    )
    if found is None:
        raise NoPrice(
            _("%(package)s has no price for this billing cycle.") % {"package": package.name}
        )
    return found


def _backs(subscription: Subscription, starts: date) -> list[tuple[Held, Back]]:
    policy = service_terms.policy()
    found = []
    for held in billed_lines.holding([subscription.pk], start=starts):
        back = give_back(held.charged, held.days, policy)
        found.append((held, back or nothing_back(held.charged, held.days)))
    return found


def _behind(
    subscription: Subscription, billed_until: date, starts: date, on: date
) -> list[tuple[Charge, bool]]:
    """Price the days before the change that no bill has reached yet, at the old price."""
    if billed_until >= starts:
        return []
    price = service_terms.own_price(subscription)
    return [
        (line, True)
        for line in priced(subscription, subscription.package, price, billed_until, starts, on)
    ]


def _anew(
    subscription: Subscription,
    package: Package,
    backs: Sequence[tuple[Held, Back]],
    starts: date,
    on: date,
) -> list[Charge]:
    """Price the days that are given back for the new package, span by span."""
    policy = service_terms.policy()
    found: list[Charge] = []
    for held, _back in backs:
        period = held.charged.period
        cycle = Cycle.of(period)
        price = _price(subscription, package, cycle, starts)
        found += charges_from(
            span=held.charged.span,
            period=period,
            on=held.days.start,
            price=price.amount,
            terms=service_terms.terms(
                customer=subscription.customer, package=package, price=price, cycle=cycle, on=on
            ),
            reductions=tariffs.reductions(subscription, held.charged.span.start),
            policy=policy,
        )
    return found


def _never_charged(
    subscription: Subscription,
    package: Package,
    price: Price,
    backs: Sequence[tuple[Held, Back]],
    starts: date,
    billed_until: date,
    on: date,
) -> list[Charge]:
    """Price the days a free package was moved past without a bill."""
    if billed_until <= starts or service_terms.own_price(subscription).amount > 0:
        return []
    gaps = without(Period(starts, billed_until), [held.days for held, _back in backs])
    return [
        line
        for gap in gaps
        for line in priced(subscription, package, price, gap.start, gap.end, on)
    ]


def priced(
    subscription: Subscription, package: Package, price: Price, start: date, end: date, on: date
) -> list[Charge]:
    """Price the days `[start, end)` of a package as the billing run would, issued on `on`."""
    likeness = service_terms.as_if(subscription, package, price)
    lines = tariffs.service_stretch(
        likeness, start=start, end=end, issued_on=on, price=price.tariff
    )
    return [line.charge for line in lines]


def next_free_period(subscription: Subscription, billed_until: date, on: date) -> date:
    """Return the first day of the first period that is neither billed nor begun on `on`."""
    start = billed_until
    while start < on:
        start = next_period(subscription, start).end
    return start


def next_period(subscription: Subscription, start: date) -> Period:
    """Return the days of the first bill from `start` on: to the billing date, or a whole period."""
    day, cycle = subscription.billing_day, Cycle(subscription.cycle.lower())
    if is_billing_date(start, day):
        return Period(start, period_containing(start, day, cycle, start).end)
    return Period(start, next_billing_date(start, day))


def _next(
    subscription: Subscription, package: Package, price: Price, start: date, on: date
) -> dict[str, Any]:
    """Say what the next bill of the service will be, add-ons and discounts included."""
    days = next_period(subscription, start)
    issued = max(days.start - timedelta(days=Company.current().invoice_lead_days), on)
    lines = tariffs.stretch(
        service_terms.as_if(subscription, package, price),
        start=days.start,
        end=days.end,
        issued_on=issued,
        price=price.tariff,
    )
    return {
        "start": days.start.isoformat(),
        "end": days.end.isoformat(),
        "issued_on": issued.isoformat(),
        **quote_sheet.sums(sum((line.charge.amount for line in lines), start=Taxed.nothing())),
    }
