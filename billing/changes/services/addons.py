"""Sell an add-on with a service, change how many, and end it, with the money that follows.

Days the service is billed for already are billed (or given back) at once; all later ones come
with the service's own bills.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from psycopg.types.range import DateRange

from billing.changes.services import activation
from billing.invoices.models import CreditNote, Invoice, InvoiceLine
from billing.invoices.queries import billed_lines, positions
from billing.invoices.rules import credit_words
from billing.invoices.rules.credit_words import Cause
from billing.invoices.rules.giving_back import give_back_from
from billing.invoices.services import invoicing, notices
from billing.ledger.services import account_states
from billing.pricing.queries import service_terms, tariffs
from billing.pricing.queries.tariffs import Priced
from billing.receivables.services import crediting, spending
from billing.receivables.services.crediting import Given, NothingToCredit
from customers.models import Addon, Subscription, SubscriptionAddon
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.money import ZERO

LONGEST_BACK_DAYS = 31
LONGEST_AHEAD_DAYS = 366


class AddonRefused(DomainError):
    """The add-on is not sold, or not with this service on this day."""


class AddonOver(DomainError):
    """The add-on of this service has ended already."""


@dataclass(frozen=True)
class Sold:
    """An add-on as sold, and the bill of the days the service was billed for already."""

    row: SubscriptionAddon
    invoice: Invoice | None = None


@dataclass(frozen=True)
class Ended:
    """An add-on as ended, and the notes that give back its billed days."""

    row: SubscriptionAddon
    notes: list[CreditNote] = field(default_factory=list)


@dataclass(frozen=True)
class Unused:
    """Days of an add-on that are billed and will not be used: `net` is given back for them."""

    line: InvoiceLine
    days: tuple[date, date]
    kept: tuple[date, date] | None
    net: Decimal
    explanation: dict[str, Any]


def quote(
    *, subscription: Subscription, addon: Addon, quantity: int, starts_on: date, on: date
) -> list[Priced]:
    """Return what would be billed at once: the days up to where the service is billed."""
    row = _new(subscription, addon, quantity, starts_on, addon.price_amount)
    return _billed_now(row, subscription, on=on)


@transaction.atomic
def attach(
    *, subscription: Subscription, addon: Addon, quantity: int, starts_on: date, act: Act
) -> Sold:
    """Sell an add-on with a service from a company date, at today's price, frozen from then on.

    `on` is today. Raises AddonRefused, ReasonMissing.
    """
    act = trail.begin_with_reason(act=act)
    subscription = account_states.lock_service(subscription)
    _refuse_unfit(subscription, addon, quantity, starts_on, on=act.on)
    return _sell(subscription, addon, quantity, addon.price_amount, starts_on, act=act)


@transaction.atomic
def end(*, row: SubscriptionAddon, is_now: bool, act: Act) -> Ended:
    """End an add-on where its billed days end, or (`is_now`) on the company date `on`.

    Ended now, the billed days from `on` are given back by a credit note. Raises AddonOver,
    ReasonMissing.
    """
    act = trail.begin_with_reason(act=act)
    subscription = account_states.lock_service(row.subscription)
    row = _living(row)
    return _end(row, subscription, last_day(row, subscription, is_now=is_now, on=act.on), act=act)


@transaction.atomic
def change_quantity(
    *, row: SubscriptionAddon, quantity: int, is_now: bool, act: Act
) -> tuple[Ended, Sold]:
    """End an add-on and sell it in another quantity from that day, at the price it was sold for.

    Raises AddonOver, AddonRefused, ReasonMissing.
    """
    act = trail.begin_with_reason(act=act)
    subscription = account_states.lock_service(row.subscription)
    row = _living(row)
    if quantity < 1 or quantity == row.quantity:
        raise AddonRefused(_("Choose another number, at least one."))
    day = last_day(row, subscription, is_now=is_now, on=act.on)
    ended = _end(row, subscription, day, act=act)
    sold = _sell(subscription, row.addon, quantity, row.price_amount, day, act=act)
    return ended, sold


def last_day(row: SubscriptionAddon, subscription: Subscription, *, is_now: bool, on: date) -> date:
    """Return the first day without the add-on when it is ended now, or where its bills end."""
    return max(on if is_now else positions.next_unbilled(subscription, on=on), row.starts_on)


def unused(row: SubscriptionAddon, subscription: Subscription, *, start: date) -> list[Unused]:
    """Return the billed days of an add-on from a day on, and what is given back for them."""
    lines = billed_lines.holding([subscription.pk], start=start, item=row.pk)
    found, policy = [], service_terms.policy()
    for held in lines:
        back = give_back_from(held.charged, held.days.start, policy)
        own = billed_lines.held_days(held.line)
        kept = (own.start, held.days.start) if own and own.start < held.days.start else None
        found.append(
            Unused(
                held.line,
                (held.days.start, held.days.end),
                kept,
                back.amount.net if back else ZERO,
                back.explanation if back else {},
            )
        )
    return found


def _sell(
    subscription: Subscription,
    addon: Addon,
    quantity: int,
    price: Decimal,
    starts_on: date,
    *,
    act: Act,
) -> Sold:
    row = _new(subscription, addon, quantity, starts_on, price)
    row.reason, row.created_at = act.reason, act.at
    row.save()
    lines = [
        activation.line_of(one, subscription) for one in _billed_now(row, subscription, on=act.on)
    ]
    _record(
        row,
        subscription,
        "addon.attached",
        act=act,
        after={"addon": addon.name, "quantity": quantity, "price_amount": price, "from": starts_on},
    )
    if sum((line.amount.gross for line in lines), start=ZERO) <= 0:
        return Sold(row)
    invoice = invoicing.issue(
        customer=subscription.customer,
        lines=lines,
        kind=Invoice.Kind.ONE_OFF,
        due_date=act.on,
        on=act.on,
        act=act,
    )
    spending.spend(customer_id=invoice.customer_id, act=act.because(""))
    notices.invoice_issued(invoice_id=invoice.pk, at=act.at)
    return Sold(row, invoice)


def _end(row: SubscriptionAddon, subscription: Subscription, day: date, *, act: Act) -> Ended:
    given = unused(row, subscription, start=day)
    row.ends_on = day
    row.save(update_fields=["ends_on"])
    addon = row.addon
    cause = credit_words.addon_ended(name=addon.name, local_name=addon.local_name, on=day)
    notes = _credit(given, cause, act=act)
    for one in given:
        span = DateRange(*one.kept) if one.kept else DateRange(empty=True)
        InvoiceLine.objects.filter(pk=one.line.pk).update(held_span=span)
    _record(row, subscription, "addon.ended", act=act, after={"ends_on": day})
    return Ended(row, notes)


def _credit(given: Sequence[Unused], cause: Cause, *, act: Act) -> list[CreditNote]:
    by_invoice: dict[int, list[Unused]] = {}
    for one in given:
        if one.net > 0:
            by_invoice.setdefault(one.line.invoice_id, []).append(one)
    notes = []
    for _invoice, parts in sorted(by_invoice.items()):
        try:
            notes.append(
                crediting.credit(
                    invoice=parts[0].line.invoice,
                    given=[
                        Given(
                            line=one.line, net=one.net, days=one.days, explanation=one.explanation
                        )
                        for one in parts
                    ],
                    on=act.on,
                    act=act,
                    cause=cause,
                )
            )
        except NothingToCredit:  # given back by hand already
            continue
    return notes


def _new(
    subscription: Subscription, addon: Addon, quantity: int, starts_on: date, price: Decimal
) -> SubscriptionAddon:
    return SubscriptionAddon(
        subscription=subscription,
        customer_id=subscription.customer_id,
        addon=addon,
        quantity=quantity,
        price_amount=price,
        starts_on=starts_on,
    )


def _billed_now(row: SubscriptionAddon, subscription: Subscription, *, on: date) -> list[Priced]:
    until = positions.billed_until(subscription)
    if until is None or row.starts_on >= until:
        return []
    return tariffs.addon_stretch(row, subscription, start=row.starts_on, end=until, issued_on=on)


def _living(row: SubscriptionAddon) -> SubscriptionAddon:
    row = (
        SubscriptionAddon.objects.select_for_update(of=("self",))
        .select_related("addon")
        .get(pk=row.pk)
    )
    if row.ends_on is not None:
        raise AddonOver(_("This add-on has an end already."))
    return row


def _refuse_unfit(
    subscription: Subscription, addon: Addon, quantity: int, starts_on: date, *, on: date
) -> None:
    if addon.archived_at is not None:
        raise AddonRefused(_("This add-on is not sold any more."))
    if quantity < 1:
        raise AddonRefused(_("At least one."))
    if subscription.status not in (Subscription.Status.PENDING, Subscription.Status.ACTIVE):
        raise AddonRefused(_("Only a pending or active service takes an add-on."))
    first = on - timedelta(days=LONGEST_BACK_DAYS)
    if subscription.activated_on is not None:
        first = max(first, subscription.activated_on)
    if not first <= starts_on <= on + timedelta(days=LONGEST_AHEAD_DAYS):
        raise AddonRefused(
            _("It starts at most a month back, a year ahead, and not before the service itself.")
        )


def _record(
    row: SubscriptionAddon,
    subscription: Subscription,
    action: str,
    *,
    act: Act,
    after: dict[str, object],
) -> None:
    events.record(
        act=act,
        action=action,
        target=row,
        label=f"{row.addon.name} ({subscription.connection_id})",
        customer_id=subscription.customer_id,
        branch_id=subscription.customer.branch_id,
        after=after,
    )
