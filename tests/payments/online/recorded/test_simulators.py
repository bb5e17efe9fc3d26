"""Each simulator, asked as a merchant asks, says what the real gateway said: the same fields, of
the same types, written in the same way."""

import re
from urllib.parse import parse_qsl, urlsplit

import pytest

from ispbill.devtools.sandbox.gateways.sslcommerz import QUERIES, VALIDATION
from tests.devtools.sandbox.gateways.shops import BkashShop, NagadShop, SslCommerzShop
from tests.payments.online.recorded import every, recorded

FORMATS = [
    ("nothing", r""),
    ("14 digits", r"\d{14}"),
    ("whole number", r"\d+"),
    ("amount", r"\d+\.\d{2}"),
    ("decimal", r"\d+\.\d+"),
    ("moment", r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"),
    ("moment with tenths", r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d"),
    ("moment with zone", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d:\d{3} GMT[+-]\d{4}"),
    ("address", r"https?://\S+"),
    ("masked number", r"\d{3}\*{4}\d{4}"),
    ("small hex", r"[0-9a-f]{13,}"),
    ("large hex", r"[0-9A-F]{13,}"),
    ("base64", r"[A-Za-z0-9+/]{60,}={0,2}"),
    ("list of names", r"[a-z_]+(,[a-z_0-9]+)+"),
]
# What nobody has one form of: words, and ids in which chance decides between digits and letters.
FREE = {
    "failedreason", "errorReason", "error", "message", "statusMessage", "msg", "store_name",
    "id_token", "refresh_token", "val_id", "bank_tran_id", "tran_id", "trans_id", "orderId",
    "order_id", "trxID", "refundTrxID", "refundTrxId", "originalTrxID", "originalTrxId",
    "issuerPaymentRefNo", "issuer_payment_ref", "merchantInvoice", "merchantInvoiceNumber",
    "paymentID", "payerReference", "transactionReference", "store_id", "visa", "master", "amex",
    "othercards", "internetbanking", "mobilebanking", "gw", "name", "type", "sku", "reason",
    "errorMessageEn", "errorMessageBn",
}  # fmt: skip


def form(value, name=""):
    """Return a value's form: its type, and how it is written."""
    if isinstance(value, dict):
        return {key: form(part, key) for key, part in value.items()}
    if isinstance(value, list):
        return [form(value[0])] if value else []
    if not isinstance(value, str) or name in FREE:
        return type(value).__name__
    return next((kind for kind, rule in FORMATS if re.fullmatch(rule, value)), f"word {value}")


def compare(one, said):
    """Fail unless both have the same fields and forms."""
    wanted, found = form(one["answer"]), form(said)
    if one.get("is_part"):
        found = {name: found.get(name) for name in wanted}
    assert found == wanted


@pytest.mark.parametrize("one", every("sslcommerz", with_key="like"))
def test_sslcommerz_is_matched(sandbox, desk, one):
    shop = SslCommerzShop(sandbox.addresses["sslcommerz"], "http://isp.test")
    shop_fields = {"tran_id": "PAY0001", "total_amount": "900.00", "value_d": ""}
    desk.switch(refund_seconds=0)

    def paid(way="bkash"):
        desk.press(shop.open(**shop_fields)["sessionkey"], "silent", way=way)
        return desk.session(desk.newest())["charges"][-1]

    def failed():
        desk.press(shop.open(**shop_fields)["sessionkey"], "insufficient")
        return shop.ask(QUERIES, tran_id="PAY0001")

    def refund(amount="100.00"):
        return shop.ask(
            QUERIES,
            bank_tran_id=paid()["bank_ref"],
            refund_trans_id="R1",
            refund_remarks="moved",
            refund_amount=amount,
        )

    def notice():
        key = shop.open(**shop_fields)["sessionkey"]
        return desk.press(key, "success", way="visacard")["fields"] | {"error": ""}

    said = {
        "session": lambda: shop.open(**shop_fields),
        "session refused": lambda: shop.open(store_passwd="wrong"),
        "validation of a wallet": lambda: shop.ask(VALIDATION, val_id=paid()["proof"]),
        "validation of nothing": lambda: shop.ask(VALIDATION, val_id="none"),
        "query of nothing": lambda: shop.ask(QUERIES, tran_id="PAY0001"),
        "query of one that failed": failed,
        "question of a stranger": lambda: shop.ask(QUERIES, tran_id="P", store_passwd="wrong"),
        "refund taken": refund,
        "refund refused": lambda: refund("9999.00"),
        "refund done": lambda: shop.ask(QUERIES, refund_ref_id=refund()["refund_ref_id"]),
        "notice": notice,
    }[one["like"]]()

    if one["like"] == "notice":  # ours signs two fields more than the one of 2020 did
        said["verify_key"] = one["answer"]["verify_key"]
    compare(one, said)


@pytest.mark.parametrize("one", every("bkash", with_key="like"))
def test_bkash_is_matched(sandbox, desk, one):
    shop = BkashShop(sandbox.addresses["bkash"], "https://isp.test")
    granted = shop.grant()
    amount = one["answer"].get("originalTrxAmount") or "100"
    callback = {"callbackURL": "https://isp.test/back", "merchantInvoiceNumber": "PAY0001"}

    def create(**changes):
        return shop.post("/create", **BODY | callback | {"amount": amount} | changes)

    def executed(button="pay"):
        payment = create()["paymentID"]
        if button:
            desk.press(payment, button)
        return shop.post("/execute", paymentID=payment)

    def status(*, is_paid):
        payment = executed()["paymentID"] if is_paid else create()["paymentID"]
        return shop.post("/payment/status", paymentID=payment)

    def refund(wanted="50.25", path="/transaction"):
        done = executed()
        ids = {"paymentId": done["paymentID"], "trxId": done["trxID"]}
        told = shop.second(
            "/transaction", **ids, refundAmount=wanted, sku="R1", reason="moved away"
        )
        return told if path == "/transaction" else shop.second(path, **ids)

    def first_version():
        done = executed()
        return shop.post(
            "/payment/refund",
            paymentID=done["paymentID"],
            trxID=done["trxID"],
            amount="10.00",
            sku="R1",
            reason="moved away",
        )

    def during_maintenance():
        desk.fault("bkash", "inactive", operation="grant")
        return shop.grant()

    def with_a_dead_token():
        desk.switch(says_2079=True)
        desk.forget_tokens()
        return shop.post("/payment/status", paymentID="x")

    said = {
        "grant": lambda: granted,
        "refresh": lambda: shop.grant("/token/refresh", refresh_token=granted["refresh_token"]),
        "grant to a stranger": lambda: shop.grant(password="wrong"),
        "grant with a wrong key": lambda: shop.grant(app_key="wrong"),
        "grant during maintenance": during_maintenance,
        "create": create,
        "create refused": lambda: create(amount="0"),
        "execute": executed,
        "execute too early": lambda: executed(button=""),
        "execute with too little money": lambda: executed("insufficient"),
        "query of one paid": lambda: status(is_paid=True),
        "query of one begun": lambda: status(is_paid=False),
        "query of nothing": lambda: shop.post("/payment/status", paymentID="none"),
        "token not taken": with_a_dead_token,
        "search": lambda: shop.post("/general/searchTransaction", trxID=executed()["trxID"]),
        "refund of version 1": first_version,
        "refund": refund,
        "refund refused": lambda: refund("9999"),
        "refunds listed": lambda: refund(path="/status"),
    }[one["like"]]()

    said.pop("http", None)
    compare(one, said)


BODY = {"mode": "0011", "payerReference": "CT-2026-00001", "currency": "BDT", "intent": "sale"}


@pytest.mark.parametrize("one", every("nagad", with_key="like"))
def test_nagad_is_matched(sandbox, desk, one):
    shop = NagadShop(sandbox.world.addresses["nagad"])

    def completed():
        told = shop.open(shop.initialize("23467632"))
        return told["paymentReferenceId"], shop.complete(told, "23467632", amount="20")

    def verified(button=""):
        ref, _answer = completed()
        if button:
            desk.press(ref, button)
        return shop.verify(ref)

    def came_back(button):
        url = desk.press(completed()[0], button)["url"]
        return dict(parse_qsl(urlsplit(url).query))

    def twice():
        shop.initialize()
        return shop.initialize()

    def signed_by_somebody_else():
        keys = {"by": sandbox.world.addresses["nagad"]["nagad_private_key"]}
        real = shop.envelope
        shop.envelope = lambda content, **_: real(content, **keys)
        return shop.initialize()

    said = {
        "order opened": lambda: shop.open(shop.initialize("23467632")),
        "order completed": lambda: completed()[1],
        "order already opened today": twice,
        "signature not ours": signed_by_somebody_else,
        "paid": lambda: verified("pay"),
        "not paid yet": verified,
        "customer came back": lambda: came_back("pay"),
        "customer came back from a failure": lambda: came_back("fail"),
    }[one["like"]]()

    assert said.pop("http", 200) == one.get("status", 200)
    if one["name"] == "paid":  # we always send some; the recorded merchant did not
        assert said["additionalMerchantInfo"] is None
    compare(one, said)


@pytest.mark.parametrize("gateway", ["sslcommerz", "bkash", "nagad"])
def test_every_answer_says_where_it_is_from_and_what_is_made_of_it(gateway):
    for one in recorded(gateway):
        assert {"name", "operation", "source", "answer", "reads"} <= set(one)
        assert one["source"].strip()
    names = [one["name"] for one in recorded(gateway)]
    assert len(names) == len(set(names))
