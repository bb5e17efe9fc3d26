"""What leaving costs by the contract that was signed for a service. Reads only."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from billing.changes.rules import exit_fee
from billing.changes.rules.exit_fee import FREE, Cause, FeeKind
from billing.invoices.rules.periods import Cycle
from billing.pricing.models import ContractTerms, PriceStep
from billing.pricing.queries import tariffs
from billing.pricing.queries.tariffs import Price
from customers.models import Subscription
from ispbill.core.errors import DomainError
from ispbill.core.models import Company
from ispbill.core.money import ZERO


class TooLateToCoolOff(DomainError):
    """The days in which a contract signed at a distance may be taken back are over."""


def net(
    subscription: Subscription, terms: ContractTerms, *, on: date, today: date, cause: Cause
) -> tuple[Decimal, dict[str, Any]] | None:
    """Return the fee without tax and how it came about; None where leaving is free.

    Raises TooLateToCoolOff.
    """
    if cause == Cause.COOLING_OFF and not _is_cooling_off(terms, today):
        raise TooLateToCoolOff(_("The days in which this contract may be taken back are over."))
    until = terms.minimum_until
    if until is None or cause in FREE or _is_free(subscription, terms, on=on, today=today):
        return None
    signed = exit_fee.Terms(
        kind=FeeKind(terms.fee),
        minimum_from=terms.minimum_from,
        minimum_until=until,
        amount=terms.fee_amount,
        rate=terms.fee_rate,
        cap_months=terms.cap_months,
        monthly_price=terms.price_amount / Cycle(subscription.cycle.lower()).months,
        cap_amount=terms.cap_amount,
    )
    if not exit_fee.is_early(signed, on):
        return None
    price = _signed(terms)
    remaining, stretches = days_left(subscription, on=on, until=until, today=today, price=price)
    staying, _formulas = days_left(subscription, on=on, until=until, today=today)
    found = exit_fee.reckon(signed, on=on, remaining=remaining, staying=staying)
    return found.net, {
        "rule": terms.fee,
        "contract": terms.contract_number,
        "contract_ends_on": until.isoformat(),
        "stretches": stretches if terms.fee == FeeKind.REMAINING else [],
        "bound": found.bound,
        "before_bounds": f"{found.raw:f}",
    }


def days_left(
    subscription: Subscription, *, on: date, until: date, today: date, price: Price | None = None
) -> tuple[Decimal, list[str]]:
    """Price the days from the service's end to its contract's, less those that stay billed."""
    start = on
    if not Company.current().credits_on_termination:
        schedule = getattr(subscription, "schedule", None)
        if schedule is not None and schedule.billed_until is not None:
            start = max(on, schedule.billed_until)
    priced = tariffs.service_stretch(
        subscription, start=start, end=until, issued_on=today, price=price
    )
    amount = sum((part.charge.amount.net for part in priced), start=ZERO)
    return amount, [part.charge.explanation["formula"] for part in priced]


def _signed(terms: ContractTerms) -> Price:
    if terms.gross_amount is not None:
        return Price(terms.gross_amount, includes_tax=True)
    return Price(terms.price_amount, includes_tax=False)


def _is_cooling_off(terms: ContractTerms, today: date) -> bool:
    return terms.cooling_off_until is not None and today < terms.cooling_off_until


def _is_free(subscription: Subscription, terms: ContractTerms, *, on: date, today: date) -> bool:
    """Tell whether leaving is free: cooling off, or a dearer price is told of and not yet due."""
    if _is_cooling_off(terms, today):
        return True
    return PriceStep.objects.filter(
        subscription=subscription,
        applied_on__isnull=True,
        from_on__gte=on,
        price_amount__gt=subscription.price_amount,
    ).exists()
