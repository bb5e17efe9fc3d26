"""A few prepaid services and two batches of recharge cards, for the demo company to show."""

from datetime import date, timedelta
from decimal import Decimal

from customers.models import Subscription
from ispbill.core import crypto
from ispbill.core.money import round_money
from ispbill.devtools.demo.days import moment
from ispbill.devtools.demo.ground import HQ, Ground
from payments.models import VoucherBatch
from payments.services import prepaid_terms, settlement, voucher_batches, vouchers
from payments.services.voucher_batches import NewBatch, code_place
from resellers.models import Reseller

SERVICES = 6
CARDS = 12
WHY = "The customer wants to pay in advance by card"


def show(base: Ground, *, today: date) -> None:
    """Make some paid-up services prepaid, sell two batches, and redeem a card."""
    now = moment(today, 0)
    owner, branch = base.owner, base.branches[HQ]
    reseller = Reseller.objects.order_by("pk").first()
    sold = []
    for value, buyer, paid_into in (("500.00", None, "CASH"), ("1150.00", reseller, "ON_ACCOUNT")):
        batch = voucher_batches.make(
            new=NewBatch(
                kind=VoucherBatch.Kind.VALUE, value_amount=Decimal(value),
                price_amount=round_money(Decimal(value) * Decimal("0.95")), count=CARDS,
                valid_until=today + timedelta(days=365),
                branch=buyer.branch if buyer is not None else branch,
                reseller_id=buyer.pk if buyer is not None else None,
            ),
            at=now, actor=owner,
        )  # fmt: skip
        sold.append(voucher_batches.sell(batch=batch, paid_into=paid_into, at=now, actor=owner))
    card = sold[0].vouchers.order_by("serial")[0]
    code = crypto.unseal(card.sealed_code, context=code_place(card))
    services = (
        Subscription.objects.filter(
            status=Subscription.Status.ACTIVE, mode=Subscription.Mode.POSTPAID,
            schedule__billed_until__gt=today, customer__standing__balance_amount__lte=0,
        )
        .select_related("customer")
        .order_by("schedule__billed_until", "customer__number", "line_no")[:SERVICES]
    )  # fmt: skip
    for place, service in enumerate(services):
        prepaid_terms.switch_mode(
            subscription=service, mode=Subscription.Mode.PREPAID, reason=WHY, at=now, actor=owner
        )
        if place == 0:
            vouchers.redeem(typed=code, customer=service.customer, at=now, actor=owner)
        elif place % 2:
            settlement.settle(
                customer=service.customer, amount=Decimal(2000), method="BKASH", received_by=owner,
                received_at=now, idempotency_key=f"demo-prepaid-{place}", actor=owner,
                reference=f"TOPUP{place:04d}", is_repeat_confirmed=True,
            )  # fmt: skip
