"""Mend days of a service that are not accounted for: bill them, credit them, or leave them.

What is wrong with which days is found by `ispbill.reports.queries.coverage`; here each is put right
by documents, as everything is: an invoice for days never billed, a credit note for days billed
wrongly, a decision with its reason for days that shall stay unbilled.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise

from django.db import transaction
from django.utils.translation import gettext as _
from psycopg.types.range import DateRange

from billing.changes.services import activation, changing
from billing.invoices.models import Invoice, InvoiceLine
from billing.invoices.queries import billed_lines
from billing.invoices.rules.giving_back import give_back, nothing_back, without
from billing.invoices.rules.periods import Period, next_billing_date
from billing.invoices.services import invoicing, notices
from billing.ledger.services import account_states
from billing.pricing.models import DayException, PackageChange, PriceStep
from billing.pricing.queries import service_terms, tariffs
from billing.pricing.queries.service_terms import Price
from billing.pricing.queries.tariffs import Priced
from billing.pricing.services import day_exceptions
from billing.receivables.services import spending
from customers.models import Subscription, SubscriptionAddon, Suspension
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.money import ZERO


class NothingToMend(DomainError):
    """These days are accounted for meanwhile."""


@transaction.atomic
def bill_days(*, subscription: Subscription, item: int, days: Period, act: Act) -> Invoice | None:
    """Bill days of a service (item 0) or of one of its add-ons that no line holds.

    At the price, discounts and package in force on them, taxed at the rates of today (`on`); due
    today. Days that come to nothing are noted as free: None. Raises NothingToMend, ReasonMissing.
    """
    act = trail.begin_with_reason(act=act)
    service = account_states.lock_service(subscription)
    return _bill(service, item, days, act=act)


@transaction.atomic
def credit_days(
    *, line: InvoiceLine, days: Period, act: Act, is_billed_anew: bool = False
) -> Invoice | None:
    """Give back the days of a line from the first of `days` on, and let go of them.

    `is_billed_anew` bills them again as they should have been, in the same transaction. Raises
    NothingToMend, ReasonMissing.
    """
    act = trail.begin_with_reason(act=act)
    if line.subscription is None:
        raise NothingToMend(_("This line is not for days of a service."))
    service = account_states.lock_service(line.subscription)
    held = billed_lines.holding([service.pk], start=days.start, end=days.end, item=line.item)
    backs = [
        (one, give_back(one.charged, one.days, service_terms.policy()))
        for one in held
        if one.line.pk == line.pk
    ]
    found = [(one, back or nothing_back(one.charged, one.days)) for one, back in backs]
    if not found:
        raise NothingToMend(_("These days are given back already."))
    changing.give_back(found, on=act.on, act=act, cause={}, is_told=True)
    changing.let_go(found)
    if not is_billed_anew:
        return None
    return _bill(service, line.item, days, act=act)


@transaction.atomic
def leave_days(*, subscription: Subscription, days: Period, act: Act) -> None:
    """Decide that days of a service stay unbilled. Raises NothingToMend, ReasonMissing."""
    act = trail.begin_with_reason(act=act)
    service = account_states.lock_service(subscription)
    gaps = _open(service, 0, days)
    if not gaps:
        raise NothingToMend(_("These days are billed already, or left out."))
    day_exceptions.note(
        subscription=service,
        kind=DayException.Kind.SKIPPED,
        days=[(gap.start, gap.end) for gap in gaps],
        act=act,
    )
    _record(service, "service.days_left_unbilled", days, act=act)


def _bill(service: Subscription, item: int, days: Period, *, act: Act) -> Invoice | None:
    gaps = _open(service, item, days)
    if not gaps:
        raise NothingToMend(_("These days are billed already, or left out."))
    parts = [part for gap in gaps for part in _cut(service, gap)]
    priced = [one for part in parts for one in _priced(service, item, part, act.on)]
    lines = [activation.line_of(one, service) for one in priced]
    _record(service, "service.days_billed", days, act=act)
    if sum((line.amount.gross for line in lines), start=ZERO) <= 0:
        day_exceptions.note(
            subscription=service,
            kind=DayException.Kind.FREE,
            days=[(gap.start, gap.end) for gap in gaps],
            act=act.because(""),
        )
        return None
    invoice = invoicing.issue(
        customer=service.customer,
        lines=lines,
        kind=Invoice.Kind.ADJUSTMENT,
        due_date=act.on,
        on=act.on,
        act=act,
    )
    spending.spend(customer_id=invoice.customer_id, act=act.because(""))
    notices.invoice_issued(invoice_id=invoice.pk, at=act.at)
    return invoice


def _open(service: Subscription, item: int, days: Period) -> list[Period]:
    """Return what of the days is neither billed nor switched off, left out or free."""
    held = billed_lines.holding([service.pk], start=days.start, end=days.end, item=item)
    wanted = DateRange(days.start, days.end)
    off = [
        *Suspension.objects.filter(
            subscription=service, is_billed=False, span__overlap=wanted, span__isempty=False
        ).values_list("span", flat=True),
        *DayException.objects.filter(subscription=service, span__overlap=wanted)
        .exclude(kind=DayException.Kind.KEPT)
        .values_list("span", flat=True),
    ]
    taken = [Period(span.lower, span.upper or days.end) for span in off if span.lower < days.end]
    return without(days, [*(one.days for one in held), *taken])


def _cut(service: Subscription, gap: Period) -> list[Period]:
    """Cut days where a period begins or another price takes hold: each part is priced alone."""
    cuts = {gap.start, gap.end}
    on = gap.start
    while (on := next_billing_date(on, service.billing_day)) < gap.end:
        cuts.add(on)
    within = {"subscription": service}
    cuts |= set(
        PackageChange.objects.filter(**within, status=PackageChange.Status.APPLIED).values_list(
            "effective_on", flat=True
        )
    )
    cuts |= set(PriceStep.objects.filter(**within).values_list("from_on", flat=True))
    bounds = sorted(day for day in cuts if gap.start <= day <= gap.end)
    return [Period(start, end) for start, end in pairwise(bounds)]


def _priced(service: Subscription, item: int, part: Period, on: date) -> Sequence[Priced]:
    if item:
        addon = SubscriptionAddon.objects.select_related("addon").get(pk=item, subscription=service)
        return tariffs.addon_stretch(addon, service, start=part.start, end=part.end, issued_on=on)
    likeness = as_on(service, part.start)
    price = service_terms.own_price(likeness).tariff
    return tariffs.service_stretch(
        likeness, start=part.start, end=part.end, issued_on=on, price=price
    )


def as_on(service: Subscription, day: date) -> Subscription:
    """Return a likeness of a service with the package and price in force on a company date.

    By the changes and steps of its price up to that day; before the first of them, by what a bill
    of the day said (a void one too), or else the quote of the first change.
    """
    changes = list(
        PackageChange.objects.filter(
            subscription=service,
            status__in=[PackageChange.Status.APPLIED, PackageChange.Status.APPROVED],
        )
        .select_related("package_from", "package_to")
        .order_by("effective_on", "pk")
    )
    before = [one for one in changes if one.effective_on <= day]
    package = service.package
    if changes:
        package = before[-1].package_to if before else changes[0].package_from
    steps = PriceStep.objects.filter(subscription=service)
    step = steps.filter(from_on__lte=day).order_by("-from_on").first()
    if step is not None and (not before or step.from_on > before[-1].effective_on):
        return service_terms.as_if(service, package, Price(step.price_amount, step.gross_amount))
    if before:
        last = before[-1]
        return service_terms.as_if(service, package, Price(last.price_amount, last.gross_amount))
    if not changes and not steps.exists():
        return service
    return service_terms.as_if(service, package, _price_before(service, changes, day))


def _price_before(service: Subscription, changes: list[PackageChange], day: date) -> Price:
    """Return the price before the first change or step of it."""
    lines = InvoiceLine.objects.filter(
        subscription=service, item=0, span__contains=day, explanation__has_key="price"
    )
    line = lines.order_by("-pk").first()
    if line is not None:
        amount = Decimal(line.explanation["price"])
        return Price(amount, amount if "tax_included" in line.explanation else None)
    if changes:
        side = changes[0].quote["from"]
        gross = None if side["gross"] is None else Decimal(side["gross"])
        return Price(Decimal(side["price"]), gross)
    return service_terms.own_price(service)


def _record(service: Subscription, action: str, days: Period, *, act: Act) -> None:
    events.record(
        act=act,
        action=action,
        target=service,
        branch_id=service.customer.branch_id,
        after={"from": days.start, "until": days.end},
    )
