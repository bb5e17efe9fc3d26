"""Callbacks that are nearly genuine, at every address where one can come (M14).

Genuine messages of paid, failed and cancelled attempts are mutated and aimed at attempts nobody has
paid. Whatever comes: not a single row in the books more than before, never an answer of 5xx, and
whoever works the message off does not break either. The full figure is `PROVE=full`.
"""

import time
from collections import Counter
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from payments.online.models import GatewayCallback, PaymentAttempt
from payments.online.services import inbox, reconciling
from tests.factories.customers import CustomerFactory
from tests.laws import at_once
from tests.laws.scale import SEED, is_over, tell
from tests.payments.online.conftest import Shop
from tests.payments.online.mutations import CALLS, Mutator, books, send
from tests.payments.online.test_wallets import Wallet

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

AT_ONCE = 60
_ENDS = {
    "sslcommerz": ["success", "insufficient", "cancel"],
    "bkash": ["pay", "fail", "cancel"],
    "nagad": ["pay", "fail", "cancel"],
}


def said_by(shop, button):
    """An attempt that ended in one way, and everything that was said about it, worked off."""
    attempt = shop.start("555.00", customer=CustomerFactory())
    left = shop.press(attempt, button)
    told = [dict(parse_qsl(urlsplit(left["url"]).query)) | left["fields"], *shop.notices(attempt)]
    shop.come_back(left)
    for fields in shop.notices(attempt):
        shop.client.post(f"/pay/gateways/{shop.account.slug}/ipn/", fields)
    shop.work_off()
    return attempt, told


def aim_at(attempt):
    """The names by which a message can point at an attempt."""
    return {
        "tran_id": attempt.order,
        "order": attempt.order,
        "order_id": attempt.order,
        "paymentID": attempt.session_key,
        "payment_ref_id": attempt.session_key,
    }


@pytest.fixture(params=["sslcommerz", "bkash", "nagad"])
def shop(request, _sandbox, desk, settings, client, at, db):
    settings.PUBLIC_URL = "http://127.0.0.1:9"
    if request.param == "sslcommerz":
        return Shop(_sandbox, desk, client, at)
    return Wallet(request.param, _sandbox, desk, client, at)


def test_no_mutated_callback_earns_anything_or_pauses_us(shop, client):
    name = shop.account.slug
    ended = [said_by(shop, button) for button in _ENDS[name]]
    settled = ended[0][0]
    assert [shop.state(attempt) for attempt, _told in ended] == ["SETTLED", "FAILED", "CANCELLED"]
    client.raise_request_exception = False
    before, answers, start = books(), Counter(), time.monotonic()
    mutator = Mutator(
        seed=f"{name} {SEED}",
        genuine=[fields for _attempt, told in ended for fields in told],
        aims=[],
        home={
            "path": f"/pay/gateways/{name}/{{claim}}/",
            "methods": ["POST"] * 9 + ["GET"] if name == "sslcommerz" else ["GET"] * 5 + ["POST"],
            "claims": ["ipn", "ipn", "success", "fail"] if name == "sslcommerz" else ["return"],
        },
    )
    for number in range(CALLS):
        if is_over(start):
            break
        if number % 600 == 0:  # bKash's die when somebody claims too early that they are paid
            unpaid = [shop.start("777.00", customer=CustomerFactory()) for _ in range(3)]
            mutator.aims[:] = [aim_at(attempt) for attempt in unpaid]
        send(client, mutator, answers)
        if number % AT_ONCE == AT_ONCE - 1 or number == CALLS - 1:
            shop.at += timedelta(minutes=2)
            rung = GatewayCallback.objects.filter(state="NEW").order_by("-pk")[:AT_ONCE]
            for callback in {*rung.values_list("pk", flat=True), *inbox.waiting(at=shop.at)}:
                inbox.work_off(callback_id=callback, at=shop.at)
            reconciling.reconcile(now=lambda: shop.at)
            assert books() == before
            assert shop.state(settled) == "SETTLED"
    assert PaymentAttempt.objects.exclude(payment=None).count() == 1
    if CALLS > 1_000:
        assert at_once.broken() == []
    kept = Counter(GatewayCallback.objects.values_list("state", flat=True))
    took = time.monotonic() - start
    tell(
        f"M14 {name}: {answers.total()} mutated callbacks, {took:.0f} s; answers {dict(answers)}; "
        f"kept {dict(kept)}; 0 rows earned"
    )
