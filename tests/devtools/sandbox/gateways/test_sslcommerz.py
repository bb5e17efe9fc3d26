import json
from urllib.parse import urlencode

import pytest

from ispbill.devtools.sandbox.gateways.client import Desk
from ispbill.devtools.sandbox.gateways.server import serve
from ispbill.devtools.sandbox.gateways.signing import signatures, signed
from ispbill.devtools.sandbox.gateways.sslcommerz import QUERIES, SESSION, VALIDATION
from ispbill.devtools.sandbox.owners_call import NotRunning
from tests.devtools.sandbox.gateways.merchant import call, until
from tests.devtools.sandbox.gateways.shops import SslCommerzShop


@pytest.fixture
def shop(sandbox, merchant):
    return SslCommerzShop(sandbox.addresses["sslcommerz"], merchant.url)


def test_the_published_hash_vectors_come_out():
    fields = {
        "amount": "10.00",
        "bank_tran_id": "200105225825DBgSoRGLvczhFjj",
        "base_fair": "0.00",
        "card_brand": "VISA",
        "card_issuer": "TRUST BANK, LTD.",
        "card_issuer_country": "Bangladesh",
        "card_issuer_country_code": "BD",
        "card_no": "418117XXXXXX6675",
        "card_type": "VISA-Dutch Bangla",
        "currency": "BDT",
        "currency_amount": "10.00",
        "currency_rate": "1.0000",
        "currency_type": "BDT",
        "risk_level": "0",
        "risk_title": "Safe",
        "status": "VALID",
        "store_amount": "9.75",
        "store_id": "test_testemi",
        "tran_date": "2020-01-05 22:58:21",
        "tran_id": "5E121A0D01F92",
        "val_id": "200105225826116qFnATY9sHIwo",
        "value_a": "",
        "value_b": "",
        "value_c": "",
        "value_d": "",
    }

    assert signatures(fields, fields, password="test_testemi@ssl") == (
        "d42fab70ae0bcbda5280e7baffef60b0",
        "02c0417ff467c109006382d56eedccecd68382e47245266e7b47abbb3d43976e",
    )


def test_a_small_hash_vector_comes_out():
    fields = {"amount": "500.00", "currency": "BDT", "status": "VALID", "tran_id": "PAY-0001"}

    assert signed(fields, password="qwerty") == {
        **fields,
        "verify_key": "amount,currency,status,tran_id",
        "verify_sign": "fe178f0a10fa5040de04ed5abe886a84",
        "verify_sign_sha2": "217d3b86fbcf332cdf280ff7662a9a790c2a5cde3f2f52aaf1aabd7cd7dff41d",
    }


def test_a_client_that_posts_forms_in_parts_and_its_questions_is_understood(shop, desk):
    """The published Node client does both: multipart sessions, POST with the query in the URL."""
    parts = "".join(
        f'--cut\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in shop.fields(cus_name="আমিনা").items()
    )
    opened = json.loads(
        call(
            shop.url + SESSION,
            raw=f"{parts}--cut--\r\n".encode(),
            headers={"Content-Type": "multipart/form-data; boundary=cut"},
        )[1]
    )
    assert (opened["status"], opened["failedreason"]) == ("SUCCESS", "")
    assert desk.session(opened["sessionkey"])["session"]["asked"]["cus_name"] == "আমিনা"
    desk.press(opened["sessionkey"], "success")

    query = urlencode(shop.login | {"tran_id": "PAY-0001", "format": "json"})
    told = json.loads(call(f"{shop.url}{QUERIES}?{query}", raw=b"")[1])

    assert (told["APIConnect"], told["element"][0]["status"]) == ("DONE", "VALID")


def test_a_paid_checkout_is_told_to_browser_and_merchant_and_is_valid_once(shop, desk, merchant):
    opened = shop.open()
    assert (opened["status"], opened["failedreason"]) == ("SUCCESS", "")
    assert opened["GatewayPageURL"] == f"{shop.url}/page/{opened['sessionkey']}/"

    leaving = desk.press(opened["sessionkey"], "success")

    path, posted = merchant.wait(1)[0]
    assert path == "/ipn"
    assert (leaving["method"], leaving["url"]) == ("POST", f"{merchant.url}/success")
    assert leaving["fields"] == posted
    names = posted["verify_key"].split(",")
    assert {"tran_id", "val_id", "amount", "status", "currency"} <= set(names)
    assert signatures(posted, names, password=shop.login["store_passwd"]) == (
        posted["verify_sign"],
        posted["verify_sign_sha2"],
    )
    assert (posted["status"], posted["tran_id"], posted["value_d"], posted["risk_level"]) == (
        "VALID",
        "PAY-0001",
        "attempt-1",
        "0",
    )
    assert (posted["amount"], posted["currency_amount"], posted["store_amount"]) == (
        "1150.00",
        "1150.00",
        "1121.25",
    )
    first, again = (shop.ask(VALIDATION, val_id=posted["val_id"]) for _ in range(2))
    assert (first["status"], first["APIConnect"], again["status"]) == ("VALID", "DONE", "VALIDATED")
    assert (first["tran_id"], first["amount"], first["bank_tran_id"]) == (
        "PAY-0001",
        "1150.00",
        posted["bank_tran_id"],
    )


