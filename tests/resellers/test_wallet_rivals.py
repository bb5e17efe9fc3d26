"""However many spend at once: a wallet never goes below its limit, and is the sum of its moves."""

from datetime import UTC, datetime
from decimal import Decimal as D

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ispbill.core.acts import Act
from ispbill.reports.queries import proofs
from resellers.models import Wallet
from resellers.services import collecting
from tests.factories.customers import CustomerFactory
from tests.factories.payments import open_invoice
from tests.factories.resellers import ResellerFactory, TransferFactory
from tests.rivals import at_once

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)


@given(
    bills=st.lists(st.integers(100, 900), min_size=4, max_size=4), limit=st.sampled_from([0, 150])
)
@settings(
    max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_wallet_never_goes_below_its_limit(bills, limit):
    reseller = ResellerFactory(
        kind="PREPAID", commission_rate=D("0.20"), credit_limit=D(limit), name=f"R{bills}{limit}"
    )
    TransferFactory(reseller=reseller, amount="1000.00", key=f"top-{reseller.pk}")
    customers = [CustomerFactory(reseller_id=reseller.pk) for _bill in bills]
    for customer, bill in zip(customers, bills, strict=True):
        open_invoice(customer, f"{bill}.00")

    def taking(customer, bill):
        def deed():
            return collecting.collect(
                reseller=reseller,
                customer=customer,
                amount=D(bill),
                key=f"c-{customer.pk}",
                act=Act(reseller.user, AT),
            ).share

        return deed

    deeds = [taking(one, bill) for one, bill in zip(customers, bills, strict=True)]
    done = at_once(len(deeds), *deeds)

    paid = sum(bill for bill, came in zip(bills, done, strict=True) if isinstance(came, D))
    shares = sum(came for came in done if isinstance(came, D))
    left = Wallet.objects.get(pk=reseller.pk).balance_amount
    assert left == 1000 - paid + shares
    assert left >= -limit
    assert {came for came in done if not isinstance(came, D)} <= {"WalletShort"}
    assert proofs.check_all() == []
