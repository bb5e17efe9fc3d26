"""Recharge cards: sold once, redeemed once, owed in between."""

import threading
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection
from django.db.models import Sum

from billing.allocation.models import Payment
from billing.ledger.models import Posting
from billing.prepaid.services import prepaid_run
from customers.models import AccountState, Subscription
from ispbill.accounts.services.throttle import TooManyTries
from ispbill.audit.models import AuditEvent
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError, Stale
from payments.desk.services import reversing
from payments.prepaid.models import Voucher, VoucherBatch
from payments.prepaid.services import voucher_batches, voucher_money, vouchers
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory, PackageFactory
from tests.factories.payments import codes_of, prepaid, voucher_batch
from tests.laws import at_once

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)
LATER = datetime(2027, 1, 10, 4, 0, tzinfo=UTC)
WHY = "the company decided so"


def booked(account):
    amount = Posting.objects.filter(account=account).aggregate(sum=Sum("amount"))["sum"]
    return amount or Decimal(0)


def redeem(code, customer, at=AT, actor=None, ip=""):
    return vouchers.redeem(typed=code, customer=customer, act=Act(actor, at), ip=ip)


@pytest.fixture(autouse=True)
def _proven(request):
    yield
    if not request.node.get_closest_marker("without_guards"):
        assert at_once.broken() == []


def test_a_sold_batch_is_owed_to_its_holders():
    voucher_batch(at=AT, count=4, value="1000.00", price="900.00")

    assert (booked(1000), booked(5100), booked(2320)) == (3600, 400, -4000)


def test_a_batch_on_account_is_paid_later_once():
    batch = voucher_batch(at=AT, count=4, value="1000.00", sold="ON_ACCOUNT")
    assert booked(1150) == 4000

    for _twice in range(2):
        voucher_money.collect(
            batch=batch,
            amount=Decimal(2500),
            paid_into="BANK",
            reference="slip 7",
            idempotency_key="slip-7",
            act=Act(None, AT),
        )
    with pytest.raises(voucher_batches.BatchRefused, match="1,500"):
        voucher_money.collect(
            batch=batch,
            amount=Decimal("1500.01"),
            paid_into="CASH",
            reference="",
            idempotency_key="slip-8",
            act=Act(None, AT),
        )

    batch.refresh_from_db()
    assert (booked(1150), booked(1010), batch.uncollected_amount) == (1500, 2500, 1500)


def test_a_card_becomes_credit_once():
    customer, other = CustomerFactory(), CustomerFactory()
    batch = voucher_batch(at=AT, value="500.00")
    code = codes_of(batch)[0]

    done = redeem(code, customer)

    assert done.payment.amount == Decimal("500.00")
    assert (done.payment.method, done.payment.reference) == ("VOUCHER", done.voucher.serial)
    assert booked(2320) == Decimal("-1000.00")
    assert AccountState.objects.get(customer=customer).balance_amount == Decimal("-500.00")
    for somebody in (customer, other):
        with pytest.raises(vouchers.NotGood):
            redeem(code, somebody)
    assert Payment.objects.count() == 1


def test_a_card_opens_a_line_whose_time_is_over():
    service = prepaid(until=date(2026, 1, 9), line=True)
    prepaid_run.run(act=Act(None, AT))
    batch = voucher_batch(at=AT)

    done = redeem(codes_of(batch)[0], service.customer)

    assert [one.subscription_id for one in done.renewed] == [service.pk]
    assert Subscription.objects.get().status == "ACTIVE"


def test_a_card_for_a_package_renews_its_periods_before_the_expiry_too():
    package = PackageFactory()
    service = prepaid(until=date(2026, 1, 20), package=package)
    batch = voucher_batch(at=AT, value="2300.00", package=package, periods=2)

    done = redeem(codes_of(batch)[0], service.customer)

    assert [one.expires_on for one in done.renewed] == [date(2026, 2, 20), date(2026, 3, 20)]