def test_an_unknown_payment_and_a_stranger_are_not_valid(shop, desk):
    desk.press(shop.open()["sessionkey"], "silent")
    val_id = desk.session(desk.newest())["charges"][0]["proof"]

    assert shop.ask(VALIDATION, val_id="x")["status"] == "INVALID_TRANSACTION"
    assert shop.ask(VALIDATION, val_id="")["status"] == "INVALID_TRANSACTION"
    assert shop.ask(VALIDATION, val_id=val_id, store_passwd="wrong") == {
        "APIConnect": "FAILED",
        "status": "INVALID_TRANSACTION",
    }


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"store_passwd": "wrong"}, "Store Credential Error Or Store is De-active"),
        ({"cus_email": None}, "'cus_email' is missing"),
        ({"product_profile": "things"}, "'product_profile' is not known"),
        ({"tran_id": "P" * 31}, "'tran_id' is longer than 30"),
        ({"total_amount": "9.99"}, "between 10.00 and 500000.00"),
        ({"total_amount": "500000.01"}, "between 10.00 and 500000.00"),
        ({"total_amount": "1,150.00"}, "not a decimal"),
        ({"total_amount": "1150.001"}, "not a decimal"),
        ({"currency": "XYZ"}, "'currency' is not supported"),
        ({"success_url": "/success"}, "'success_url' is not an address"),
        ({"shipping_method": "YES"}, "'ship_name' is missing"),
    ],
)
def test_a_session_that_pauses_the_rules_is_refused(shop, changes, reason):
    answer = shop.open(**changes)

    assert answer["status"] == "FAILED"
    assert reason in answer["failedreason"]
    assert answer["GatewayPageURL"] == ""


def test_a_paid_tran_id_opens_no_second_session_an_unpaid_one_does(shop, desk):
    first, second = shop.open()["sessionkey"], shop.open()["sessionkey"]
    assert first != second
    desk.press(second, "silent")

    assert "Duplicate tran_id" in shop.open()["failedreason"]


def test_queries_know_every_try(shop, desk):
    key = shop.open()["sessionkey"]
    assert shop.ask(QUERIES, sessionkey=key)["status"] == "PENDING"
    assert shop.ask(QUERIES, tran_id="PAY-0001")["no_of_trans_found"] == 0
    desk.press(key, "insufficient")
    desk.press(key, "cancel")
    desk.press(key, "silent")

    found = shop.ask(QUERIES, tran_id="PAY-0001")

    assert [(one["status"], one.get("error", "")) for one in found["element"]] == [
        ("FAILED", "Insufficient Balance"),
        ("CANCELLED", "Cancelled by User"),
        ("VALID", ""),
    ]
    assert (found["APIConnect"], found["no_of_trans_found"]) == ("DONE", 3)
    assert shop.ask(QUERIES, sessionkey=key)["status"] == "VALID"
    assert shop.ask(QUERIES, tran_id="other")["no_of_trans_found"] == 0


@pytest.mark.parametrize(
    ("button", "path", "ipns", "status"),
    [
        ("ipn_only", "", 1, "VALID"),
        ("no_ipn", "/success", 0, "VALID"),
        ("silent", "", 0, "VALID"),
        ("twice", "/success", 2, "VALID"),
        ("insufficient", "/fail", 1, "FAILED"),
        ("cancel", "/cancel", 1, "CANCELLED"),
        ("expire", "", 1, "EXPIRED"),
        ("wrong_amount", "/success", 1, "VALID"),
        ("risk", "/success", 1, "VALID"),
        ("close", "", 0, ""),
    ],
)
def test_each_button_tells_whom_it_says(shop, desk, merchant, button, path, ipns, status):
    key = shop.open()["sessionkey"]

    leaving = desk.press(key, button)

    assert leaving["url"] == (f"{merchant.url}{path}" if path else "")
    heard = merchant.wait(ipns)
    until(lambda: all(one["due"] is None for one in desk.callbacks(key)))
    assert [(where, fields["status"]) for where, fields in heard] == [("/ipn", status)] * ipns
    assert len(desk.callbacks(key)) == ipns


