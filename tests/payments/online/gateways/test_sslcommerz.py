"""What SSLCommerz says in its own words, and answers of another shape than its page documents."""

from decimal import Decimal

import pytest

from payments.online.gateways.contract import RefundOrder, RefundState, Verdict
from payments.online.gateways.errors import GatewayDown, GatewayRefused, NotLetIn, WrongCredentials
from payments.online.gateways.sslcommerz import SslCommerz

SHUT = "Your server's IP 203.0.113.9 is not whitelisted"


@pytest.fixture
def gateway(sandbox):
    place = sandbox.addresses["sslcommerz"]
    return SslCommerz(
        place["base_url"], {"store_id": place["store_id"], "store_password": place["store_passwd"]}
    )


@pytest.fixture
def opened(gateway, order, known):
    order = order(customer_email="care@demo.test")
    return known(order, gateway.start(order))


@pytest.fixture
def refund(gateway, desk, opened):
    desk.press(opened.session_key, "silent")
    outcome = gateway.query(opened)
    return RefundOrder(
        order="R1",
        amount=Decimal("150.00"),
        currency="BDT",
        reason="moved away",
        gateway_reference=outcome.reference,
        bank_reference=outcome.bank_reference,
        session_key=opened.session_key,
    )


def say(desk, operation, **fields):
    desk.fault("sslcommerz", "refuse", operation=operation, fields=fields)


# --- its reasons ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["errorReason", "failedreason"])
def test_a_server_that_is_not_let_in_is_told_so_in_the_gateways_words(gateway, desk, name):
    say(desk, "query", APIConnect="FAILED", status="FAILED", **{name: SHUT})

    steps = gateway.test()

    assert [step.is_passed for step in steps] == [True, False]
    assert steps[-1].words % steps[-1].values == (
        f"The payment gateway does not take calls from our server: {SHUT}"
    )


def test_a_wrong_password_is_told_with_what_the_gateway_says_of_it(gateway, desk):
    say(desk, "query", APIConnect="INACTIVE", failedreason="Store is De-active")

    last = gateway.test()[-1]

    assert (last.is_passed, "SSLCommerz says: Store is De-active" in last.words % last.values) == (
        False,
        True,
    )


def test_a_question_that_is_refused_brings_its_reason_with_it(gateway, desk, opened):
    say(desk, "query", APIConnect="INVALID_REQUEST", errorReason="tran_id is missing")

    with pytest.raises(GatewayRefused) as refused:
        gateway.query(opened)

    assert (refused.value.detail, refused.value.code) == ("tran_id is missing", "INVALID_REQUEST")


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        (SHUT, NotLetIn),
        ("Store Credential Error Or Store is De-active", WrongCredentials),
        ("Invalid Information! The amount is above the store's limit", GatewayRefused),
    ],
)
def test_why_a_session_is_refused_says_whose_fault_it_is(gateway, desk, order, reason, kind):
    say(desk, "session", status="FAILED", failedreason=reason)

    with pytest.raises(GatewayRefused) as refused:
        gateway.start(order())

    assert (type(refused.value), refused.value.detail) == (kind, reason)


def test_a_refund_from_an_address_not_let_in_is_not_refused_but_waits(gateway, desk, refund):
    for shut in ({"APIConnect": "FAILED"}, {"APIConnect": "DONE", "status": "failed"}):
        say(desk, "query", errorReason=SHUT, **shut)
        with pytest.raises(NotLetIn):
            gateway.refund(refund)
    say(desk, "query", APIConnect="DONE", status="failed", errorReason="Already refunded")

    assert gateway.refund(refund).state is RefundState.REFUSED


# --- what a query lists ---------------------------------------------------------------------

ROW = {"status": "FAILED", "tran_id": "PAY0001", "error": "Insufficient Balance"}


@pytest.mark.parametrize("element", ["", "none", None, [], {}, 0, 7, True, [None, "x", 3]])
def test_a_query_that_lists_nothing_knows_nothing_whatever_stands_there(
    gateway, desk, opened, element
):
    say(desk, "query", APIConnect="DONE", no_of_trans_found=0, element=element)

    assert gateway.query(opened).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("element", [[ROW], ROW, {"0": ROW}, {"1": ROW, "7": "x"}, ["", ROW]])
def test_a_try_is_found_however_the_list_is_written(gateway, desk, opened, element):
    say(desk, "query", APIConnect="DONE", no_of_trans_found="1", element=element)

    outcome = gateway.query(opened)

    assert (outcome.verdict, outcome.words) == (Verdict.FAILED, "Insufficient Balance")


def test_a_lone_payment_that_is_no_list_is_found_and_validated(gateway, desk, opened):
    desk.press(opened.session_key, "silent")
    val_id = desk.session(opened.session_key)["charges"][0]["proof"]
    say(desk, "query", APIConnect="DONE", element={"status": "VALID", "val_id": val_id})

    outcome = gateway.query(opened)

    assert (outcome.verdict, outcome.amount, outcome.reference) == (
        Verdict.PAID,
        Decimal("1150.00"),
        val_id,
    )


@pytest.mark.parametrize("status", [["VALID"], {"a": "VALID"}, 5, None])
def test_a_status_of_another_type_is_no_status(gateway, desk, opened, status):
    say(desk, "validation", APIConnect="DONE", status=status)
    hint = gateway.read("ipn", {"tran_id": "PAY0001", "val_id": "V1", "status": "VALID"})

    with pytest.raises(GatewayDown):
        gateway.confirm(opened, hint)