def test_a_card_for_another_package_stays_good():
    service = prepaid(until=date(2026, 1, 20))
    batch = voucher_batch(at=AT, package=PackageFactory(), periods=1)

    with pytest.raises(vouchers.OtherPackage):
        redeem(codes_of(batch)[0], service.customer)

    assert set(Voucher.objects.values_list("status", flat=True)) == {"NEW"}


def test_unknown_used_blocked_unsold_and_old_codes_get_one_answer():
    customer = CustomerFactory()
    used, unsold = voucher_batch(at=AT), voucher_batch(at=AT, sold=None)
    blocked, old = voucher_batch(at=AT), voucher_batch(at=AT, valid_until=date(2026, 1, 11))
    redeem(codes_of(used)[0], customer)
    voucher_batches.block(batch=blocked, is_blocked=True, act=Act(None, AT, reason=WHY))
    stolen = used.vouchers.order_by("serial")[1]
    voucher_batches.block_card(voucher=stolen, is_blocked=True, act=Act(None, AT, reason=WHY))
    from payments.prepaid.rules import voucher_codes

    codes = [
        voucher_codes.make(),
        codes_of(used)[0],
        codes_of(used)[1],
        codes_of(unsold)[0],
        codes_of(blocked)[0],
        codes_of(old)[0],
    ]
    answers = set()
    for code in codes:
        with pytest.raises(vouchers.NotGood) as refusal:
            redeem(code, CustomerFactory(), at=datetime(2026, 1, 20, 4, tzinfo=UTC))
        answers.add(str(refusal.value))
    assert len(answers) == 1


def test_a_typing_mistake_is_told_and_costs_no_try():
    customer = CustomerFactory()
    for _try in range(8):
        with pytest.raises(vouchers.Mistyped):
            redeem("2222-2222-2223", customer)


def test_guessing_stops_after_five_tries_of_a_customer():
    from payments.prepaid.rules import voucher_codes

    customer = CustomerFactory()
    good = codes_of(voucher_batch(at=AT))[0]
    for _try in range(5):
        with pytest.raises(vouchers.NotGood):
            redeem(voucher_codes.make(), customer)

    with pytest.raises(TooManyTries):
        redeem(good, customer)

    assert AuditEvent.objects.filter(action="voucher.refused").count() == 5
    assert redeem(good, CustomerFactory()).payment.amount == Decimal("1150.00")


def test_guessing_stops_after_twenty_tries_from_an_address():
    from payments.prepaid.rules import voucher_codes

    for _try in range(20):
        with pytest.raises(vouchers.NotGood):
            redeem(voucher_codes.make(), CustomerFactory(), ip="10.1.1.1")

    with pytest.raises(TooManyTries):
        redeem(voucher_codes.make(), CustomerFactory(), ip="10.1.1.1")


def test_without_redis_an_address_is_counted_too(settings):
    broken = {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/2"}
    settings.CACHES = {"default": broken}
    from ispbill import logs
    from payments.prepaid.rules import voucher_codes

    here = logs.client_ip.set("2001:db8::1")
    for _try in range(20):
        with pytest.raises(vouchers.NotGood):
            redeem(voucher_codes.make(), CustomerFactory(), ip="2001:db8::1")
    logs.client_ip.reset(here)

    with pytest.raises(TooManyTries):
        redeem(voucher_codes.make(), CustomerFactory(), ip="2001:db8::2")


def test_no_code_stands_in_audit_or_messages():
    customer = CustomerFactory()
    code = codes_of(voucher_batch(at=AT))[0]
    redeem(code, customer)
    with pytest.raises(vouchers.NotGood):
        redeem(code, customer)

    with connection.cursor() as cursor:
        for table in (
            "audit_auditevent",
            "audit_rowversion",
            "notifications_message",
            "billing_payment",
            "payments_voucher",
        ):
            cursor.execute(f"SELECT count(*) FROM {table} t WHERE t::text ILIKE %s", [f"%{code}%"])
            assert cursor.fetchone()[0] == 0, table


def test_eight_who_redeem_one_code_make_one_payment():
    customers = [CustomerFactory() for _number in range(8)]
    code = codes_of(voucher_batch(at=AT))[0]
    start, won, lost = threading.Barrier(8), [], []

    def run(customer):
        try:
            start.wait(timeout=20)
            won.append(redeem(code, customer))
        except DomainError as error:
            lost.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(customer,)) for customer in customers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert (len(won), len(lost)) == (1, 7)
    assert {type(error) for error in lost} == {vouchers.NotGood}
    assert Payment.objects.count() == 1


