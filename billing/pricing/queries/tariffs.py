"""What a service costs on given days: price, discounts, add-ons and tax, as the run sees them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, Q

from billing.invoices.rules.charging import Charge, Reduction, Terms, charge
from billing.invoices.rules.periods import Cycle, first_full_start, is_billing_date
from billing.invoices.rules.proration import Piece, Policy, prorate
from billing.ledger.rules.chart import Chart
from billing.pricing.models import Discount, PriceStep
from customers.models import Subscription, SubscriptionAddon, TaxRate
from ispbill.core import statements
from ispbill.core.models import Company

_HAS = """
    SELECT EXISTS (SELECT FROM billing_pricestep
                   WHERE subscription_id = ANY(%(ids)s) AND applied_on IS NULL),
           EXISTS (SELECT FROM billing_discount WHERE subscription_id = ANY(%(ids)s)),
           EXISTS (SELECT FROM customers_subscriptionaddon WHERE subscription_id = ANY(%(ids)s)),
           EXISTS (SELECT FROM billing_packagechange
                   WHERE subscription_id = ANY(%(ids)s) AND status = 'APPROVED')
"""


@dataclass(frozen=True)
class Price:
    """What a whole period of a service costs; with its tax when `includes_tax`."""

    amount: Decimal
    includes_tax: bool


@dataclass(frozen=True)
class Priced:
    """The days `[start, end)` of a service (item 0) or of one of its add-ons, and their charge."""

    item: int
    kind: str
    account: int
    description: str
    start: date
    end: date
    charge: Charge


def tax_rate(tax_class_id: int | None, on: date) -> Decimal:
    """Return the rate in force on a company date, a fraction; without a class the company's own."""
    if tax_class_id is not None:
        rates = TaxRate.objects.filter(tax_class_id=tax_class_id, effective_from__lte=on)
        rate = rates.order_by("-effective_from").values_list("rate", flat=True).first()
        if rate is not None:
            return rate
    return Company.current().tax_rate


def price_of(subscription: Subscription, on: date, *, is_changing: bool = True) -> Price:
    """Return the price of a period that starts on a day: the service's own, or a coming step's.

    `is_changing` False says that no step waits (see `has`), and saves looking.
    """
    source: PriceStep | Subscription = subscription
    if is_changing:
        steps = PriceStep.objects.filter(
            subscription=subscription, from_on__lte=on, applied_on__isnull=True
        )
        source = steps.order_by("-from_on").first() or subscription
    if source.gross_amount is not None:
        return Price(source.gross_amount, includes_tax=True)
    return Price(source.price_amount, includes_tax=False)


@dataclass(frozen=True)
class Has:
    """Which of what changes a price some services have at all: most have nothing."""

    steps: bool
    discounts: bool
    addons: bool
    changes: bool
    """Approved changes of the package, not yet made."""


def has(subscription_ids: Sequence[int]) -> Has:
    """Look once for coming prices and packages, discounts and add-ons, not for the rows of each."""
    return Has(*statements.first(_HAS, {"ids": list(subscription_ids)}))


def reductions(subscription: Subscription, on: date) -> list[Reduction]:
    """Return the discounts in effect on a day, in the order they were granted."""
    rows = Discount.objects.filter(subscription=subscription, span__contains=on).order_by("pk")
    return [Reduction(row.label, row.rate, row.amount, row.is_stackable) for row in rows]


def stretch(
    subscription: Subscription,
    *,
    start: date,
    end: date,
    issued_on: date,
    price: Price | None = None,
    anchor: date | None = None,
    extra: Sequence[Reduction] = (),
    there: Has | None = None,
) -> list[Priced]:
    """Price the days `[start, end)` of a service and its add-ons, as the billing run would.

    `price` replaces the service's own (a quote). `anchor` is where a full period of a longer cycle
    begins, when neither end is such a day. `extra` are discounts not granted yet (a preview).
    `there` is what `has` found for this service, when it was asked before.
    Taxed at the rates of `issued_on`. Needs the subscription's customer and package.
    """
    if end <= start:
        return []
    there = there or has([] if subscription.pk is None else [subscription.pk])
    anchor = anchor or _anchor(start, end, subscription.billing_day)
    found = service_stretch(
        subscription,
        start=start,
        end=end,
        issued_on=issued_on,
        price=price,
        anchor=anchor,
        extra=extra,
        there=there,
    )
    for one in addons(subscription, start=start, end=end) if there.addons else ():
        found += addon_stretch(
            one,
            subscription,
            start=max(start, one.starts_on),
            end=min(end, one.ends_on or end),
            issued_on=issued_on,
            anchor=anchor,
        )
    return found


