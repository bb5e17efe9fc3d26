"""More lies than the thirty of `test_acceptance.py`: what each does to the books and to the
attempt."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.allocation.models import Payment
from payments.online.models import GatewayCallback, PaymentAttempt
from tests.factories.customers import CustomerFactory
from tests.factories.gateways import sslcommerz_account

pytestmark = pytest.mark.django_db(transaction=True)


def credited():
    return sum(
        Payment.objects.filter(status="COMPLETED").values_list("amount", flat=True), Decimal(0)
    )


@pytest.fixture
def unpaid(shop):
    """An attempt nobody has paid, and what a genuine notice about another, paid one looks like."""
    attempt = shop.start("777.00")
    other = shop.start("1150.00", customer=CustomerFactory())
    shop.press(other, "success")
    genuine = shop.notices(other)[0]
    return attempt, other, genuine


def test_a_forgery_that_signs_a_list_of_its_own_is_not_believed(shop, unpaid):
    """The published library checks whatever list the sender names; the password still is secret."""
    attempt, _other, _genuine = unpaid
    fields = {"tran_id": attempt.order, "status": "VALID", "val_id": "made-up", "amount": "777.00"}
    forged = {**fields, "verify_key": "status", "verify_sign": "ab" * 16}

    shop.notify(forged)

    assert (GatewayCallback.objects.get().state, credited()) == ("REFUSED", 0)


def test_signed_with_our_password_but_a_made_up_val_id_settles_nothing(shop, unpaid):
    attempt, _other, _genuine = unpaid
    fields = {
        "status": "VALID",
        "val_id": "made-up",
        "amount": "777.00",
        "currency": "BDT",
        "tran_id": attempt.order,
    }
    shop.desk.call_back(
        key=attempt.session_key, url="http://127.0.0.1:9/", fields=fields, is_signed=True
    )
    signed = shop.desk.callbacks(attempt.session_key)[0]["fields"]

    shop.notify(signed)

    assert (shop.state(attempt), credited()) == ("OPEN", 0)


@pytest.mark.parametrize(
    "answer",
    [{"status": "INVALID_TRANSACTION"}, {"status": "SOMETHING"}, {"APIConnect": "FAILED"}],
    ids=["invalid", "no status", "not connected"],
)
def test_what_validation_does_not_confirm_is_not_credited(shop, answer):
    attempt = shop.start()
    shop.press(attempt, "success")
    shop.desk.fault("sslcommerz", "override", fields=answer, times=1)

    shop.notify(shop.notices(attempt)[0])

    assert (shop.state(attempt), credited()) == ("OPEN", 0)


def test_forged_returns_do_not_make_us_ask_more_than_once_a_minute(shop, unpaid):
    """F-19: at most one question an attempt and minute."""
    attempt, _other, _genuine = unpaid
    for number in range(12):
        shop.client.post(
            "/pay/gateways/sslcommerz/success/", {"tran_id": attempt.order, "val_id": str(number)}
        )
    shop.work_off()

    calls = [call for call in shop.desk.calls() if call["operation"] not in ("session", "create")]
    assert len(calls) <= 1


NAMES = st.sampled_from(
    [
        "status",
        "tran_id",
        "val_id",
        "amount",
        "currency",
        "store_id",
        "risk_level",
        "verify_key",
        "verify_sign",
        "verify_sign_sha2",
        "bank_tran_id",
        "currency_amount",
    ]
)
VALUES = st.one_of(
    st.text(max_size=40), st.sampled_from(["VALID", "FAILED", "0", "-1", "1150.00", "৳", "%00"])
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(changes=st.dictionaries(NAMES, VALUES, min_size=1, max_size=4))
def test_no_mutation_of_a_genuine_notice_earns_anything(shop, changes):
    """M14: a notice about an unpaid attempt, made of a genuine one, never credits and never
    breaks."""
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
