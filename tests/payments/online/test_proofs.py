"""Each proof about online money cries when what it proves is broken behind its back."""

from decimal import Decimal

import pytest

from ispbill.core.acts import Act
from ispbill.core.models import Company
from ispbill.reports.queries import proofs
from payments.online.services import refunds
from tests.database import owner_connection
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def settled(shop):
    attempt = shop.start("2000.00")
    shop.press(attempt, "success")
    shop.notify(shop.notices(attempt)[0])
    return attempt


def broken_by(statement):
    """What the proofs find while a statement done behind the guards' back stands."""
    with owner_connection(autocommit=True) as owner:
        owner.execute("SET session_replication_role = replica")
        owner.execute(statement)
    return {finding.check for finding in proofs.check_all()}


@pytest.mark.parametrize(
    ("wrong", "right"),
    [("paid_amount = 1999", "paid_amount = 2000"), ("account_no = 1010", "account_no = 1030")],
)
def test_a_credit_that_is_not_what_was_confirmed(settled, wrong, right):
    table = "billing_payment" if "account" in wrong else "payments_paymentattempt"

    assert "online_money_is_what_was_confirmed" in broken_by(f"UPDATE {table} SET {wrong}")
    assert broken_by(f"UPDATE {table} SET {right}") == set()


def test_a_reference_credited_twice(shop, settled):
    second = shop.start("500.00")
    settled.refresh_from_db()
    with owner_connection(autocommit=True) as owner:
        owner.execute("DROP INDEX attempt_gateway_reference_once")
    try:
        found = broken_by(
            "UPDATE payments_paymentattempt SET gateway_reference ="
            f" '{settled.gateway_reference}' WHERE id = {second.pk}"
        )
        assert found == {"online_references_pay_once"}
    finally:
        broken_by(
            f"UPDATE payments_paymentattempt SET gateway_reference = '' WHERE id = {second.pk}"
        )
        with owner_connection(autocommit=True) as owner:
            owner.execute(
                "CREATE UNIQUE INDEX attempt_gateway_reference_once ON payments_paymentattempt"
                " (account_id, gateway_reference) WHERE gateway_reference <> ''"
            )


def test_a_refund_that_is_not_its_voucher(shop, settled):
    settled.refresh_from_db()
    Company.objects.update(refund_limit_amount=None)
    Company.forget_cached()
    refunds.refund(
        customer=shop.customer,
        amount=Decimal("100.00"),
        method=settled.payment.method,
        reference="",
        act=Act(UserFactory(), shop.at, on=shop.at.date(), reason="paid twice by mistake"),
        through=settled,
    )

    found = broken_by("UPDATE payments_gatewayrefund SET amount = 90")
    assert found == {"gateway_refunds_add_up"}
    assert broken_by("UPDATE payments_gatewayrefund SET amount = 100") == set()
