from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from urllib.parse import parse_qsl, urlsplit

import pytest

from payments.online.gateways.contract import RefundOrder, RefundState, Verdict
from payments.online.gateways.errors import GatewayDown, GatewayRefused, WrongCredentials
from payments.online.gateways.nagad import Nagad


@pytest.fixture
def account(sandbox):
    place = sandbox.addresses["nagad"]
    return place["base_url"], {
        "merchant_id": place["merchant_id"],
        "private_key": place["merchant_private_key"],
        "public_key": place["nagad_public_key"],
    }


@pytest.fixture
def gateway(account):
    return Nagad(*account)


@pytest.fixture
def opened(gateway, order, known):
    """A payment of 1,150 the customer has been sent to."""
    return known(order(), gateway.start(order()))


def came_back(gateway, leaving):
    assert leaving["method"] == "GET"
    return gateway.read("return", dict(parse_qsl(urlsplit(leaving["url"]).query)))


def test_a_customer_who_pays_has_paid(gateway, desk, opened):
    assert gateway.query(opened).verdict is Verdict.PENDING

    hint = came_back(gateway, desk.press(opened.session_key, "pay"))
    outcome = gateway.confirm(opened, hint)

    assert (hint.order, hint.claim, hint.reference) == ("PAY0001", Verdict.PAID, opened.session_key)
    reference = desk.session(opened.session_key)["charges"][0]["proof"]
    assert (outcome.verdict, outcome.order, outcome.reference) == (
        Verdict.PAID,
        "PAY0001",
        reference,
    )
    assert (outcome.amount, outcome.currency, outcome.method) == (
        Decimal("1150.00"),
        "BDT",
        "NAGAD",
    )
    assert outcome.paid_at is not None


@pytest.mark.parametrize(
    ("button", "verdict"),
    [("fail", Verdict.FAILED), ("insufficient", Verdict.FAILED), ("cancel", Verdict.CANCELLED)],
)
def test_what_the_customer_did_is_asked_not_believed(gateway, desk, opened, button, verdict):
    hint = came_back(gateway, desk.press(opened.session_key, button))

    assert gateway.confirm(opened, hint).verdict is verdict
    assert gateway.confirm(opened, replace(hint, claim=Verdict.PAID)).verdict is verdict


def test_a_forged_return_asks_about_our_own_payment(gateway, desk, opened, order, known):
    other = known(order("PAY0002"), gateway.start(order("PAY0002")))
    hint = came_back(gateway, desk.press(other.session_key, "pay"))

    assert gateway.confirm(opened, hint).verdict is Verdict.PENDING


def test_a_customer_whose_browser_is_gone_is_found_by_asking(gateway, desk, opened):
    desk.press(opened.session_key, "pay_lost")

    assert gateway.query(opened).verdict is Verdict.PAID


def test_another_amount_is_told_as_it_was_taken(gateway, desk, opened):
    desk.press(opened.session_key, "wrong_amount")

    assert gateway.query(opened).amount == Decimal("1149.50")


def test_an_order_is_started_once(gateway, order, opened):
    with pytest.raises(GatewayRefused) as refused:
        gateway.start(order())

    assert refused.value.code == "16_0006_083"


@pytest.mark.parametrize("operation", ["initialize", "complete"])
@pytest.mark.parametrize("kind", ["lost_answer", "html", "truncated", "empty", "error_500"])
def test_a_start_without_an_answer_is_not_known(gateway, desk, order, operation, kind):
    desk.fault("nagad", kind, operation=operation)

    with pytest.raises(GatewayDown):
        gateway.start(order())


def test_an_answer_nagad_did_not_sign_is_none(gateway, desk, order):
    desk.fault("nagad", "override", operation="initialize", fields={"signature": "AAAA"})
    with pytest.raises(GatewayDown, match="did not sign"):
        gateway.start(order())
    desk.fault("nagad", "override", operation="initialize", fields={"sensitiveData": "AAAA"})

    with pytest.raises(GatewayDown, match="cannot be opened"):
        gateway.start(order("PAY0002"))


def test_an_answer_about_another_payment_or_of_another_shape_is_no_payment(gateway, desk, opened):
    desk.press(opened.session_key, "pay")
    for changes in ({"merchantId": "1"}, {"paymentRefId": "other"}):
        desk.fault("nagad", "override", operation="verify", fields=changes)
        assert gateway.query(opened).verdict is Verdict.UNKNOWN
    desk.fault("nagad", "override", operation="verify", fields={"amount": "1e3"})
    assert gateway.query(opened).amount is None
    for changes in ({"status": "Fine"}, {"issuerPaymentRefNo": ""}):
        desk.fault("nagad", "override", operation="verify", fields=changes)
        with pytest.raises(GatewayDown):
            gateway.query(opened)
    desk.fault("nagad", "wrong_types", operation="verify")
    with pytest.raises(GatewayDown):
        gateway.query(opened)
    assert gateway.query(replace(opened, session_key="none")).verdict is Verdict.UNKNOWN
    assert gateway.query(replace(opened, session_key="")).verdict is Verdict.UNKNOWN


