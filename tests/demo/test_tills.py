"""The demo's cash, where there is more of it than one slip may say."""

from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest

from ispbill.demo import tills
from payments.models import CashBanking
from payments.queries import tills as facts
from payments.rules import limits
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.tills import safe_with

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)


def test_a_full_safe_is_taken_to_the_bank_with_several_slips():
    branch, owner = BranchFactory(), UserFactory(role="OWNER")
    for amount in (limits.LARGEST, limits.LARGEST, "25500.00"):
        safe_with(branch, amount, at=AT, actor=owner)

    tills._bank(SimpleNamespace(branches={"HQ": branch}, owner=owner), at=AT)

    slips = CashBanking.objects.filter(way="TO_BANK").order_by("pk")
    assert [slip.amount for slip in slips] == [limits.LARGEST, limits.LARGEST, Decimal(5000)]
    assert facts.safe_amount(branch.pk) == tills.KEPT + 500
