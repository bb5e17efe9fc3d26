"""The thirty bad notices: what each does to the books, to the try, and what we answer.

Each case starts from a try that waits at the gateway, does something wrong, and says what stands
afterwards: the HTTP code, the state of the try, and the money in the books (M14, F-19).
"""

from datetime import timedelta
from decimal import Decimal
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.services import invoicing
from ispbill.audit.models import AuditEvent
from payments.models import GatewayCallback, Payment, PaymentAttempt
from payments.services import reversal
from payments.services.gateways import reconciling
from tests.factories.customers import CustomerFactory
from tests.factories.gateways import sslcommerz_account

pytestmark = pytest.mark.django_db(transaction=True)

SIGNS = ("verify_sign", "verify_sign_sha2", "verify_key")


def credited():
    return sum(
        Payment.objects.filter(status="COMPLETED").values_list("amount", flat=True), Decimal(0)
    )


def unsigned(fields):
    return {name: value for name, value in fields.items() if name not in SIGNS}


@pytest.fixture
def unpaid(shop):
    """A try nobody has paid, and what a genuine notice about another, paid one looks like."""
    attempt = shop.start("777.00")
    other = shop.start("1150.00", customer=CustomerFactory())
    shop.press(other, "success")
    genuine = shop.notices(other)[0]
    return attempt, other, genuine


@pytest.mark.parametrize(
    "tamper",
    [
        lambda f, a: unsigned(f),
        lambda f, a: {**f, "verify_sign": "0" * 32, "verify_sign_sha2": "0" * 64},
        lambda f, a: {**unsigned(f), "verify_sign": f["verify_sign"]},
        lambda f, a: {**f, "verify_key": f["verify_key"] + ",absent"},
        lambda f, a: {**f, "verify_key": f["verify_key"] + "," + f["verify_key"]},
        lambda f, a: {**f, "verify_key": ",".join(f"k{n}" for n in range(300))},
        lambda f, a: {**f, "amount": "1149.99"},
        lambda f, a: {**f, "amount": "1150.01"},
        lambda f, a: {**f, "amount": "115000.00"},
        lambda f, a: {**f, "amount": "1,150.00"},
        lambda f, a: {**f, "amount": "1.15e3"},
        lambda f, a: {**f, "amount": ""},
        lambda f, a: {**f, "currency": "USD"},
        lambda f, a: {**f, "store_id": "another"},
        lambda f, a: {**f, "tran_id": a.order},
        lambda f, a: {**f, "status": ["VALID", "VALID"]},
    ],
    ids=[
        "unsigned", "random sign", "no verify_key", "absent key", "duplicate keys", "many keys",
        "a cent less", "a cent more", "times 100", "comma", "exponent", "blank", "dollars",
        "other store", "another try's order", "a field twice",
    ],
)  # fmt: skip
def test_a_tampered_notice_is_kept_not_believed_and_said(shop, unpaid, tamper):
    attempt, _other, genuine = unpaid

    response = shop.notify(tamper(genuine, attempt))

    row = GatewayCallback.objects.get()
    assert (response.status_code, row.state) == (200, "REFUSED")
    assert (shop.state(attempt), credited()) == ("OPEN", 0)
    assert AuditEvent.objects.filter(action="gateway.message_refused").count() == 1


def test_a_forgery_that_signs_a_list_of_its_own_is_not_believed(shop, unpaid):
    """The published library checks whatever list the sender names; the password still is secret."""
    attempt, _other, _genuine = unpaid
    fields = {"tran_id": attempt.order, "status": "VALID", "val_id": "made-up", "amount": "777.00"}
    forged = {**fields, "verify_key": "status", "verify_sign": "ab" * 16}

    shop.notify(forged)

    assert (GatewayCallback.objects.get().state, credited()) == ("REFUSED", 0)


@pytest.mark.parametrize("order", ["", "UNKNOWN", "x" * 400, "a\x00b"])
def test_a_notice_about_no_payment_of_ours_is_kept_and_said(shop, unpaid, order):
    response = shop.notify(unpaid[2], tran_id=order)

    assert (response.status_code, GatewayCallback.objects.get().state) == (200, "UNKNOWN")
    assert credited() == 0


