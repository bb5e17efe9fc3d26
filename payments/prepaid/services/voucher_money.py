"""Money that a buyer on account pays for a batch of vouchers."""

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from billing.allocation.rules.accounts import VOUCHERS_PAID_INTO
from billing.ledger.rules.chart import Chart
from billing.ledger.services import ledger
from billing.ledger.services.ledger import Line
from billing.tills.services import tills
from ispbill.accounts.models import User
from ispbill.audit.services import trail
from ispbill.core import clock, formats
from ispbill.core.acts import Act
from payments.prepaid.models import VoucherBatch, VoucherMoney
from payments.prepaid.services import voucher_batches
from payments.prepaid.services.voucher_batches import BatchRefused


@transaction.atomic
def collect(
    *,
    batch: VoucherBatch,
    amount: Decimal,
    paid_into: str,
    reference: str,
    idempotency_key: str,
    act: Act[User | None],
) -> VoucherMoney:
    """Take what a buyer on account pays for a batch; the same key twice is once.

    Raises BatchRefused for more than is open.
    """
    trail.begin(act=act.because(""))
    batch = voucher_batches.locked(batch)
    earlier = VoucherMoney.objects.filter(idempotency_key=idempotency_key).first()
    if earlier is not None:
        return earlier
    if paid_into == VoucherBatch.PaidInto.ON_ACCOUNT or not 0 < amount <= batch.uncollected_amount:
        raise BatchRefused(
            _("%(amount)s is open on this batch.")
            % {"amount": formats.money(batch.uncollected_amount)}
        )
    money = VoucherMoney.objects.create(
        batch=batch,
        amount=amount,
        paid_into=paid_into,
        reference=reference.strip()[:80],
        idempotency_key=idempotency_key,
        at=act.at,
        by=act.actor,
    )
    batch.collected_amount += amount
    batch.save(update_fields=["collected_amount"])
    _book_money(money, act=act)
    voucher_batches.record("voucher_batch.paid", batch, act=act, amount=str(amount))
    return money


def _book_money(money: VoucherMoney, *, act: Act[User | None]) -> None:
    batch, amount = money.batch, money.amount
    day = tills.day_of(
        method=money.paid_into,
        amount=amount,
        person=act.actor,
        branch_id=batch.branch_id,
        on=clock.local_date(act.at),
        at=act.at,
    )
    ledger.post(
        ledger.Fact(
            kind="VOUCHER_MONEY",
            source_type="voucher_money",
            source_id=money.pk,
            lines=[
                Line(VOUCHERS_PAID_INTO[money.paid_into], amount),
                Line(Chart.BUYERS_OF_VOUCHERS, -amount),
            ],
            posted_on=day,
            branch_id=batch.branch_id,
            customer_id=None,
            memo=f"{batch.number} {money.reference}".strip(),
        ),
        act=act,
    )
