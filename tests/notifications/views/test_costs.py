"""The page of what messages cost, and its price list."""

from decimal import Decimal

import pytest
from django.urls import reverse

from ispbill.audit.models import AuditEvent
from ispbill.core import clock
from ispbill.notifications.models import MessagePrice, MessageSettings
from tests.factories.accounts import UserFactory
from tests.factories.notifications import MessageFactory

pytestmark = pytest.mark.django_db
LIST = "staff_notifications:costs"


@pytest.fixture
def owner(client):
    user = UserFactory(role="OWNER")
    client.force_login(user)
    return user


def new(**fields):
    asked = {
        "channel": "SMS",
        "price": "0.35",
        "valid_from": "2026-01-01",
        "begins_with": "+880 17",
    }
    return {**asked, **fields}


def test_a_price_is_kept_as_typed_and_told_in_the_trail(client, owner):
    client.post(reverse("staff_notifications:add-price"), new())
    price = MessagePrice.objects.get()
    assert (price.prefix, price.price) == ("+88017", Decimal("0.3500"))
    assert AuditEvent.objects.filter(action="message_price.added", actor_id=owner.pk).exists()
    again = client.post(reverse("staff_notifications:add-price"), new())
    assert again.status_code == 422
    assert "remove it first" in again.content.decode()


@pytest.mark.parametrize("fields", [{"begins_with": "017"}, {"price": "-1"}, {"channel": "EMAIL"}])
def test_what_makes_no_sense_is_refused(client, owner, fields):
    assert client.post(reverse("staff_notifications:add-price"), new(**fields)).status_code == 422


def test_removing_asks_why(client, owner):
    client.post(reverse("staff_notifications:add-price"), new())
    address = reverse("staff_notifications:remove-price", args=[MessagePrice.objects.get().pk])
    assert client.post(address, {"reason": ""}).status_code == 422
    client.post(address, {"reason": "the contract has ended"})
    assert not MessagePrice.objects.exists()


def test_the_month_is_shown_by_event_with_its_share_of_the_budget(client, owner):
    MessageSettings.current()
    MessageSettings.objects.update(month_budget=Decimal("10.00"))
    MessageFactory.create_batch(
        2, state="SENT", sent_at=clock.now(), parts=2, cost="2.00", provider="twilio"
    )
    page = client.get(reverse(LIST)).content.decode()
    assert "40 percent" in page
    assert "Twilio" in page


def test_the_page_asks_as_much_for_many_prices_and_events(
    client, owner, django_assert_max_num_queries
):
    def asked():
        with django_assert_max_num_queries(40) as counted:
            client.get(reverse(LIST))
        return len(counted)

    client.get(reverse(LIST))  # what is remembered from then on
    for number in range(3):
        fields = new(begins_with=f"+8801{number + 3}")
        client.post(reverse("staff_notifications:add-price"), fields)
        MessageFactory(state="SENT", sent_at=clock.now(), cost="1", parts=1, provider="twilio")
        few = asked() if number == 0 else few  # noqa: F821
    assert asked() == few


def test_others_do_not_see_it(client):
    client.force_login(UserFactory(role="CASHIER"))
    assert client.get(reverse(LIST)).status_code == 403