def test_signed_with_our_password_but_a_made_up_val_id_settles_nothing(shop, unpaid):
    attempt, _other, _genuine = unpaid
    fields = {
        "status": "VALID", "val_id": "made-up", "amount": "777.00", "currency": "BDT",
        "tran_id": attempt.order,
    }  # fmt: skip
    shop.desk.call_back(
        key=attempt.session_key, url="http://127.0.0.1:9/", fields=fields, is_signed=True
    )
    signed = shop.desk.callbacks(attempt.session_key)[0]["fields"]

    shop.notify(signed)

    assert (shop.state(attempt), credited()) == ("OPEN", 0)


def test_the_val_id_of_another_payment_credits_neither(shop, unpaid):
    """Signed by the gateway's own password, about our order, with somebody else's val_id."""
    attempt, other, genuine = unpaid
    fields = {**unsigned(genuine), "tran_id": attempt.order}
    shop.desk.call_back(
        key=attempt.session_key, url="http://127.0.0.1:9/", fields=fields, is_signed=True
    )

    shop.notify(shop.desk.callbacks(attempt.session_key)[0]["fields"])

    assert (shop.state(attempt), shop.state(other), credited()) == ("OPEN", "OPEN", 0)
    assert AuditEvent.objects.filter(action="attempt.contradicted").exists()


def test_a_val_id_that_has_paid_cannot_pay_again(shop, unpaid):
    attempt, other, genuine = unpaid
    shop.notify(genuine)
    assert (shop.state(other), credited()) == ("SETTLED", Decimal("1150.00"))
    PaymentAttempt.objects.filter(pk=attempt.pk).update(claimed_at=None)

    shop.desk.fault("sslcommerz", "override", fields={"tran_id": attempt.order}, times=1)
    reconciling.ask(PaymentAttempt.objects.get(pk=attempt.pk), at=shop.at)

    assert (shop.state(attempt), credited()) == ("OPEN", Decimal("1150.00"))


def test_a_notice_in_json_says_nothing(shop, unpaid):
    response = shop.client.post(
        "/pay/gateways/sslcommerz/ipn/", '{"status": "VALID"}', content_type="application/json"
    )
    shop.work_off()

    assert (response.status_code, credited()) == (200, 0)
    assert GatewayCallback.objects.get().state == "UNKNOWN"


def test_a_notice_is_posted_not_fetched(shop, unpaid):
    address = "/pay/gateways/sslcommerz/ipn/?" + urlencode(unpaid[2])

    assert shop.client.get(address).status_code == 405
    assert not GatewayCallback.objects.exists()


def test_a_megabyte_is_not_read(shop, unpaid):
    response = shop.notify(unpaid[2], value_d="x" * 1_000_000)

    assert response.status_code == 413
    assert not GatewayCallback.objects.exists()


def test_a_replay_after_the_money_went_back_credits_nothing(shop, unpaid):
    _attempt, other, genuine = unpaid
    shop.notify(genuine)
    reversal.reverse(
        payment=Payment.objects.get(), reason="paid by the wrong person", actor=None, at=shop.at
    )

    shop.notify(genuine)

    assert credited() == 0
    assert GatewayCallback.objects.get().times == 2


def test_a_replay_a_year_later_credits_nothing_more(shop, unpaid):
    _attempt, _other, genuine = unpaid
    shop.notify(genuine)
    shop.at += timedelta(days=366)

    shop.notify(genuine, value_c="later")

    assert credited() == Decimal("1150.00")


def test_money_for_a_bill_made_void_becomes_credit(shop):
    """F-18: the bill was made void meanwhile."""
    attempt = shop.start(invoices=[shop.invoice.pk])
    invoicing.void(
        invoice=shop.invoice,
        reason="written to the wrong customer",
        on=shop.at.date(),
        actor=None,
        at=shop.at,
    )
    shop.press(attempt, "success")
    shop.notify(shop.notices(attempt)[0])

    assert (shop.state(attempt), credited()) == ("SETTLED", Decimal("1150.00"))
    assert Payment.objects.get().allocated_amount == 0


def test_a_success_page_without_a_payment_credits_nothing(shop, unpaid):
    attempt, _other, _genuine = unpaid
    claim = {"tran_id": attempt.order, "status": "VALID", "val_id": "1", "amount": "777.00"}

    response = shop.client.post("/pay/gateways/sslcommerz/success/", claim)
    shop.work_off()

    assert (response.status_code, shop.state(attempt), credited()) == (303, "OPEN", 0)


