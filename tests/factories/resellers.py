"""Sub-dealers."""

from datetime import UTC, datetime
from decimal import Decimal

import factory
from django.db import connection

from ispbill.accounts.models import User
from ispbill.core.acts import Act
from payments.desk.services import reversing
from resellers.models import Commission, CommissionBack, Payout, Reseller, Transfer
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.acts import acting


class ResellerFactory(factory.django.DjangoModelFactory[Reseller]):
    class Meta:
        model = Reseller

    user = factory.SubFactory(UserFactory, role=User.Role.RESELLER)
    name = factory.Sequence(lambda n: f"Reseller {n}")
    phone = "+8801711000009"
    branch = factory.SubFactory(BranchFactory)
    commission_rate = Decimal("0.10")


class CommissionFactory(factory.django.DjangoModelFactory[Commission]):
    """The share of a payment of a reseller's customer, made by paying it."""

    class Meta:
        model = Commission

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        from tests.factories.customers import CustomerFactory
        from tests.factories.payments import paid

        reseller = kwargs.pop("reseller", None) or ResellerFactory()
        customer = kwargs.pop("customer", None) or CustomerFactory(reseller_id=reseller.pk)
        payment = paid(
            customer,
            kwargs.pop("paid", "1000.00"),
            at=kwargs.pop("at", datetime(2026, 1, 10, 4, 0, tzinfo=UTC)),
            **kwargs,
        )
        return Commission.objects.get(payment=payment)


class PayoutFactory(factory.django.DjangoModelFactory[Payout]):
    """A payout of one approved commission, recorded by somebody."""

    class Meta:
        model = Payout

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        from resellers.services import commissions, payouts

        at = kwargs.pop("at", datetime(2026, 1, 11, 4, 0, tzinfo=UTC))
        actor = kwargs.pop("actor", None) or UserFactory(role=User.Role.OWNER)
        reseller = kwargs.pop("reseller", None)
        if reseller is None:
            reseller = ResellerFactory()
            one = CommissionFactory(reseller=reseller)
            commissions.approve(commission_ids=[one.pk], act=Act(actor, at))
        given = {"method": "EFT", "reference": "FT-1", "on": at.date(), **kwargs}
        return payouts.record(reseller=reseller, **acting(at=at, actor=actor, **given))


class CommissionBackFactory(factory.django.DjangoModelFactory[CommissionBack]):
    """A commission reversed because its payment was reversed."""

    class Meta:
        model = CommissionBack

    @classmethod
    def _create(cls, model_class, *args, **kwargs):

        one = kwargs.pop("commission", None) or CommissionFactory()
        reversing.reverse(
            payment=one.payment,
            act=Act(
                None,
                kwargs.pop("at", datetime(2026, 1, 12, 4, 0, tzinfo=UTC)),
                reason="the cheque behind it bounced",
            ),
        )
        return CommissionBack.objects.get(commission=one)


class TransferFactory(factory.django.DjangoModelFactory[Transfer]):
    """A top-up of a prepaid reseller's wallet; confirmed unless `is_waiting`."""

    class Meta:
        model = Transfer

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        from resellers.services import transfers

        at = kwargs.pop("at", datetime(2026, 1, 9, 4, 0, tzinfo=UTC))
        act = Act(kwargs.pop("actor", None) or UserFactory(role=User.Role.OWNER), at)
        is_waiting = kwargs.pop("is_waiting", False)
        reseller = kwargs.pop("reseller", None) or ResellerFactory(kind="PREPAID")
        sent = transfers.send(
            reseller=reseller,
            kind=kwargs.pop("kind", "TOPUP"),
            amount=Decimal(kwargs.pop("amount", "1000.00")),
            method="EFT",
            reference=reseller.number,
            key=kwargs.pop("key", f"transfer-{Transfer.objects.count()}"),
            act=act,
        )
        return sent if is_waiting else transfers.confirm(transfer=sent, act=act)


def as_if_committed():
    """Check wallets' limits now, as a commit would: what follows is another transaction's."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS wallet_limit_checked IMMEDIATE")
        cursor.execute("SET CONSTRAINTS wallet_limit_checked DEFERRED")
