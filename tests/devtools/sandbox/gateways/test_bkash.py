import pytest

from tests.devtools.sandbox.gateways.shops import BkashShop


@pytest.fixture
def shop(sandbox):
    shop = BkashShop(sandbox.addresses["bkash"], "http://isp.test")
    shop.grant()
    return shop


def test_money_moves_when_an_agreed_payment_is_executed(shop, desk):
    created = shop.create()
    assert (created["statusCode"], created["transactionStatus"]) == ("0000", "Initiated")
    payment = created["paymentID"]
    left = desk.press(payment, "pay")
    assert left["method"] == "GET"
    assert left["url"].startswith(f"http://isp.test/back?a=1&paymentID={payment}&status=success")
    assert shop.post("/payment/status", paymentID=payment)["transactionStatus"] == "Initiated"

    done = shop.post("/execute", paymentID=payment)

    assert (done["statusCode"], done["transactionStatus"], done["amount"]) == (
        "0000",
        "Completed",
        "1150.00",
    )
    assert (done["merchantInvoiceNumber"], done["currency"]) == ("PAY-0001", "BDT")
    assert shop.post("/execute", paymentID=payment)["statusCode"] == "2117"
    status = shop.post("/payment/status", paymentID=payment)
    assert (status["transactionStatus"], status["trxID"]) == ("Completed", done["trxID"])
    found = shop.post("/general/searchTransaction", trxID=done["trxID"])
    assert (found["amount"], found["transactionStatus"]) == ("1150.00", "Completed")


def test_an_amount_sent_as_a_number_is_taken_as_its_text(shop):
    """Published clients do; what we send ourselves is text, as documented."""
    created = shop.create(amount=1150)

    assert (created["statusCode"], created["amount"]) == ("0000", "1150")
    assert shop.create(amount=True)["statusCode"] == "2065"


def test_executing_before_the_customer_agreed_kills_the_payment(shop, desk):
    payment = shop.create()["paymentID"]

    assert shop.post("/execute", paymentID=payment)["statusCode"] == "2056"
    assert shop.post("/execute", paymentID=payment)["statusCode"] == "2117"
    with pytest.raises(ValueError, match="does not work now"):
        desk.press(payment, "pay")


@pytest.mark.parametrize(
    ("button", "status", "code"),
    [
        ("insufficient", "success", "2023"),
        ("fail", "failure", "2056"),
        ("cancel", "cancel", "2056"),
    ],
)
def test_what_the_customer_does_comes_back(shop, desk, button, status, code):
    payment = shop.create()["paymentID"]

    assert f"&status={status}&" in desk.press(payment, button)["url"]
    assert shop.post("/execute", paymentID=payment)["statusCode"] == code
    assert shop.post("/payment/status", paymentID=payment)["transactionStatus"] == "Declined"


def test_a_lost_answer_to_execute_is_found_by_asking(shop, desk):
    payment = shop.create()["paymentID"]
    desk.press(payment, "pay_lost")
    desk.fault("bkash", "lost_answer", operation="execute")

    with pytest.raises((OSError, ValueError)):
        shop.post("/execute", paymentID=payment)

    assert shop.post("/payment/status", paymentID=payment)["transactionStatus"] == "Completed"


def test_one_invoice_number_is_paid_once(shop, desk):
    first, second = shop.create()["paymentID"], shop.create()["paymentID"]
    desk.press(first, "pay")
    desk.press(second, "pay")

    codes = [shop.post("/execute", paymentID=one)["statusCode"] for one in (first, second)]

    assert codes == ["0000", "2029"]


def test_a_wrong_amount_is_what_was_taken(shop, desk):
    payment = shop.create()["paymentID"]
    desk.press(payment, "wrong_amount", amount="1.00")

    assert shop.post("/execute", paymentID=payment)["amount"] == "1.00"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount": "0"}, "2006"),
        ({"amount": "1,150"}, "2006"),
        ({"currency": "USD"}, "2007"),
        ({"intent": "authorization"}, "2008"),
        ({"callbackURL": "/back"}, "2049"),
        ({"merchantInvoiceNumber": ""}, "2065"),
    ],
)
def test_a_payment_that_pauses_the_rules_is_refused(shop, changes, code):
    assert shop.create(**changes)["statusCode"] == code


def test_only_the_merchant_gets_in_and_only_with_a_living_token(shop, desk):
    assert shop.grant(password="wrong")["status"] == "fail"
    assert shop.grant(app_secret="wrong")["statusCode"] == "2001"
    refreshed = shop.grant("/token/refresh", refresh_token=shop.grant()["refresh_token"])
    assert refreshed["statusCode"] == "0000"
    assert shop.create()["statusCode"] == "0000"
    desk.forget_tokens()
    assert shop.create()["http"] == 401
    desk.switch(token_seconds=0)
    shop.grant()
    assert shop.create()["http"] == 401


def test_a_third_grant_in_an_hour_closes_the_door_when_switched_on(shop, desk):
    desk.switch(limits_grants=True)

    assert [shop.grant()["http"] for _ in range(4)] == [200, 200, 429, 429]
    assert shop.create()["statusCode"] == "0000"
    desk.forget_tokens()
    assert shop.grant()["http"] == 200


def test_refunds_add_up_to_the_payment_at_most(shop, desk):
    payment = shop.create()["paymentID"]
    desk.press(payment, "pay")
    trx = shop.post("/execute", paymentID=payment)["trxID"]

    def refund(amount):
        return shop.post(
            "/payment/refund", paymentID=payment, trxID=trx, amount=amount, sku="R", reason="moved"
        )

    first = refund("150.00")
    assert (first["transactionStatus"], first["originalTrxID"]) == ("Completed", trx)
    assert refund("1000.01")["statusCode"] == "2071"
    assert refund("1000")["statusCode"] == "0000"
    assert shop.post("/payment/refund", paymentID=payment, trxID="X")["statusCode"] == "2002"


def test_each_version_has_one_shape_and_is_asked_in_its_own(shop, desk):
    payment = shop.create()["paymentID"]
    desk.press(payment, "pay")
    trx = shop.post("/execute", paymentID=payment)["trxID"]
    asked = {"paymentId": payment, "trxId": trx}

    v2 = shop.second("/transaction", **asked, refundAmount="150.00", sku="R", reason="moved")
    assert (v2["refundAmount"], v2["refundTransactionStatus"]) == ("150.00", "Completed")
    shop.second("/transaction", **asked, refundAmount="1000", sku="R", reason="moved")

    listed = shop.second("/status", **asked)
    assert [one["refundAmount"] for one in listed["refundTransactions"]] == ["150.00", "1000"]
    too_much = shop.second("/transaction", **asked, refundAmount="1", sku="R", reason="moved")
    assert (too_much["externalCode"], "statusCode" in too_much) == ("2071", False)
    v1 = {"paymentID": payment, "trxID": trx}
    for path in ("/payment/refund", "/payment/refund/status"):  # v1 knows the latest alone
        told = shop.post(path, **v1)
        assert (told["originalTrxID"], told["amount"]) == (trx, "1000")
        assert "refundTransactions" not in told
    assert shop.post("/payment/refund/status", **asked)["statusCode"] == "2002"
    assert shop.second("/status", **v1)["externalCode"] == "2002"
    assert "statusCode" not in listed


def test_a_dead_token_is_told_by_status_or_by_code(shop, desk):
    desk.forget_tokens()
    assert shop.create()["http"] == 401
    desk.switch(says_2079=True)

    refused = shop.create()

    assert (refused["http"], refused["statusCode"]) == (200, "2079")
