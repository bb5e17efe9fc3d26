"""Change what a package costs from a day on: draft, look, confirm, carry out, or call it off."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from billing.ledger.services import account_states
from billing.pricing.models import PriceChange, PriceStep
from billing.pricing.queries import price_changes as queries
from billing.pricing.services import price_notices
from customers.models import Package, PackagePrice, Subscription
from customers.queries import taxes
from customers.services import packages
from ispbill.audit.services import events, trail
from ispbill.audit.services.jobs import Progress
from ispbill.core import amounts, statements
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError, Stale
from ispbill.core.jobs import after_commit
from ispbill.core.models import Company
from ispbill.core.money import Taxed

AT_ONCE = 500  # more services than this are a job of their own
CHUNK = 5_000
CATCH_UP_DAYS = 7  # a change is carried on so long after its day, should the job not have run


class ChangeRefused(DomainError):
    """A change takes effect after today, is confirmed once, and not twice for one day."""


@dataclass(frozen=True)
class Wanted:
    """A price as typed: `amount` with tax when `includes_tax`, per cycle, for one price list."""

    package: Package
    cycle: str
    effective_from: date
    amount: Decimal
    includes_tax: bool
    scope: str
    is_noticed: bool = True
    branch_id: int | None = None
    reseller_id: int | None = None


@transaction.atomic
def draft(*, wanted: Wanted, act: Act) -> PriceChange:
    """Write down a change to be looked at; nothing follows from it yet.

    `on` is today's company date. Raises ChangeRefused, ReasonMissing.
    """
    act = trail.begin_with_reason(act=act)
    if wanted.effective_from <= act.on:
        raise ChangeRefused(_("A price change takes effect tomorrow or later."))
    amounts.check(wanted.amount)
    if wanted.amount < 0:
        raise ChangeRefused(_("A price cannot be negative."))
    price = _taxed(wanted.package, wanted.amount, wanted.includes_tax, wanted.effective_from)
    change = PriceChange.objects.create(
        package=wanted.package,
        cycle=wanted.cycle,
        branch_id=wanted.branch_id,
        reseller_id=wanted.reseller_id,
        effective_from=wanted.effective_from,
        net_amount=price.net,
        gross_amount=price.gross,
        includes_tax=wanted.includes_tax,
        scope=wanted.scope,
        is_noticed=wanted.is_noticed,
        reason=act.reason,
        created_by_id=act.actor.pk if act.actor is not None else None,
        created_at=act.at,
    )
    _record(change, "price_change.drafted", act=act)
    return change


def confirm(*, change: PriceChange, act: Act) -> PriceChange:
    """Let a draft take effect on its day: a price for new services, steps for those there are.

    More than AT_ONCE services are carried by a job. Confirming twice is once. Raises
    ChangeRefused, and Stale when the tax rate of the day is not what it was at the draft.
    """
    try:
        return _confirm(change, act=act)
    except IntegrityError as error:
        if "price_change_confirmed_once" in str(error):
            raise ChangeRefused(
                _("Another change of this price on the same day is confirmed already.")
            ) from error
        raise


@transaction.atomic
def cancel(*, change: PriceChange, act: Act) -> PriceChange:
    """Call off a change that has not taken effect; customers who were told are told again.

    Raises ChangeRefused once its day has come or a bill was written by it, ReasonMissing.
    """
    act = trail.begin_with_reason(act=act)
    change = _locked(change)
    if change.status == PriceChange.Status.CANCELLED:
        return change
    if change.status == PriceChange.Status.CONFIRMED:
        if change.effective_from <= act.on:
            raise ChangeRefused(_("This change has taken effect. Plan another one."))
        steps = PriceStep.objects.filter(change=change)
        account_states.lock(steps.values_list("customer_id", flat=True).distinct())
        if steps.filter(applied_on__isnull=False).exists():
            raise ChangeRefused(_("Bills have been written at the new price. Plan another one."))
        price_notices.withdraw(change=change, at=act.at)
        steps.delete()
        PackagePrice.objects.filter(
            package=change.package,
            cycle=change.cycle,
            branch=change.branch,
            reseller=change.reseller,
            effective_from=change.effective_from,
        ).delete()
    change.status, change.service_count = PriceChange.Status.CANCELLED, 0
    change.save(update_fields=["status", "service_count"])
    _record(change, "price_change.cancelled", act=act)
    return change


def carry(*, change: PriceChange, at: datetime, progress: Progress | None = None) -> int:
    """Give every service it touches its step, chunk by chunk; return how many are new.

    Again finds only what has come since (services sold at the old price meanwhile).
    """
    made, after = 0, 0
    while ids := _next_ids(change, after=after):
        made += _carry_chunk(change, ids, at=at)
        after = ids[-1]
        if progress is not None:
            progress.advance(processed=len(ids))
    return made


def carry_all(*, on: date, at: datetime, progress: Progress | None = None) -> int:
    """Carry every confirmed change whose day is to come or just over, and tell the customers who
    are to be told.

    Returns how many steps are new; running it again changes nothing.
    """
    made = 0
    for change in PriceChange.objects.filter(
        status=PriceChange.Status.CONFIRMED,
        scope=PriceChange.Scope.ALL,
        effective_from__gte=on - timedelta(days=CATCH_UP_DAYS),
    ).order_by("pk"):
        made += carry(change=change, at=at, progress=progress)
        price_notices.tell(change=change, on=on, at=at)
    return made


@transaction.atomic
def _confirm(change: PriceChange, *, act: Act) -> PriceChange:
    trail.begin(act=act.because(change.reason))
    change = _locked(change)
    if change.status == PriceChange.Status.CONFIRMED:
        return change
    if change.status == PriceChange.Status.CANCELLED:
        raise ChangeRefused(_("This change was called off."))
    if change.effective_from <= act.on:
        raise ChangeRefused(_("Its day has come meanwhile. Plan it anew."))
    amount = change.gross_amount if change.includes_tax else change.net_amount
    price = _taxed(change.package, amount, change.includes_tax, change.effective_from)
    if (price.net, price.gross) != (change.net_amount, change.gross_amount):
        raise Stale(_("The tax rate of that day has changed meanwhile. Plan the change anew."))
    touches = queries.preview(change, largest=0).services
    change.status, change.confirmed_at = PriceChange.Status.CONFIRMED, act.at
    change.save(update_fields=["status", "confirmed_at"])
    packages.set_price(
        package=change.package,
        cycle=change.cycle,
        effective_from=change.effective_from,
        amount=amount,
        includes_tax=change.includes_tax,
        branch_id=change.branch_id,
        reseller_id=change.reseller_id,
        act=act,
    )
    _record(change, "price_change.confirmed", act=act.because(change.reason))
    if change.scope == PriceChange.Scope.ALL:
        if touches > AT_ONCE:
            after_commit("billing.carry_price_changes")
        else:
            carry(change=change, at=act.at)
            price_notices.tell(change=change, on=act.on, at=act.at)
    change.refresh_from_db()
    return change


@transaction.atomic
def _carry_chunk(change: PriceChange, ids: Sequence[int], *, at: datetime) -> int:
    trail.begin(act=Act(None, at, reason=change.reason))
    change = _locked(change)
    if change.status != PriceChange.Status.CONFIRMED:  # called off while the job was at work
        return 0
    services = Subscription.objects.filter(pk__in=ids)
    account_states.lock(services.values_list("customer_id", flat=True).distinct())
    made = statements.run(
        "INSERT INTO billing_pricestep"
        " (subscription_id, customer_id, change_id, from_on, billed_until, price_amount,"
        " gross_amount)"
        " SELECT s.id, s.customer_id, %(change)s, %(on)s, h.billed_until, %(net)s, %(gross)s"
        f" {queries.AFFECTED} AND s.id = ANY(%(ids)s) ORDER BY s.id"
        " ON CONFLICT (subscription_id, from_on) DO NOTHING",
        {**queries.parameters(change), "ids": list(ids)},
    )
    change.service_count += made
    change.save(update_fields=["service_count"])
    return made


def _next_ids(change: PriceChange, *, after: int) -> list[int]:
    rows = statements.read(
        f"SELECT s.id {queries.AFFECTED} AND s.id > %(after)s AND NOT EXISTS ("  # noqa: S608
        " SELECT FROM billing_pricestep t WHERE t.subscription_id = s.id"
        " AND t.from_on = %(on)s) ORDER BY s.id LIMIT %(limit)s",
        {**queries.parameters(change), "after": after, "limit": CHUNK},
    )
    return [row[0] for row in rows]


def _taxed(package: Package, amount: Decimal, includes_tax: bool, on: date) -> Taxed:
    rate = taxes.rate_on(tax_class_id=package.tax_class_id, on=on)
    return Taxed.from_gross(amount, rate) if includes_tax else Taxed.from_net(amount, rate)


def _locked(change: PriceChange) -> PriceChange:
    return (
        PriceChange.objects.select_for_update(of=("self",))
        .select_related("package", "branch", "reseller")
        .get(pk=change.pk)
    )


def _record(change: PriceChange, action: str, *, act: Act) -> None:
    events.record(
        act=act,
        action=action,
        target=change,
        label=f"{change.package.name}, {change.get_cycle_display()}",
        after={
            "from": change.effective_from,
            "net_amount": change.net_amount,
            "gross_amount": change.gross_amount,
            "scope": change.scope,
            "currency": Company.current().currency,
            "status": change.status,
        },
        branch_id=None,
    )