def test_wrong_amount_and_risk_are_in_what_is_validated(shop, desk):
    desk.press(shop.open()["sessionkey"], "wrong_amount")
    wrong = desk.session(desk.newest())["charges"][0]
    desk.press(shop.open(tran_id="PAY-0002")["sessionkey"], "risk")
    risky = desk.session(desk.newest())["charges"][0]
    desk.press(shop.open(tran_id="PAY-0003")["sessionkey"], "wrong_amount", amount="1.00")
    tiny = desk.session(desk.newest())["charges"][0]

    assert shop.ask(VALIDATION, val_id=wrong["proof"])["amount"] == "1149.50"
    assert shop.ask(VALIDATION, val_id=risky["proof"])["risk_level"] == "1"
    assert shop.ask(VALIDATION, val_id=tiny["proof"])["currency_amount"] == "1.00"


def test_a_delayed_ipn_comes_later_and_a_late_decline_after_the_success(shop, desk, merchant):
    key = shop.open()["sessionkey"]
    assert desk.press(key, "delayed")["url"] == f"{merchant.url}/success"
    waiting = desk.callbacks(key)[0]
    assert waiting["due"] is not None
    assert merchant.heard == []

    other = shop.open(tran_id="PAY-0002")["sessionkey"]
    desk.press(other, "late_decline", delay_seconds=0.2)

    heard = [(fields["status"], fields.get("val_id", "") != "") for _, fields in merchant.wait(2)]
    assert heard == [("VALID", True), ("FAILED", False)]


def test_an_ipn_with_a_bad_hash_does_not_check_out(shop, desk, merchant):
    desk.press(shop.open()["sessionkey"], "bad_hash")

    posted = merchant.wait(1)[0][1]
    names = posted["verify_key"].split(",")
    right = signatures(posted, names, password=shop.login["store_passwd"])
    assert posted["verify_sign"] != right[0]
    assert posted["verify_sign_sha2"] != right[1]


def test_money_is_taken_once_however_often_the_button_is_pressed(shop, desk):
    key = shop.open()["sessionkey"]
    desk.press(key, "silent")

    with pytest.raises(ValueError, match="does not work now"):
        desk.press(key, "success")
    assert len(desk.session(key)["charges"]) == 1


def test_any_callback_can_be_forged_and_sent_many_times_at_once(shop, desk, merchant):
    key = shop.open()["sessionkey"]
    desk.press(key, "silent")

    answers = desk.call_back(key=key, fields={"amount": "1.00", "card_no": None}, times=32)

    assert answers == [200] * 32
    heard = [fields for _, fields in merchant.wait(32)]
    assert {(one["amount"], "card_no" in one, "verify_sign" in one) for one in heard} == {
        ("1.00", False, False)
    }
    signed_too = desk.call_back(key=key, url=f"{merchant.url}/other", is_signed=True)
    assert signed_too == [200]
    assert merchant.wait(33)[32][0] == "/other"
    assert "verify_sign_sha2" in merchant.heard[32][1]


def test_an_ipn_nobody_took_is_sent_again_even_by_the_next_process(
    shop, desk, merchant, sandbox, tmp_path, monkeypatch
):
    monkeypatch.setattr("ispbill.devtools.sandbox.gateways.callbacks.RETRY_SECONDS", (0.5,) * 5)
    merchant.status = 503
    key = shop.open()["sessionkey"]
    desk.press(key, "ipn_only")
    merchant.wait(1)
    until(lambda: desk.callbacks(key)[0]["answer"] == "503")
    sandbox.close()
    merchant.status = 200

    again = serve(tmp_path)
    try:
        merchant.wait(2)
        until(lambda: desk.callbacks(key)[0]["due"] is None)
        assert desk.callbacks(key)[0]["answer"] == "200"
        assert desk.session(key)["session"]["state"] == "VALID"
    finally:
        again.close()


def test_a_refund_is_taken_once_then_processing_then_refunded(shop, desk):
    desk.switch(refund_seconds=3600)
    desk.press(shop.open()["sessionkey"], "silent")
    bank_ref = desk.session(desk.newest())["charges"][0]["bank_ref"]
    asked = {"bank_tran_id": bank_ref, "refund_remarks": "moved"}

    def refund(amount, ours):
        return shop.ask(QUERIES, refund_amount=amount, refund_trans_id=ours, **asked)

    first = refund("150.00", "R-1")
    assert (first["status"], first["trans_id"]) == ("success", "PAY-0001")
    again = refund("150.00", "R-1")
    assert (again["status"], again["refund_ref_id"]) == ("processing", first["refund_ref_id"])
    assert refund("1000.01", "R-2")["errorReason"] == "Refund amount exceeds the transaction amount"
    assert refund("10.00", "")["status"] == "failed"
    assert refund("0", "R-3")["status"] == "failed"
    state = shop.ask(QUERIES, refund_ref_id=first["refund_ref_id"])
    assert (state["status"], state["bank_tran_id"]) == ("processing", bank_ref)
    desk.turn_refund(first["refund_ref_id"], "refunded")
    assert shop.ask(QUERIES, refund_ref_id=first["refund_ref_id"])["status"] == "refunded"
    desk.switch(refund_seconds=0)
    second = refund("1000.00", "R-4")
    assert shop.ask(QUERIES, refund_ref_id=second["refund_ref_id"])["status"] == "refunded"


