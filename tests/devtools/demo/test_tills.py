"""The demo's cash, where there is more of it than one slip may say."""

from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest

from billing.allocation.rules import limits
from billing.tills.models import CashBanking
from ispbill.devtools.demo import tills
from payments.desk.queries import tills as facts
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.payments import open_invoice
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


def test_a_bill_collected_today_is_not_one_of_yesterday_whatever_else_is_owed():
    """Or it is collected twice under one key, and the demo company cannot be made."""
    customer, clerk = CustomerFactory(), UserFactory()
    older, latest = open_invoice(customer, "67.75"), open_invoice(customer, due=date(2026, 1, 9))

    tills._take(latest, clerk, at=AT)

    older.refresh_from_db()
    latest.refresh_from_db()
    assert (older.amount_due, latest.amount_due) == (Decimal("67.75"), 0)
