"""A reseller's share of a payment: once, as agreed that day, and back with the payment."""

import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Sum

from billing.allocation.models import Payment
from billing.ledger.models import JournalEntry, Posting
from ispbill.core.acts import Act
from ispbill.core.models import Company
from ispbill.reports.queries import proofs
from payments.desk.services import reversing
from payments.online.services import refunds
from resellers.models import Commission, CommissionBack
from resellers.services import accrual
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.payments import codes_of, open_invoice, paid, voucher_batch
from tests.factories.resellers import CommissionFactory, ResellerFactory

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)
WHY = "the cheque behind it bounced"


def owed():
    """What the books owe to resellers."""
    return -(Posting.objects.filter(account=2350).aggregate(sum=Sum("amount"))["sum"] or 0)


def refund(customer, amount):
    owner = UserFactory(role="OWNER")
    return refunds.refund(
        customer=customer,
        amount=Decimal(amount),
        method="EFT",
        reference="FT-9",
        act=Act(owner, AT, on=AT.date(), reason="moved away, credit paid out"),
    )


def worth(one):
    one.refresh_from_db()
    return one.worth, one.status


def sound():
    return [found.check for found in proofs.check_all()]


def test_a_payment_of_a_resellers_customer_earns_its_share_in_its_own_transaction():
    reseller = ResellerFactory(commission_rate=Decimal("0.10"))
    customer = CustomerFactory(reseller_id=reseller.pk)

    payment = paid(customer, "1150.00", at=AT)

    one = Commission.objects.get()
    assert (one.payment, one.reseller, one.rate, one.base_amount, one.amount, one.status) == (
        payment,
        reseller,
        Decimal("0.10000"),
        Decimal("1150.00"),
        Decimal("115.00"),
        "ACCRUED",
    )
    entry = JournalEntry.objects.get(kind="COMMISSION")
    assert [(p.account_id, p.amount) for p in entry.postings.order_by("line_no")] == [
        (5410, Decimal("115.00")),
        (2350, Decimal("-115.00")),
    ]
    assert entry.customer_id is None
    assert sound() == []


def test_the_share_is_of_what_is_no_tax_where_the_company_says_so():
    Company.current()
    Company.objects.update(commission_excludes_tax=True, tax_rate=Decimal("0.15"))
    Company.forget_cached()
    reseller = ResellerFactory(commission_rate=Decimal("0.10"))
    taxed = CustomerFactory(reseller_id=reseller.pk)
    exempt = CustomerFactory(reseller_id=reseller.pk, is_tax_exempt=True)

    paid(taxed, "1150.00", at=AT)
    paid(exempt, "1150.00", at=AT)

    assert list(Commission.objects.order_by("pk").values_list("base_amount", "amount")) == [
        (Decimal("1000.00"), Decimal("100.00")),
        (Decimal("1150.00"), Decimal("115.00")),
    ]
    assert sound() == []


def test_a_later_rate_changes_nothing_that_was_earned():
    one = CommissionFactory(paid="1000.00")
    one.reseller.commission_rate = Decimal("0.50")
    one.reseller.save()

    accrual.earn(payment_ids=[one.payment_id])

    assert Commission.objects.get().amount == Decimal("100.00")


def test_what_is_no_money_of_the_customer_earns_nothing():
    reseller = ResellerFactory()
    customer = CustomerFactory(reseller_id=reseller.pk)
    paid(customer, "100.00", at=AT, method="ADJUSTMENT")
    paid(CustomerFactory(), "100.00", at=AT)

    assert not Commission.objects.exists()


def test_a_card_the_reseller_bought_earns_nothing_and_one_of_the_office_does():
    from payments.prepaid.services import vouchers

    reseller = ResellerFactory()
    customer = CustomerFactory(reseller_id=reseller.pk)
    for buyer in (reseller, None):
        batch = voucher_batch(at=AT, count=1, value="500.00", reseller_id=buyer and buyer.pk)
        vouchers.redeem(typed=codes_of(batch)[0], customer=customer, act=Act(None, AT))

    assert list(Commission.objects.values_list("amount", flat=True)) == [Decimal("50.00")]


@pytest.mark.parametrize("times", [1, 2])
def test_a_reversed_payment_takes_its_share_back_once(times):
    one = CommissionFactory()

    reversing.reverse(payment=one.payment, act=Act(None, AT, reason=WHY))
    for _again in range(times):
        with connection.cursor() as cursor:
            cursor.execute("SELECT take_back_commissions(%s)", [[one.payment_id]])

    assert worth(one) == (0, "REVERSED")
    assert owed() == 0
    assert CommissionBack.objects.count() == 1
    assert sound() == []


def test_partial_refunds_take_back_in_proportion_and_never_more():
    one = CommissionFactory(paid="1000.00")
    steps = []
    for amount in ("333.33", "333.33", "333.34"):
        refund(one.customer, amount)
        steps.append(worth(one))

    assert steps == [
        (Decimal("66.67"), "ACCRUED"),
        (Decimal("33.33"), "ACCRUED"),
        (Decimal("0.00"), "REVERSED"),
    ]
    assert owed() == 0
    assert sound() == []


def test_a_card_payment_that_pays_a_bill_earns_on_the_whole_payment_once():
    reseller = ResellerFactory()
    customer = CustomerFactory(reseller_id=reseller.pk)
    open_invoice(customer, "400.00")

    paid(customer, "1000.00", at=AT, key="same")
    paid(customer, "1000.00", at=AT, key="same")

    assert Commission.objects.count() == Payment.objects.count() == 1
    assert owed() == Decimal("100.00")


def test_a_payment_of_nobodys_customer_asks_nothing_more():
    customer = CustomerFactory()
    paid(customer, "10.00", at=AT)  # the accounts are made

    seen = Seen()
    with connection.execute_wrapper(seen):
        paid(customer, "10.00", at=AT)

    asked = [
        query for query in seen.queries if re.search(r"FROM \W?(resellers_|\w*referral)", query)
    ]
    assert asked == []


class Seen:
    """Notes every query that is made."""

    def __init__(self):
        self.queries = []

    def __call__(self, execute, query, params, many, context):
        self.queries.append(str(query))
        return execute(query, params, many, context)