def test_a_reversed_redemption_gives_the_card_back():
    customer, right = CustomerFactory(), CustomerFactory()
    code = codes_of(voucher_batch(at=AT))[0]
    done = redeem(code, customer)

    reversing.reverse(payment=done.payment, act=Act(None, AT, reason=WHY))
    assert booked(2320) == Decimal("-3450.00")
    again = redeem(code, right)

    assert again.payment.customer == right
    assert Voucher.objects.get(payment=again.payment).redemptions == 2


def test_the_database_refuses_a_second_redemption():
    customer, other = CustomerFactory(), CustomerFactory()
    done = redeem(codes_of(voucher_batch(at=AT))[0], customer)

    with pytest.raises(DatabaseError, match="cannot change"):
        Voucher.objects.filter(pk=done.voucher.pk).update(customer=other)
    with pytest.raises(DatabaseError, match="cannot change"):
        Voucher.objects.filter(pk=done.voucher.pk).update(
            status="NEW", customer=None, payment=None, redeemed_at=None
        )


def test_the_database_refuses_a_card_of_a_batch_that_is_not_active():
    customer = CustomerFactory()
    done = redeem(codes_of(voucher_batch(at=AT))[0], customer)
    draft = voucher_batch(at=AT, sold=None)

    with pytest.raises(DatabaseError, match="not of an active batch"):
        Voucher.objects.filter(pk=draft.vouchers.first().pk).update(
            status="REDEEMED",
            customer=customer,
            payment=done.payment,
            redeemed_at=AT,
            redemptions=1,
        )


def test_a_sold_batch_cannot_be_changed():
    batch = voucher_batch(at=AT)

    with pytest.raises(DatabaseError, match="frozen"):
        VoucherBatch.objects.filter(pk=batch.pk).update(value_amount=Decimal("9999"))
    with pytest.raises(Stale):
        voucher_batches.sell(batch=batch, paid_into="CASH", act=Act(None, AT))


def test_lapsed_cards_become_income_and_are_never_redeemed():
    customer, owner = CustomerFactory(), UserFactory()
    batch = voucher_batch(at=AT, count=3, value="500.00")
    codes = codes_of(batch)
    redeem(codes[0], customer)
    with pytest.raises(voucher_batches.BatchRefused):
        voucher_batches.lapse(batch=batch, act=Act(owner, AT, reason=WHY))

    done = voucher_batches.lapse(batch=batch, act=Act(owner, LATER, reason=WHY))

    assert (done.count, done.amount) == (2, Decimal("1000.00"))
    assert (booked(2320), booked(4400)) == (0, Decimal("-1000.00"))
    with pytest.raises(vouchers.NotGood):
        redeem(codes[1], customer, at=LATER)
    with pytest.raises(voucher_batches.BatchRefused):
        voucher_batches.lapse(batch=batch, act=Act(owner, LATER, reason=WHY))


def test_cards_never_sold_lapse_without_an_entry():
    batch = voucher_batch(at=AT, sold=None, valid_until=date(2026, 2, 1))

    done = voucher_batches.lapse(batch=batch, act=Act(UserFactory(), LATER, reason=WHY))

    assert (done.count, done.amount, booked(2320)) == (3, 0, 0)


@pytest.mark.parametrize(
    "wrong",
    [{"price": "1200.00"}, {"count": 0}, {"count": 2001}, {"valid_until": date(2026, 1, 10)}],
)
def test_impossible_batches_are_refused(wrong):
    with pytest.raises(voucher_batches.BatchRefused):
        voucher_batch(at=AT, **wrong)
