"""The inbox of gateways takes so much from one address; what is over that is not lost (F-19)."""

import pytest
from django.core.cache import cache

from payments.online.models import GatewayCallback, PaymentAttempt
from payments.online.services import reconciling
from payments.online.views import gateway_calls

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _few(monkeypatch):
    cache.clear()
    monkeypatch.setattr(gateway_calls, "MOST_NOTICES", 3)
    monkeypatch.setattr(gateway_calls, "MOST_RETURNS", 3)


def test_a_genuine_notice_over_the_limit_is_said_and_its_money_found_by_asking(shop):
    attempt = shop.start()
    shop.press(attempt, "success")
    for number in range(3):
        assert shop.notify({"tran_id": "made-up", "n": number}).status_code == 200

    response = shop.notify(shop.notices(attempt)[0])

    assert (response.status_code, int(response["Retry-After"]) > 0) == (429, True)
    assert (GatewayCallback.objects.count(), shop.state(attempt)) == (3, "OPEN")
    reconciling.ask(PaymentAttempt.objects.get(pk=attempt.pk), at=shop.at)
    assert shop.state(attempt) == "SETTLED"


def test_a_browser_over_the_limit_still_comes_to_the_page_of_its_payment(shop):
    attempt = shop.start()
    left = shop.press(attempt, "no_ipn")
    for number in range(3):
        shop.client.post("/pay/gateways/sslcommerz/fail/", {"tran_id": "made-up", "n": number})

    response = shop.come_back(left)

    assert (response.status_code, response["Location"]) == (303, f"/pay/attempts/{attempt.order}/")
    assert GatewayCallback.objects.count() == 3
    unknown = shop.client.post("/pay/gateways/sslcommerz/fail/", {"tran_id": "nothing"})
    assert (unknown.status_code, unknown["Location"]) == (303, "/pay")


def test_each_address_has_its_own_share(shop):
    for number in range(4):
        shop.notify({"tran_id": "made-up", "n": number})
    response = shop.client.post(
        "/pay/gateways/sslcommerz/ipn/", {"tran_id": "made-up"}, REMOTE_ADDR="192.0.2.9"
    )

    assert response.status_code == 200