def test_wrong_credentials_are_said_to_be_wrong(account, order):
    url, right = account
    swapped = right | {"public_key": _public_of(right["private_key"])}
    for wrong in (
        right | {"merchant_id": "683000000000000"},
        right | {"private_key": _fresh_private()},
        right | {"private_key": "nonsense"},
        right | {"public_key": "nonsense"},
        right | {"signature_hash": "MD5"},
        swapped,
    ):
        gateway = Nagad(url, wrong)
        with pytest.raises(WrongCredentials):
            gateway.start(order())
        assert not gateway.test()[-1].is_passed


def test_right_credentials_pass_the_test_also_as_bare_base64(account, desk):
    url, right = account
    bare = {name: _without_pem(key) if "key" in name else key for name, key in right.items()}

    assert [step.is_passed for step in Nagad(url, right).test()] == [True, True, True]
    assert [step.is_passed for step in Nagad(url, bare).test()] == [True, True, True]
    assert {one["state"] for one in desk.sessions()} == {"OrderInitiated"}


def test_a_gateway_that_is_down_is_told_apart_from_wrong_keys(gateway, desk, sandbox, opened):
    desk.fault("nagad", "maintenance", operation="initialize")
    assert [step.is_passed for step in gateway.test()] == [True, False]
    sandbox.close()

    with pytest.raises(GatewayDown) as down:
        gateway.query(opened)
    assert not down.value.was_sent


def test_a_clock_that_is_off_is_refused_with_its_reason(gateway, desk, order):
    desk.switch(clock_window_seconds=-1)

    with pytest.raises(GatewayRefused) as refused:
        gateway.start(order())

    assert (refused.value.code, "window" in refused.value.detail) == ("16_0006_076", True)


def test_money_goes_back_only_from_nagads_own_panel(gateway):
    refund = RefundOrder("R1", Decimal(1), "BDT", "x", "a", "b", "c")

    assert not gateway.can_refund
    assert gateway.refund(refund).state is RefundState.REFUSED
    assert gateway.refund_state(refund, "").state is RefundState.UNKNOWN


def _fresh_private():
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    return (
        rsa.generate_private_key(public_exponent=65537, key_size=2048)
        .private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        .decode()
    )


def _public_of(private):
    from cryptography.hazmat.primitives import serialization

    return (
        serialization.load_pem_private_key(private.encode(), None)
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


def _without_pem(key):
    return "".join(line for line in key.splitlines() if "-----" not in line)


@pytest.mark.parametrize(
    "written", ["2026-11-22 15:04:05.0", "2026-11-22 15:04:05", "20261122150405"]
)
def test_when_it_was_paid_is_read_however_nagad_writes_it(gateway, desk, opened, written):
    desk.press(opened.session_key, "pay")
    desk.fault("nagad", "override", operation="verify", fields={"issuerPaymentDateTime": written})

    assert gateway.query(opened).paid_at == datetime(2026, 11, 22, 9, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize("written", ["", None, "yesterday", "2026-13-22 15:04:05.0"])
def test_a_moment_that_is_none_is_left_out(gateway, desk, opened, written):
    desk.press(opened.session_key, "pay")
    desk.fault("nagad", "override", operation="verify", fields={"issuerPaymentDateTime": written})

    assert gateway.query(opened).paid_at is None


def test_a_challenge_may_be_of_any_length_that_fits_the_key(account, order):
    from payments.online.gateways.nagad_keys import Envelope

    _url, told = account
    envelope = Envelope(ours=told["private_key"], theirs=told["public_key"])

    for length in (1, 20, 64, 150):
        assert set(envelope.closed({"challenge": "a" * length})) == {"sensitiveData", "signature"}
    with pytest.raises(GatewayDown, match="can hold"):
        envelope.closed({"challenge": "a" * 300})


def test_the_live_address_has_none_of_the_test_systems_path():
    from payments.online.gateways.registry import MAKERS

    assert (MAKERS["NAGAD"].live_url, MAKERS["NAGAD"].test_url) == (
        "https://api.mynagad.com",
        "http://sandbox.mynagad.com:10080/remote-payment-gateway-1.0",
    )
