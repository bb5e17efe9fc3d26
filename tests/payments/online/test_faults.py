"""Faults by their number: what goes wrong between a gateway and us, one script each.

F-16 and F-17 here; F-18 and F-20 in `test_sslcommerz.py`, F-19 in `test_acceptance.py` and
`test_mutations.py`, F-28 in `test_crowd.py`, F-36 in `tests/payments/debits`.
"""

from datetime import timedelta
from itertools import permutations

import pytest

from billing.allocation.models import Payment
from payments.online.models import GatewayCallback, PaymentAttempt
from payments.online.services import reconciling
from tests.factories.customers import CustomerFactory
from tests.laws.scale import tried

pytestmark = pytest.mark.django_db(transaction=True)

NOTICES = tried(floor=100, full=1_000)


def test_f16_a_thousand_notices_over_a_day_are_one_payment(shop):
    """The same notice, and others that differ by a field nobody signs, all day long."""
    attempt = shop.start()
    shop.press(attempt, "success")
    (notice,) = shop.notices(attempt)
    start = shop.at

    for number in range(NOTICES):
        shop.at = start + timedelta(days=1) / NOTICES * number
        shop.notify(notice, **({"sent": str(number)} if number % 3 == 0 else {}))

    assert (shop.state(attempt), Payment.objects.count()) == ("SETTLED", 1)
    assert sum(GatewayCallback.objects.values_list("times", flat=True)) == NOTICES
    asked = [call for call in shop.desk.calls() if call["operation"] == "validation"]
    assert len(asked) == 1


def test_f17_all_24_orders_of_what_may_happen_settle_once(shop):
    """A notice, the success page, the fail page by mistake, and our own question."""
    for order in permutations(["notice", "return", "fail page", "question"]):
        attempt = shop.start(customer=CustomerFactory())
        left = shop.press(attempt, "success")
        (notice,) = shop.notices(attempt)
        for number, step in enumerate(order):
            moment = shop.at + timedelta(seconds=20 * number)
            if step == "notice":
                shop.notify(notice)
            elif step == "question":
                reconciling.ask(PaymentAttempt.objects.get(pk=attempt.pk), at=moment)
            else:
                page = "fail" if step == "fail page" else "success"
                shop.come_back({**left, "url": left["url"].replace("/success/", f"/{page}/")})
                shop.work_off(at=moment)
        assert shop.state(attempt) == "SETTLED", order
        assert Payment.objects.filter(attempt=attempt).count() == 1, order
    assert Payment.objects.count() == 24
