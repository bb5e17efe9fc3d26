from datetime import UTC, datetime
from decimal import Decimal

import pytest

from ispbill.devtools.sandbox.gateways.client import Desk
from ispbill.devtools.sandbox.gateways.server import serve
from payments.online.gateways.contract import Known, Order


@pytest.fixture
def sandbox(tmp_path):
    sandbox = serve(tmp_path)
    yield sandbox
    sandbox.close()


@pytest.fixture
def desk(sandbox, tmp_path):
    return Desk(tmp_path)


@pytest.fixture
def order():
    """Make an order of 1,150 BDT."""

    def make(name="PAY0001", **changes):
        told = {
            "order": name,
            "amount": Decimal("1150.00"),
            "currency": "BDT",
            "description": "Internet",
            "return_url": "https://isp.test/pay/back/",
            "notice_url": "https://isp.test/pay/notice/",
            "expires_at": datetime(2026, 1, 11, 4, tzinfo=UTC),
            "customer_number": "CT-2026-00001",
            "customer_name": "Amina Begum",
            "customer_phone": "+8801711000001",
            "customer_email": "",
            "customer_address": "Mirpur",
            "customer_city": "Dhaka",
            "client_ip": "203.0.113.9",
            "language": "en",
        }
        return Order(**told | changes)

    return make


@pytest.fixture
def known():
    """What we know of an order once it was started."""

    def make(order, started):
        return Known(
            order=order.order,
            session_key=started.session_key,
            amount=order.amount,
            currency=order.currency,
        )

    return make
