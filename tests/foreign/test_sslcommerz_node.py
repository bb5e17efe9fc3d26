"""SSLCommerz' official Node SDK against the simulator: what it was written for it must serve."""

import pytest

ORDER = {
    "total_amount": 1150, "currency": "BDT", "tran_id": "PAY-0001",
    "success_url": "http://isp.test/success", "fail_url": "http://isp.test/fail",
    "cancel_url": "http://isp.test/cancel", "ipn_url": "",
    "shipping_method": "NO", "num_of_item": 1, "product_name": "Home 30",
    "product_category": "internet", "product_profile": "non-physical-goods",
    "cus_name": "আমিনা বেগম", "cus_email": "amina@demo.test", "cus_add1": "Mirpur",
    "cus_city": "Dhaka", "cus_postcode": "1216", "cus_country": "Bangladesh",
    "cus_phone": "01711000001",
}  # fmt: skip


def test_no_call_is_lost_however_many_follow_each_other(ask):
    """The SDK's lines are kept by Node for the next call: who closes one must say so."""
    calls = [("init", ORDER | {"tran_id": f"PAY-{number}"}) for number in range(8)]

    answers = ask(*calls, *[("transactionQueryByTransactionId", {"tran_id": "PAY-1"})] * 4)

    assert [one.get("status") or one.get("APIConnect") for one in answers] == (
        ["SUCCESS"] * 8 + ["DONE"] * 4
    )


def test_a_payment_is_opened_validated_and_found(ask, desk):
    (opened,) = ask(("init", ORDER))
    assert (opened["status"], opened["failedreason"]) == ("SUCCESS", "")
    key = opened["sessionkey"]
    assert desk.session(key)["session"]["asked"]["cus_name"] == "আমিনা বেগম"
    desk.press(key, "silent", way="visacard")
    val_id = desk.session(key)["charges"][0]["proof"]

    first, again, nothing, by_session, by_id = ask(
        ("validate", {"val_id": val_id}),
        ("validate", {"val_id": val_id}),
        ("validate", {"val_id": "none"}),
        ("transactionQueryBySessionId", {"sessionkey": key}),
        ("transactionQueryByTransactionId", {"tran_id": "PAY-0001"}),
    )

    assert [one["status"] for one in (first, again, nothing, by_session)] == [
        "VALID",
        "VALIDATED",
        "INVALID_TRANSACTION",
        "VALIDATED",
    ]
    assert (first["amount"], first["emi_instalment"], first["discount_amount"]) == (
        "1150.00",
        "0",
        "0.00",
    )
    assert (by_id["no_of_trans_found"], by_id["element"][0]["val_id"]) == (1, val_id)


def test_a_refund_of_before_2025_is_refused_in_words(ask, desk):
    (opened,) = ask(("init", ORDER))
    desk.press(opened["sessionkey"], "silent")
    bank_ref = desk.session(opened["sessionkey"])["charges"][0]["bank_ref"]

    refused, unknown = ask(
        (
            "initiateRefund",
            {
                "refund_amount": 100,
                "refund_remarks": "moved",
                "bank_tran_id": bank_ref,
                "refe_id": "R1",
            },
        ),
        ("refundQuery", {"refund_ref_id": "none"}),
    )

    assert (refused["status"], "refund_trans_id" in refused["errorReason"]) == ("failed", True)
    assert (unknown["APIConnect"], unknown["status"]) == ("DONE", "cancelled")


@pytest.mark.parametrize("missing", ["cus_email", "tran_id", "product_profile"])
def test_a_session_without_a_field_is_refused_by_its_name(ask, missing):
    (refused,) = ask(("init", {name: value for name, value in ORDER.items() if name != missing}))

    assert (refused["status"], missing in refused["failedreason"]) == ("FAILED", True)