@pytest.mark.parametrize(
    ("kind", "status", "raw"),
    [
        ("error_500", 500, "<html>"),
        ("maintenance", 503, "<html>"),
        ("html", 200, "<html>"),
        ("empty", 200, ""),
        ("null", 200, "null"),
        ("truncated", 200, '{"APIConnect": '),
        ("wrong_types", 200, '{"APIConnect": ["DONE"]'),
        ("inactive", 200, '{"APIConnect": "INACTIVE"'),
    ],
)
def test_what_goes_wrong_goes_wrong_once_at_the_operation_named(shop, desk, kind, status, raw):
    desk.fault("sslcommerz", kind, operation="validation")
    assert shop.open()["status"] == "SUCCESS"
    login = urlencode(shop.login | {"val_id": "x"})

    got_status, got = call(f"{shop.url}{VALIDATION}?{login}")

    assert (got_status, got.startswith(raw)) == (status, True)
    assert shop.ask(VALIDATION, val_id="x")["status"] == "INVALID_TRANSACTION"
    assert desk.faults() == []


def test_an_answer_can_be_lost_after_the_work_or_changed_or_slow(shop, desk):
    desk.fault("sslcommerz", "lost_answer", operation="session")
    with pytest.raises((OSError, ValueError)):
        shop.open()
    assert len(desk.sessions(reference="PAY-0001")) == 1
    desk.fault("sslcommerz", "timeout", operation="session", seconds=30)
    with pytest.raises(TimeoutError):
        call(shop.url + SESSION, form=shop.fields(tran_id="PAY-0002"), seconds=0.3)
    assert len(desk.sessions(reference="PAY-0002")) == 1
    desk.fault("sslcommerz", "override", operation="query", fields={"tran_id": "other"})
    assert shop.ask(QUERIES, tran_id="PAY-0001")["tran_id"] == "other"
    desk.fault("sslcommerz", "slow", operation="session", seconds=30, times=-1)
    with pytest.raises(TimeoutError):
        call(shop.url + SESSION, form=shop.fields(tran_id="PAY-0003"), seconds=0.3)
    desk.clear_faults()


def test_the_log_of_calls_holds_no_secrets(shop, desk):
    shop.open()

    call_made = desk.calls(gateway="sslcommerz", operation="session")[0]

    assert call_made["asked"]["tran_id"] == "PAY-0001"
    assert shop.login["store_passwd"] not in json.dumps(desk.calls())
    assert shop.login["store_passwd"] not in json.dumps(desk.sessions())


def test_the_own_page_works_without_javascript(shop, desk, merchant):
    page = shop.open()["GatewayPageURL"]
    status, body = call(page)
    assert status == 200
    assert body.index("Success, browser closed (IPN only)") < body.index("Wrong amount")

    _, left = call(page, form={"button": "success", "way": "nagad"})

    assert f'<form method="post" action="{merchant.url}/success">' in left
    assert 'name="card_type" value="NAGAD-Nagad"' in left
    assert call(page, form={"button": "success"})[0] == 409
    assert call(page.replace("/page/", "/page/x"))[0] == 404


def test_customers_are_sent_to_the_web_address_when_it_is_known(tmp_path):
    sandbox = serve(tmp_path, "http://isp.test/sim/gateway/")
    try:
        opened = SslCommerzShop(sandbox.addresses["sslcommerz"], "http://isp.test").open()
    finally:
        sandbox.close()

    assert opened["GatewayPageURL"] == f"http://isp.test/sim/gateway/{opened['sessionkey']}/"


def test_the_address_file_is_for_its_owner_and_the_desk_for_who_has_the_token(sandbox, tmp_path):
    file = tmp_path / "gateways.json"
    assert file.stat().st_mode & 0o777 == 0o600
    url = sandbox.addresses["control"]["base_url"]
    assert call(f"{url}/sessions", headers={"Authorization": "Bearer x"})[0] == 404


def test_a_closed_sandbox_is_not_running(tmp_path):
    serve(tmp_path).close()

    with pytest.raises(NotRunning):
        Desk(tmp_path).sessions()
