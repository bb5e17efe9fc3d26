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

from billing.models import PackageChange, Schedule
from billing.queries import billed_lines, service_terms, tariffs
from billing.queries.billed_lines import Held
from billing.queries.service_terms import Price
from billing.rules.charging import Charge
from billing.rules.giving_back import Back, give_back, nothing_back, without
from billing.rules.package_change import VERSION, Quote, charges_from, fingerprint
from billing.rules.periods import (
    Cycle,
    Period,
    is_billing_date,
    next_billing_date,
    period_containing,
)
from customers.models import Package, Subscription
from ispbill.core.errors import DomainError
from ispbill.core.models import Company
from ispbill.core.money import Taxed, split_evenly

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
        "from": _side(subscription.package, service_terms.own_price(subscription), subscription),
        "to": _side(package, price, None),
        "credits": [_credit_words(held, back) for held, back in backs],
        "charges": [_charge_words(line, is_old=is_old) for line, is_old in charges],
        "credit": _taxed(credit),
        "charge": _taxed(asked),
        "now": _taxed(asked - credit),
        "days": _daily([back for _held, back in backs], [line for line, old in charges if not old]),
        "next": _next(subscription, package, price, max(billed_until, starts), on),
        "basis": _basis(subscription, billed_until),
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
    lines = tariffs.stretch(
        likeness, start=start, end=end, issued_on=on, price=price.tariff, with_addons=False
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
        start=days.start, end=days.end, issued_on=issued, price=price.tariff,
    )  # fmt: skip
    return {
        "start": days.start.isoformat(),
        "end": days.end.isoformat(),
        "issued_on": issued.isoformat(),
        **_taxed(sum((line.charge.amount for line in lines), start=Taxed.nothing())),
    }


def _daily(backs: Sequence[Back], lines: Sequence[Charge]) -> list[list[str]]:
    """Return day, its share of the credit, its share of the charge; each sums to the net."""
    shares: dict[date, list[Decimal]] = {}
    for side, start, end, amount in [
        *((0, back.days.start, back.days.end, back.amount.net) for back in backs),
        *(
            (
                1,
                date.fromisoformat(line.explanation["start"]),
                date.fromisoformat(line.explanation["end"]),
                line.amount.net,
            )
            for line in lines
        ),
    ]:
        count = (end - start).days
        for offset, share in enumerate(split_evenly(amount, count)):
            day = shares.setdefault(start + timedelta(days=offset), [Decimal(0), Decimal(0)])
            day[side] += share
    return [[day.isoformat(), *(f"{one:.2f}" for one in shares[day])] for day in sorted(shares)]


def _side(package: Package, price: Price, service: Subscription | None) -> dict[str, Any]:
    source = service or package
    return {
        "package": package.pk,
        "name": package.name,
        "local_name": package.local_name,
        "price": f"{price.net:f}",
        "gross": None if price.gross is None else f"{price.gross:f}",
        "download_mbps": source.download_mbps,
        "upload_mbps": source.upload_mbps,
        "data_cap_gb": source.data_cap_gb,
    }


def _credit_words(held: Held, back: Back) -> dict[str, Any]:
    return {
        "line": held.line.pk,
        "invoice": held.line.invoice.number,
        "description": held.line.description,
        "start": back.days.start.isoformat(),
        "end": back.days.end.isoformat(),
        "rate": f"{back.rate:f}",
        "explanation": back.explanation,
        **_taxed(back.amount),
    }


def _charge_words(line: Charge, *, is_old: bool) -> dict[str, Any]:
    return {
        "is_old": is_old,
        "start": line.explanation["start"],
        "end": line.explanation["end"],
        "unit": f"{line.unit:f}",
        "discount": f"{line.discount:f}",
        "rate": f"{line.tax_rate:f}",
        "explanation": line.explanation,
        **_taxed(line.amount),
    }


def _basis(subscription: Subscription, billed_until: date) -> dict[str, Any]:
    """Return what the quote rests on beyond its own figures."""
    return {
        "service": subscription.pk,
        "status": subscription.status,
        "mode": subscription.mode,
        "cycle": subscription.cycle,
        "billing_day": subscription.billing_day,
        "billed_until": billed_until.isoformat(),
        "exempt": subscription.customer.is_tax_exempt,
        "branch": subscription.customer.branch_id,
        "proration": Company.current().proration,
    }


def _taxed(amount: Taxed) -> dict[str, str]:
    return {"net": f"{amount.net:.2f}", "tax": f"{amount.tax:.2f}", "total": f"{amount.gross:.2f}"}
