"""Open invoices and payments, written the way the product writes them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count

from billing.invoices.services import invoicing
from billing.invoices.services.invoicing import NewLine
from billing.ledger.services import account_states
from billing.receivables.services import settlement
from billing.receivables.services.admission import Asked
from ispbill.core.acts import Act
from ispbill.core.money import Taxed

ISSUED_AT = datetime(2026, 1, 1, 4, 0, tzinfo=UTC)
_keys = count(1)


def open_invoice(customer, amount="1150.00", due=date(2026, 1, 5), service=None):
    """An issued invoice of one line without tax."""
    line = NewLine(
        kind="ADJUSTMENT",
        description="Internet",
        amount=Taxed(Decimal(amount), Decimal("0.00")),
        tax_rate=Decimal(0),
        subscription=service,
    )
    return invoicing.issue(
        customer=customer,
        lines=[line],
        kind="ADJUSTMENT",
        due_date=due,
        on=ISSUED_AT.date(),
        act=Act(None, ISSUED_AT),
    )


def paid(customer, amount="1150.00", *, at, actor=None, **values):
    """A payment settled through the one door; `is_repeat_confirmed` unless told otherwise."""
    given = {
        "method": "CASH",
        "received_by": actor,
        "received_at": at,
        "key": f"test-{next(_keys)}",
        "is_repeat_confirmed": True,
        "act": Act(actor, at),
        **values,
    }
    return settlement.settle(
        Asked(customer_id=customer.pk, amount=Decimal(amount), **given)
    ).payment


def prepaid(customer=None, *, until, status="ACTIVE", price="1000.00", line=False, **values):
    """A prepaid service whose time is over on `until`; closed then when SUSPENDED."""
    from customers.models import Subscription
    from tests.factories.billing import scheduled
    from tests.factories.customers import CustomerFactory, SubscriptionFactory
    from tests.factories.network import AccessFactory

    service = SubscriptionFactory(
        customer=customer or CustomerFactory(),
        mode=Subscription.Mode.PREPAID,
        billing_day=values.pop("billing_day", until.day),
        price_amount=Decimal(price),
        **values,
    )
    scheduled(service, billed_until=until)
    if line:
        AccessFactory(subscription=service)
    if status == "SUSPENDED":
        from customers.services import lifecycle

        lifecycle.suspend(
            subscription=service,
            kind="PREPAID",
            is_billed=False,
            decision={},
            act=Act(
                None,
                datetime(until.year, until.month, until.day, tzinfo=UTC),
                reason="prepaid time is over",
            ),
            on=until,
        )
        service.refresh_from_db()
    account_states.refresh([service.customer_id])
    return service


def voucher_batch(*, at, count=3, value="1150.00", price=None, sold="CASH", actor=None, **values):
    """A batch of cards, sold for cash unless told otherwise (`sold=None`: not sold)."""
    from payments.prepaid.services import voucher_batches
    from payments.prepaid.services.voucher_batches import NewBatch
    from tests.factories.accounts import BranchFactory

    new = NewBatch(
        kind="PACKAGE" if values.get("package") else "VALUE",
        value_amount=Decimal(value),
        price_amount=Decimal(price or value),
        count=count,
        valid_until=values.pop("valid_until", date(2026, 12, 31)),
        branch=values.pop("branch", None) or BranchFactory(),
        **values,
    )
    batch = voucher_batches.make(new=new, act=Act(actor, at))
    if sold:
        batch = voucher_batches.sell(batch=batch, paid_into=sold, act=Act(actor, at))
    return batch


def codes_of(batch):
    """The secret codes of a batch in the order of their serials."""
    from ispbill.core import crypto
    from payments.prepaid.services.voucher_batches import code_place

    return [
        crypto.unseal(card.sealed_code, context=code_place(card))
        for card in batch.vouchers.order_by("serial")
    ]


def rewarded(referral=None, *, at, amount="1150.00"):
    """A credited referral: the friend has paid, and the reward was given."""
    from payments.referrals.models import ReferralReward
    from payments.referrals.services import referral_rewards
    from tests.factories.customers import ReferralFactory

    referral = referral or ReferralFactory()
    paid(referral.referred, amount, at=at)
    referral_rewards.settle(referral_id=referral.pk, at=at)
    return ReferralReward.objects.filter(referral=referral).order_by("pk").first()
