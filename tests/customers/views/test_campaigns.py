"""Pages of campaigns, and the page that stops offers."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from customers import tasks
from customers.models import Campaign
from ispbill.accounts.models import User
from ispbill.core import clock, stop_links
from ispbill.notifications.models import Message
from tests.factories.customers import CustomerFactory
from tests.queued import instead_of

pytestmark = pytest.mark.django_db
DAY = datetime(2026, 1, 10, 6, tzinfo=UTC)
INDEX, ADD = reverse("staff_customers:campaigns"), reverse("staff_customers:add-campaign")


@pytest.fixture(autouse=True)
def _still(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: DAY)
    instead_of(monkeypatch, "notifications.send_messages")


def draft(client, **values):
    words = {"name": "Eid", "channel": "SMS", "text": "{name}: twice the speed.", "is_offer": "on"}
    answer = client.post(ADD, words | values)
    return answer, Campaign.objects.order_by("-pk").first()


def test_drafted_looked_at_changed_confirmed_and_stopped(client, owner):
    amina = CustomerFactory(name="Amina", wants_marketing=True)
    answer, campaign = draft(client, area=amina.area_id)
    url = answer.headers["Location"]
    client.post(
        reverse("staff_customers:edit-campaign", args=[campaign.pk]),
        {
            "name": "Eid offer",
            "channel": "SMS",
            "text": "{name}: half the price.",
            "is_offer": "on",
            "area": amina.area_id,
        },
    )

    page = client.get(url)
    shown = page.content.decode()
    assert "Amina: half the price." in shown
    assert amina.area.name in shown
    seen = page.context["preview"].outlook.digest
    assert client.post(url, {"seen": seen}).status_code == 302

    assert "Stop campaign" in client.get(url).content.decode()
    stop = reverse("staff_customers:stop-campaign", args=[campaign.pk])
    client.post(stop, {"reason": "the price is wrong"})
    campaign.refresh_from_db()
    assert campaign.state == "STOPPED"
    assert "Eid offer" in client.get(INDEX).content.decode()


def test_unknown_fields_are_refused_with_their_name(client, owner):
    answer, campaign = draft(client, text="{nonsense}")

    assert (answer.status_code, campaign) == (422, None)
    assert "nonsense" in answer.content.decode()


@pytest.mark.parametrize(
    ("role", "sees", "writes"),
    [(User.Role.AUDITOR, 200, 403), (User.Role.CASHIER, 403, 403), (User.Role.BILLING, 200, 200)],
)
def test_who_may(client, sign_in, role, sees, writes):
    sign_in(role)

    assert client.get(INDEX).status_code == sees
    assert client.get(ADD).status_code == writes


def test_a_branch_manager_reaches_and_sees_the_branch_alone(client, sign_in, owner):
    _answer, others = draft(client)
    manager = sign_in(User.Role.BRANCH_MANAGER)
    CustomerFactory(wants_marketing=True)
    CustomerFactory(wants_marketing=True, area__branch=manager.branch)

    answer, _own = draft(client, name="Mine")

    assert client.get(answer.headers["Location"]).context["preview"].outlook.count == 1
    assert client.get(reverse("staff_customers:campaign", args=[others.pk])).status_code == 404


def test_a_list_costs_as_much_with_three_as_with_one(client, owner, django_assert_num_queries):
    draft(client)
    with django_assert_num_queries(3):
        client.get(INDEX)
    draft(client)
    draft(client)
    with django_assert_num_queries(3):
        client.get(INDEX)


def test_a_link_stops_offers_and_looking_changes_nothing(client):
    amina = CustomerFactory(wants_marketing=True)
    url = reverse("public:stop-offers", args=[stop_links.token(amina.pk)])
    assert len(stop_links.token(amina.pk)) <= 20

    assert "Stop offers" in client.get(url).content.decode()
    amina.refresh_from_db()
    assert amina.wants_marketing
    assert client.post(url, follow=True).status_code == 200
    amina.refresh_from_db()
    assert not amina.wants_marketing
    assert client.get(reverse("public:stop-offers", args=["1-abcdefghijkl"])).status_code == 404


def test_a_message_carries_the_link(client, owner):
    amina = CustomerFactory(wants_marketing=True)
    _answer, campaign = draft(client)
    url = reverse("staff_customers:campaign", args=[campaign.pk])
    client.post(url, {"seen": client.get(url).context["preview"].outlook.digest})
    tasks.run_campaigns()

    assert stop_links.url(amina.pk) in Message.objects.get().body