def test_the_fail_page_after_a_payment_loses_nothing(shop):
    attempt = shop.start()
    left = shop.press(attempt, "no_ipn")
    address = left["url"].replace("/success/", "/fail/")
    shop.come_back({**left, "url": address})
    shop.work_off()

    assert (shop.state(attempt), credited()) == ("SETTLED", Decimal("1150.00"))


@pytest.mark.parametrize(
    "answer",
    [
        {"status": "PENDING"},
        {"tran_id": "ANOTHER"},
        {"status": "INVALID_TRANSACTION"},
        {"store_id": "another"},
        {"status": "SOMETHING"},
        {"APIConnect": "FAILED"},
    ],
    ids=["pending", "another order", "invalid", "other store", "no status", "not connected"],
)
def test_what_validation_does_not_confirm_is_not_credited(shop, answer):
    attempt = shop.start()
    shop.press(attempt, "success")
    shop.desk.fault("sslcommerz", "override", fields=answer, times=1)

    shop.notify(shop.notices(attempt)[0])

    assert (shop.state(attempt), credited()) == ("OPEN", 0)


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ({"currency_type": "USD"}, "MISMATCH"),
        ({"currency_amount": "1149.99"}, "MISMATCH"),
        ({"risk_level": "1"}, "HELD"),
        ({"risk_level": "2"}, "HELD"),
    ],
)
def test_what_validation_confirms_otherwise_waits_for_a_person(shop, answer, state):
    attempt = shop.start()
    shop.press(attempt, "success")
    shop.desk.fault("sslcommerz", "override", fields=answer, times=1)

    shop.notify(shop.notices(attempt)[0])

    assert (shop.state(attempt), credited()) == (state, 0)


def test_a_settled_payment_of_an_archived_customer_is_credited(shop):
    attempt = shop.start()
    type(shop.customer).objects.filter(pk=shop.customer.pk).update(archived_at=shop.at)
    shop.press(attempt, "success")
    shop.notify(shop.notices(attempt)[0])

    assert shop.state(attempt) == "SETTLED"


def test_forged_returns_do_not_make_us_ask_more_than_once_a_minute(shop, unpaid):
    """F-19: at most one question a try and minute."""
    attempt, _other, _genuine = unpaid
    for number in range(12):
        shop.client.post(
            "/pay/gateways/sslcommerz/success/", {"tran_id": attempt.order, "val_id": str(number)}
        )
    shop.work_off()

    calls = [call for call in shop.desk.calls() if call["operation"] not in ("session", "create")]
    assert len(calls) <= 1


NAMES = st.sampled_from(
    ["status", "tran_id", "val_id", "amount", "currency", "store_id", "risk_level", "verify_key",
     "verify_sign", "verify_sign_sha2", "bank_tran_id", "currency_amount"]
)  # fmt: skip
VALUES = st.one_of(
    st.text(max_size=40), st.sampled_from(["VALID", "FAILED", "0", "-1", "1150.00", "৳", "%00"])
)


@settings(
    max_examples=60, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(changes=st.dictionaries(NAMES, VALUES, min_size=1, max_size=4))
def test_no_mutation_of_a_genuine_notice_earns_anything(shop, changes):
    """M14: a notice about an unpaid try, made of a genuine one, never credits and never breaks."""
    attempt = PaymentAttempt.objects.filter(state="OPEN", customer=shop.customer).first()
    if attempt is None:
        attempt = shop.start("777.00")
        other = shop.start("555.00", customer=CustomerFactory())
        shop.press(other, "silent")
        left = shop.press(other, "return")
        shop.genuine = left["fields"]

    before = credited()
    response = shop.notify({**shop.genuine, "tran_id": attempt.order, **changes})

    assert response.status_code == 200
    assert credited() - before in (Decimal(0), Decimal("555.00"))
    assert shop.state(attempt) == "OPEN"


def test_an_account_of_another_store_believes_none_of_its_notices(shop, unpaid):
    sslcommerz_account(shop.directory, slug="second", credentials={"store_password": "other"})
    shop.client.post("/pay/gateways/second/ipn/", unpaid[2])
    shop.work_off()

    assert GatewayCallback.objects.get().state == "UNKNOWN"
    assert credited() == 0
