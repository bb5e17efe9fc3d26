from datetime import timedelta

import pytest

from ispbill.devtools.sandbox.gateways.nagad_crypto import BadSignature, Undecryptable, opened
from ispbill.devtools.sandbox.gateways.world import dhaka_now
from tests.devtools.sandbox.gateways.shops import NagadShop


@pytest.fixture
def shop(sandbox):
    return NagadShop(sandbox.world.addresses["nagad"])


def test_a_payment_goes_through_with_real_keys_both_ways(shop, desk):
    told = shop.open(shop.initialize())
    ref = told["paymentReferenceId"]
    assert shop.verify(ref)["status"] == "OrderInitiated"
    completed = shop.complete(told)
    assert (completed["status"], completed["callBackUrl"]) == (
        "Success",
        f"http://127.0.0.1:{shop.place['port']}/page/{ref}/",
    )
    assert shop.verify(ref)["status"] == "Ready"

    left = desk.press(ref, "pay")

    assert left["url"].startswith(f"http://isp.test/back?merchant={shop.merchant}&order_id=PAY0001")
    assert "&status=Success&status_code=00_0000_000&" in left["url"]
    verified = shop.verify(ref)
    assert {name: verified[name] for name in ("status", "amount", "orderId", "merchantId")} == {
        "status": "Success",
        "amount": "1150.00",
        "orderId": "PAY0001",
        "merchantId": shop.merchant,
    }
    assert verified["issuerPaymentRefNo"] in left["url"]


@pytest.mark.parametrize(
    ("button", "status"), [("fail", "Failed"), ("insufficient", "Aborted"), ("cancel", "Cancelled")]
)
def test_what_the_customer_does_is_verified(shop, desk, button, status):
    told = shop.open(shop.initialize())
    shop.complete(told)

    assert f"&status={status}&" in desk.press(told["paymentReferenceId"], button)["url"]
    assert shop.verify(told["paymentReferenceId"])["status"] == status


def test_a_wrong_amount_is_what_was_taken(shop, desk):
    told = shop.open(shop.initialize())
    shop.complete(told)
    desk.press(told["paymentReferenceId"], "wrong_amount")

    assert shop.verify(told["paymentReferenceId"])["amount"] == "1149.50"


def test_an_order_is_opened_once_a_day_and_completed_once(shop):
    told = shop.open(shop.initialize())
    assert shop.initialize()["reason"] == "16_0006_083"
    assert shop.complete(told)["status"] == "Success"
    assert shop.complete(told)["reason"] == "16_0006_017"


@pytest.mark.parametrize("seconds", [-330, 330])
def test_a_clock_that_is_off_is_refused(shop, seconds):
    answer = shop.initialize(at=dhaka_now() + timedelta(seconds=seconds))

    assert (answer["http"], answer["reason"]) == (400, "16_0006_076")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"order": "A-1"}, "16_0006_068"),
        ({"order": "A" * 21}, "16_0006_068"),
        ({"merchant": "1"}, "16_0006_004"),
        ({"challenge": ""}, "16_0006_059"),
        ({"datetime": "20200101000000"}, "16_0006_081"),
        ({"headers": {}}, "16_0006_064"),
    ],
)
def test_an_order_that_pauses_the_rules_is_refused(shop, changes, reason):
    assert shop.initialize(**changes)["reason"] == reason


def test_other_keys_than_the_merchants_are_refused(shop):
    place = shop.place
    content = {"merchantId": shop.merchant}
    stranger = shop.envelope(content, by=place["nagad_private_key"])
    not_for_us = shop.envelope(content, to=place["merchant_public_key"])

    assert shop.post(f"/check-out/initialize/{shop.merchant}/PAY0001", stranger)["reason"] == (
        "16_0006_058"
    )
    assert shop.post(f"/check-out/initialize/{shop.merchant}/PAY0001", not_for_us)["reason"] == (
        "16_0006_057"
    )


def test_an_envelope_opens_for_its_reader_only_and_whole(shop):
    place = shop.place
    body = shop.envelope({"a": "1"})
    keys = {"to": place["nagad_private_key"], "by": place["merchant_public_key"]}

    assert opened(body, **keys) == {"a": "1"}
    with pytest.raises(Undecryptable):
        opened(body, to=place["merchant_private_key"], by=place["merchant_public_key"])
    with pytest.raises(BadSignature):
        opened(body | {"signature": shop.envelope({"a": "2"})["signature"]}, **keys)


@pytest.mark.parametrize(
    "changes", [{"challenge": "x"}, {"amount": "0"}, {"currencyCode": "BDT"}, {"orderId": "B"}]
)
def test_a_completion_that_does_not_fit_is_refused(shop, changes):
    told = shop.open(shop.initialize())

    assert shop.complete(told, **changes)["reason"] == "16_0006_059"
    assert shop.verify("unknown")["reason"] == "16_0006_068"