def service_stretch(
    subscription: Subscription,
    *,
    start: date,
    end: date,
    issued_on: date,
    price: Price | None = None,
    anchor: date | None = None,
    extra: Sequence[Reduction] = (),
    there: Has | None = None,
) -> list[Priced]:
    """Price the days `[start, end)` of a service without its add-ons (see `stretch`)."""
    if end <= start:
        return []
    there = there or has([] if subscription.pk is None else [subscription.pk])
    price = price or price_of(subscription, start, is_changing=there.steps)
    anchor = anchor or _anchor(start, end, subscription.billing_day)
    terms = Terms(
        tax_rate=tax_rate(subscription.package.tax_class_id, issued_on),
        includes_tax=price.includes_tax,
        is_exempt=subscription.customer.is_tax_exempt,
        months=_months(subscription),
    )
    name = local_name(subscription, subscription.package.name, subscription.package.local_name)
    known = [*(reductions(subscription, start) if there.discounts else ()), *extra]
    return [
        Priced(
            item=0,
            kind="RECURRING" if piece.explanation["whole"] else "PRORATA",
            account=_account(subscription, Chart.INTERNET_REVENUE),
            description=name,
            start=piece.start,
            end=piece.end,
            charge=charge(piece, terms=terms, reductions=known, since=start),
        )
        for piece in _pieces(subscription, start, end, price.amount, anchor)
    ]


def addons(subscription: Subscription, *, start: date, end: date) -> list[SubscriptionAddon]:
    """Return the add-ons of a service that have days in `[start, end)`."""
    rows = SubscriptionAddon.objects.filter(subscription=subscription, starts_on__lt=end)
    rows = rows.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=start) & Q(ends_on__gt=F("starts_on"))
    )
    return list(rows.select_related("addon").order_by("pk"))


def addon_stretch(
    one: SubscriptionAddon,
    subscription: Subscription,
    *,
    start: date,
    end: date,
    issued_on: date,
    anchor: date | None = None,
) -> list[Priced]:
    """Price the days `[start, end)` of one add-on, taxed at the rates of `issued_on`."""
    anchor = anchor or _anchor(start, end, subscription.billing_day)
    price = one.price_amount * one.quantity * _months(subscription)
    months = _months(subscription)
    terms = Terms(
        tax_rate=tax_rate(one.addon.tax_class_id, issued_on),
        is_exempt=subscription.customer.is_tax_exempt,
        months=months,
    )
    name = local_name(subscription, one.addon.name, one.addon.local_name)
    if one.quantity > 1:
        name += f" × {one.quantity}"
    return [
        Priced(
            item=one.pk,
            kind="ADDON",
            account=_account(subscription, Chart.ADDON_REVENUE),
            description=name,
            start=piece.start,
            end=piece.end,
            charge=charge(piece, terms=terms),
        )
        for piece in _pieces(subscription, start, end, price, anchor)
    ]


def local_name(subscription: Subscription, name: str, local: str) -> str:
    """Return a name as the customer reads it on a bill."""
    return local if subscription.customer.language == "bn" and local else name


def _pieces(
    subscription: Subscription, start: date, end: date, price: Decimal, anchor: date
) -> tuple[Piece, ...]:
    return prorate(
        start=start,
        end=end,
        billing_day=subscription.billing_day,
        price=price,
        cycle=Cycle(subscription.cycle.lower()),
        policy=Policy(Company.current().proration.lower()),
        anchor_start=anchor,
    ).pieces


def _anchor(start: date, end: date, day: int) -> date:
    if is_billing_date(start, day):
        return start
    return end if is_billing_date(end, day) else first_full_start(start, day)


def _months(subscription: Subscription) -> int:
    return Cycle(subscription.cycle.lower()).months


def _account(subscription: Subscription, income: Chart) -> int:
    defers = Company.current().defers_revenue and _months(subscription) > 1
    return int(Chart.DEFERRED_REVENUE if defers else income)
