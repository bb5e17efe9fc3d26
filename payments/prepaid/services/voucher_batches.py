"""Batches of recharge cards: made, sold, blocked, paid for, lapsed; each with its entry."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from billing.allocation.rules.accounts import VOUCHERS_PAID_INTO
from billing.ledger.rules.chart import Chart
from billing.ledger.services import ledger
from billing.ledger.services.ledger import Line
from billing.tills.services import tills
from customers.models import Package
from ispbill.accounts.models import Branch, User
from ispbill.audit.services import events, trail
from ispbill.core import clock, crypto
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError, Stale
from ispbill.core.models import Company
from ispbill.core.services import numbering
from payments.prepaid.models import Voucher, VoucherBatch, VoucherLapse
from payments.prepaid.models.voucher import LARGEST_BATCH
from payments.prepaid.queries.voucher_paper import place_of
from payments.prepaid.rules import voucher_codes

Status = VoucherBatch.Status


class BatchRefused(DomainError):
    """The batch cannot be made, sold or changed like this."""


@dataclass(frozen=True)
class NewBatch:
    """What a batch is to be: amounts each, tax included, in the company's currency."""

    kind: str
    value_amount: Decimal
    price_amount: Decimal
    count: int
    valid_until: date
    branch: Branch
    reseller_id: int | None = None
    package: Package | None = None
    periods: int = 0


def code_place(voucher: Voucher) -> str:
    """Return what a card's sealed code is bound to."""
    return place_of(voucher.serial)


@transaction.atomic
def make(*, new: NewBatch, act: Act[User | None]) -> VoucherBatch:
    """Make a batch of cards that are not sold yet. Raises BatchRefused."""
    trail.begin(act=act.because(""))
    on = clock.local_date(act.at)
    if not 1 <= new.count <= LARGEST_BATCH:
        raise BatchRefused(_("A batch has 1 to %(most)d cards.") % {"most": LARGEST_BATCH})
    if new.valid_until <= on:
        raise BatchRefused(_("The cards must be good for at least one more day."))
    if new.value_amount <= 0 or not 0 <= new.price_amount <= new.value_amount:
        raise BatchRefused(_("A card costs at most what it is worth."))
    number = numbering.take(series="VB", year=on.year)
    batch = VoucherBatch.objects.create(
        number=numbering.written(series="VB", year=on.year, number=number),
        kind=new.kind,
        package=new.package,
        periods=new.periods,
        value_amount=new.value_amount,
        price_amount=new.price_amount,
        count=new.count,
        valid_until=new.valid_until,
        currency=Company.current().currency,
        branch=new.branch,
        reseller_id=new.reseller_id,
        created_at=act.at,
        created_by=act.actor,
    )
    Voucher.objects.bulk_create(_card(batch, place) for place in range(1, new.count + 1))
    record("voucher_batch.made", batch, act=act)
    return batch


@transaction.atomic
def sell(*, batch: VoucherBatch, paid_into: str, act: Act[User | None]) -> VoucherBatch:
    """Sell a batch to its buyer: booked, and its cards can be redeemed from now on.

    Debit what was paid (or the buyer's account) and the discount, credit what is owed to holders
    of cards (2320). Raises Stale when it is sold already, BatchRefused when it is out of date.
    """
    trail.begin(act=act.because(""))
    batch = locked(batch)
    if batch.status != Status.DRAFT:
        raise Stale(_("This batch is sold already."))
    if batch.valid_until < clock.local_date(act.at):
        raise BatchRefused(_("These cards are out of date."))
    batch.status, batch.paid_into = Status.ACTIVE, VoucherBatch.PaidInto(paid_into)
    batch.sold_at, batch.sold_by = act.at, act.actor
    batch.save(update_fields=["status", "paid_into", "sold_at", "sold_by"])
    day = tills.day_of(
        method=batch.paid_into,
        amount=batch.total_price,
        person=act.actor,
        branch_id=batch.branch_id,
        on=clock.local_date(act.at),
        at=act.at,
    )
    ledger.open_chart()
    ledger.post(
        ledger.Fact(
            kind="VOUCHER_SALE",
            source_type="voucher_batch",
            source_id=batch.pk,
            lines=[
                Line(VOUCHERS_PAID_INTO[batch.paid_into], batch.total_price),
                Line(Chart.VOUCHER_DISCOUNTS, batch.total_value - batch.total_price),
                Line(Chart.VOUCHERS, -batch.total_value),
            ],
            posted_on=day,
            branch_id=batch.branch_id,
            customer_id=None,
            memo=f"{batch.number}: {batch.count} × {batch.value_amount}",
        ),
        act=act,
    )
    record("voucher_batch.sold", batch, act=act, paid_into=batch.paid_into)
    return batch


