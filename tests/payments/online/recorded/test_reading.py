"""Our adapters read what the real gateways answered; the simulator only repeats it here."""

from decimal import Decimal

import pytest

from ispbill.devtools.sandbox.gateways.nagad_crypto import closed
from payments.online.gateways import errors
from payments.online.gateways.bkash import Bkash
from payments.online.gateways.contract import Hint, Known, RefundOrder, Verdict
from payments.online.gateways.nagad import Nagad
from payments.online.gateways.sslcommerz import SslCommerz
from tests.payments.online.recorded import every, recorded


def repeat(desk, gateway, one, *, answer=None):
    desk.fault(
        gateway,
        "refuse",
        operation=one["operation"],
        times=one.get("times", 1),
        status=one.get("status", 200),
        fields=answer or one["answer"],
    )


def check(one, ask):
    """Call the adapter and compare its result, or its error, with what was written down."""
    told = dict(one["reads"])
    kind = told.pop("raises", "")
    if kind:
        with pytest.raises(errors.GatewayError) as raised:
            ask()
        names = [one.__name__ for one in type(raised.value).__mro__]
        assert next(name for name in names if not name.startswith("_")) == kind
        found = raised.value
    else:
        found = ask()
    assert {name: str(getattr(found, name)) for name in told} == told


def refund_of(amount="50.25", trx="BFD90JRLST", session="TR1"):
    return RefundOrder(
        order="R1",
        amount=Decimal(amount),
        currency="BDT",
        reason="moved away",
        gateway_reference=trx,
        bank_reference=trx,
        session_key=session,
    )


@pytest.mark.parametrize("one", every("sslcommerz"))
def test_sslcommerz_is_read(sandbox, desk, order, one):
    place = sandbox.addresses["sslcommerz"]
    password = one.get("password", place["store_passwd"])
    gateway = SslCommerz(
        place["base_url"], {"store_id": place["store_id"], "store_password": password}
    )
    known = Known("PAY0001", "S1", Decimal("900.00"), "BDT")
    if one["operation"] != "ipn":
        repeat(desk, "sslcommerz", one)

    check(
        one,
        {
            "session": lambda: gateway.start(order()),
            "validation": lambda: gateway.confirm(known, Hint("", Verdict.PAID, reference="V1")),
            "query": lambda: gateway.query(known),
            "refund": lambda: gateway.refund(refund_of()),
            "refund_state": lambda: gateway.refund_state(refund_of(), "59bd63fea5455"),
            "read": lambda: gateway.read("ipn", one["answer"]),
        }[one.get("call") or one["operation"]],
    )


@pytest.mark.parametrize("one", every("bkash"))
def test_bkash_is_read(sandbox, desk, order, one):
    place = sandbox.addresses["bkash"]
    names = ("username", "password", "app_key", "app_secret")
    gateway = Bkash(place["base_url"], {name: place[name] for name in names})
    session = one["answer"].get("paymentID", "TR1")
    known = Known("PAY0001", session, Decimal(100), "BDT")
    came_back = Hint("", Verdict.PAID, reference=session)
    if one["operation"] == "refresh":
        gateway._tokens.current()
    if one["operation"] == "execute":  # whoever doubts an execution asks
        begun = next(row for row in recorded("bkash") if row["name"] == "query of one begun")
        repeat(desk, "bkash", begun, answer=begun["answer"] | {"paymentID": session})
    repeat(desk, "bkash", one)

    def token():
        return Tokened(gateway._tokens.current())

    def renewed():
        return Tokened(gateway._tokens.after(gateway._tokens.current()))

    check(
        one,
        {
            "grant": token,
            "refresh": renewed,
            "create": lambda: gateway.start(order()),
            "execute": lambda: gateway.confirm(known, came_back),
            "query": lambda: gateway.query(known),
            "search": lambda: None,  # we never search by trxID; the simulator can be asked to
            "refund": lambda: gateway.refund(refund_of(one["answer"].get("refundAmount", "10"))),
            "refund_state": lambda: gateway.refund_state(refund_of(), ""),
        }[one.get("call") or one["operation"]],
    )


class Tokened:
    def __init__(self, token):
        self.token = token


@pytest.mark.parametrize("one", every("nagad"))
def test_nagad_is_read(sandbox, desk, order, one):
    place = sandbox.world.addresses["nagad"]
    answer = one["answer"]
    gateway = Nagad(
        place["base_url"],
        {
            "merchant_id": answer.get("merchantId", place["merchant_id"]),
            "private_key": place["merchant_private_key"],
            "public_key": place["nagad_public_key"],
        },
    )
    if one.get("is_sealed"):
        keys = {"to": place["merchant_public_key"], "by": place["nagad_private_key"]}
        repeat(desk, "nagad", one, answer=closed(answer, **keys))
        completed = next(row for row in recorded("nagad") if row["operation"] == "complete")
        repeat(desk, "nagad", completed)
    elif one["operation"] != "return":
        repeat(desk, "nagad", one)
    known = Known("X", answer.get("paymentRefId", ""), Decimal(20), "BDT")

    check(
        one,
        {
            "initialize": lambda: gateway.start(order()),
            "complete": lambda: gateway.start(order()),
            "verify": lambda: gateway.query(known),
            "return": lambda: gateway.read("return", answer),
        }[one["operation"]],
    )
