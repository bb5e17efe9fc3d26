"""Settings > Webhooks: who sees it, what is shown once, what a press does."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ispbill.accounts.models import User
from ispbill.audit.models import AuditEvent
from ispbill.core.acts import Act
from ispbill.devtools.sandbox.webhooks import Receiver
from ispbill.webhooks.models import Delivery, Endpoint
from ispbill.webhooks.services import delivering
from tests.factories.accounts import UserFactory
from tests.factories.webhooks import told

pytestmark = pytest.mark.django_db
LIST = reverse("staff_webhooks:endpoints")
ADD = reverse("staff_webhooks:add")


@pytest.fixture
def owner(client):
    user = UserFactory(role=User.Role.OWNER)
    client.force_login(user)
    return user


def at(name, endpoint, **more):
    return reverse(f"staff_webhooks:{name}", kwargs={"pk": endpoint.pk, **more})


def test_an_owner_adds_an_address_and_sees_the_secret_once(client, owner):
    with Receiver() as receiver:
        given = {"name": "accounts", "url": receiver.url("ok"), "events": ["invoice.paid"]}
        shown = client.post(ADD, given)

    assert b"whsec_" in shown.content
    assert shown["Cache-Control"] == "no-store"
    assert b"whsec_" not in client.get(LIST).content
    assert b"whsec_" not in client.get(at("detail", Endpoint.objects.get())).content


def test_an_address_of_our_own_network_is_refused_with_words(client, owner):
    given = {"name": "accounts", "url": "https://10.0.0.8/", "events": ["invoice.paid"]}

    shown = client.post(ADD, given)

    assert "cannot be called" in shown.content.decode()
    assert not Endpoint.objects.exists()


def test_pause_resume_rotate_test_and_send_again(client, owner):
    endpoint = told()
    client.post(at("pause", endpoint))
    assert Endpoint.objects.get().is_paused
    client.post(at("resume", endpoint))
    assert not Endpoint.objects.get().is_paused
    assert b"whsec_" in client.post(at("rotate", endpoint)).content
    client.post(at("test", endpoint))
    delivery = Delivery.objects.get()
    Delivery.objects.update(state=Delivery.State.FAILED, tries=10)

    client.post(at("replay", endpoint, delivery_pk=delivery.pk))

    delivery.refresh_from_db()
    assert (delivery.state, delivery.tries) == (Delivery.State.WAITING, 0)


@pytest.mark.parametrize(("role", "sees", "edits"), [("AUDITOR", 200, 403), ("BILLING", 403, 403)])
def test_others_may_look_or_not_even_that(client, role, sees, edits):
    endpoint = told()
    client.force_login(UserFactory(role=role))

    assert client.get(LIST).status_code == sees
    assert client.get(at("detail", endpoint)).status_code == sees
    assert client.get(ADD).status_code == edits
    assert client.post(at("pause", endpoint)).status_code == edits


def test_a_message_of_another_address_is_not_sent_again_from_here(client, owner):
    one, other = told(), told()
    delivery = delivering.ping(endpoint=other, act=Act.now(owner))

    answer = client.post(at("replay", one, delivery_pk=delivery.pk))

    assert answer.status_code == 404


def test_lists_cost_the_same_at_one_and_three_rows(client, owner):
    def cost(address):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        return len(asked)

    endpoint = told()
    delivering.ping(endpoint=endpoint, act=Act.now(owner))
    client.get(LIST)
    one = cost(LIST), cost(at("detail", endpoint))
    for _more in range(2):
        told()
        delivering.ping(endpoint=endpoint, act=Act.now(owner))

    assert (cost(LIST), cost(at("detail", endpoint))) == one


def test_the_log_is_read_on_by_pages(client, owner):
    endpoint = told()
    for _one in range(26):
        delivering.ping(endpoint=endpoint, act=Act.now(owner))

    first = client.get(at("detail", endpoint))
    older = client.get(at("detail", endpoint), {"after": first.context["older"]})

    assert (len(first.context["deliveries"]), len(older.context["deliveries"])) == (25, 1)


def test_an_address_is_removed_for_a_reason_with_its_log(client, owner):
    endpoint = told()
    client.post(at("test", endpoint))
    assert client.post(at("remove", endpoint), {"reason": ""}).status_code == 422
    assert Delivery.objects.exists()

    client.post(at("remove", endpoint), {"reason": "the program is no more"})

    assert not Endpoint.objects.exists()
    assert not Delivery.objects.exists()
    event = AuditEvent.objects.get(action="webhook.removed")
    assert (event.before["name"], event.reason) == ("accounts", "the program is no more")
