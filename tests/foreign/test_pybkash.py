"""pybkash, a client of other authors, against the simulator of bKash."""

import pytest
from pybkash import Client, Token
from pybkash.exception_handlers import APIError


@pytest.fixture
def token(sandbox):
    place = sandbox.addresses["bkash"]
    token = Token(
        username=place["username"],
        password=place["password"],
        app_key=place["app_key"],
        app_secret=place["app_secret"],
        sandbox=True,
    )
    token.base_url = place["base_url"]
    return token


@pytest.fixture
def client(token):
    with Client(token) as client:
        yield client


def test_a_payment_is_made_found_and_given_back(client, desk):
    created = client.create_payment(
        callback_url="https://isp.test/back",
        payer_reference="CT-2026-00001",
        amount=100.5,
        invoice_number="PAY0001",
    )
    assert (created.status_code, created.bkash_url != "") == ("0000", True)
    assert client.query_payment(created.payment_id).transaction_status == "Initiated"
    desk.press(created.payment_id, "pay")

    paid = client.execute_payment(created.payment_id)

    assert (paid.transaction_status, paid.amount, paid.merchant_invoice_number) == (
        "Completed",
        "100.5",
        "PAY0001",
    )
    asked = client.query_payment(created.payment_id)
    assert (asked.transaction_status, asked.merchant_invoice) == ("Completed", "PAY0001")
    found = client.search_trx(paid.trx_id)
    assert (found.transaction_status, found.amount) == ("Completed", "100.5")
    back = client.execute_refund(
        created.payment_id, paid.trx_id, 50.25, sku="internet", reason="moved away"
    )
    assert (back.transaction_status, back.amount, back.original_trx_id) == (
        "Completed",
        "50.25",
        paid.trx_id,
    )


def test_what_is_refused_is_refused_by_its_code(client, desk):
    created = client.create_payment("https://isp.test/back", "CT-2026-00001", 100)

    with pytest.raises(APIError) as refused:
        client.execute_payment(created.payment_id)

    assert (refused.value.status_code, refused.value.message) == ("2056", "Invalid Payment State")


def test_one_line_serves_all_its_calls(client, desk):
    created = [
        client.create_payment("https://isp.test/back", "CT-1", 100 + number) for number in range(6)
    ]

    assert len({one.payment_id for one in created}) == 6
    assert len(desk.calls(gateway="bkash", operation="grant")) == 1