@transaction.atomic
def block(*, batch: VoucherBatch, is_blocked: bool, act: Act[User | None]) -> VoucherBatch:
    """Stop a sold batch from being redeemed, or allow it again. Raises ReasonMissing, Stale."""
    act = trail.begin_with_reason(act=act)
    batch = locked(batch)
    was = Status.ACTIVE if is_blocked else Status.BLOCKED
    if batch.status != was:
        raise Stale(_("This batch is %(status)s now.") % {"status": batch.get_status_display()})
    batch.status = Status.BLOCKED if is_blocked else Status.ACTIVE
    batch.save(update_fields=["status"])
    action = "voucher_batch.blocked" if is_blocked else "voucher_batch.unblocked"
    record(action, batch, act=act)
    return batch


@transaction.atomic
def block_card(*, voucher: Voucher, is_blocked: bool, act: Act[User | None]) -> Voucher:
    """Block one card (lost, stolen), or allow it again. Raises ReasonMissing, Stale."""
    act = trail.begin_with_reason(act=act)
    voucher = Voucher.objects.select_for_update().select_related(None).get(pk=voucher.pk)
    was = Voucher.Status.NEW if is_blocked else Voucher.Status.BLOCKED
    if voucher.status != was:
        raise Stale(_("This card is %(status)s now.") % {"status": voucher.get_status_display()})
    voucher.status = Voucher.Status.BLOCKED if is_blocked else Voucher.Status.NEW
    voucher.block_reason = act.reason if is_blocked else ""
    voucher.save(update_fields=["status", "block_reason"])
    events.record(
        act=act,
        action="voucher.blocked" if is_blocked else "voucher.unblocked",
        target=voucher,
        customer_id=None,
    )
    return voucher


@transaction.atomic
def lapse(*, batch: VoucherBatch, act: Act[User | None]) -> VoucherLapse:
    """Take the cards nobody redeemed in time into income; they can never be redeemed.

    Of a batch that was never sold nothing is owed, so nothing is booked. Raises ReasonMissing,
    BatchRefused before the day after the last day, or when nothing is left.
    """
    act = trail.begin_with_reason(act=act)
    batch = locked(batch)
    if clock.local_date(act.at) <= batch.valid_until:
        raise BatchRefused(_("These cards can still be redeemed."))
    waiting = [Voucher.Status.NEW, Voucher.Status.BLOCKED]
    cards = Voucher.objects.filter(batch=batch, status__in=waiting)
    ids = list(cards.select_for_update().order_by("pk").values_list("pk", flat=True))
    if not ids:
        raise BatchRefused(_("No card of this batch is left."))
    Voucher.objects.filter(pk__in=ids).update(status=Voucher.Status.LAPSED)
    owed = batch.value_amount * len(ids) if batch.sold_at is not None else Decimal(0)
    done = VoucherLapse.objects.create(
        batch=batch, count=len(ids), amount=owed, reason=act.reason, at=act.at, by=act.actor
    )
    if owed:
        ledger.open_chart()
        ledger.post(
            ledger.Fact(
                kind="VOUCHER_LAPSE",
                source_type="voucher_lapse",
                source_id=done.pk,
                lines=[Line(Chart.VOUCHERS, owed), Line(Chart.LAPSED_VOUCHERS, -owed)],
                posted_on=clock.local_date(act.at),
                branch_id=batch.branch_id,
                customer_id=None,
                memo=f"{batch.number}: {len(ids)} lapsed",
            ),
            act=act,
        )
    record("voucher_batch.lapsed", batch, act=act, cards=len(ids))
    return done


def _card(batch: VoucherBatch, place: int) -> Voucher:
    _series, year, number = batch.number.split("-")
    code = voucher_codes.make()
    voucher = Voucher(batch=batch, serial=f"{year[2:]}{number}{place:04d}")
    voucher.code_fingerprint = crypto.fingerprint(code, purpose="voucher")
    voucher.sealed_code = crypto.seal(code, context=code_place(voucher))
    return voucher


def locked(batch: VoucherBatch) -> VoucherBatch:
    """Return the batch as it is now, locked."""
    return VoucherBatch.objects.select_for_update().select_related(None).get(pk=batch.pk)


def record(action: str, batch: VoucherBatch, *, act: Act[User | None], **more: object) -> None:
    """Write what was done with a batch to the audit trail."""
    events.record(
        act=act,
        action=action,
        target=batch,
        branch_id=batch.branch_id,
        after={
            "count": batch.count,
            "value": str(batch.value_amount),
            "price": str(batch.price_amount),
            **more,
        },
    )
