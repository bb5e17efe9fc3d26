"""A few prepaid services and two batches of recharge cards, for the demo company to show."""

from datetime import date, timedelta
from decimal import Decimal

from billing.prepaid.services import prepaid_terms
from billing.receivables.services import settlement
from billing.receivables.services.admission import Asked
from customers.models import Subscription
from ispbill.core import crypto
from ispbill.core.acts import Act
from ispbill.core.money import round_money
from ispbill.devtools.demo.days import moment
from ispbill.devtools.demo.ground import HQ, Ground
from payments.prepaid.models import VoucherBatch
from payments.prepaid.services import voucher_batches, vouchers
from payments.prepaid.services.voucher_batches import NewBatch, code_place
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
                kind=VoucherBatch.Kind.VALUE,
                value_amount=Decimal(value),
                price_amount=round_money(Decimal(value) * Decimal("0.95")),
                count=CARDS,
                valid_until=today + timedelta(days=365),
                branch=buyer.branch if buyer is not None else branch,
                reseller_id=buyer.pk if buyer is not None else None,
            ),
            act=Act(owner, now),
        )
        sold.append(voucher_batches.sell(batch=batch, paid_into=paid_into, act=Act(owner, now)))
    card = sold[0].vouchers.order_by("serial")[0]
    code = crypto.unseal(card.sealed_code, context=code_place(card))
    services = (
        Subscription.objects.filter(
            status=Subscription.Status.ACTIVE,
            mode=Subscription.Mode.POSTPAID,
            schedule__billed_until__gt=today,
            customer__account_state__balance_amount__lte=0,
        )
        .select_related("customer")
        .order_by("schedule__billed_until", "customer__number", "line_no")[:SERVICES]
    )
    for place, service in enumerate(services):
        prepaid_terms.switch_mode(
            subscription=service, mode=Subscription.Mode.PREPAID, act=Act(owner, now, reason=WHY)
        )
        if place == 0:
            vouchers.redeem(typed=code, customer=service.customer, act=Act(owner, now))
        elif place % 2:
            settlement.settle(
                Asked(
                    customer_id=service.customer.pk,
                    amount=Decimal(2000),
                    method="BKASH",
                    received_by=owner,
                    received_at=now,
                    key=f"demo-prepaid-{place}",
                    reference=f"TOPUP{place:04d}",
                    is_repeat_confirmed=True,
                    act=Act(owner, now),
                )
            )
