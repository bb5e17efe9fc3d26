"""Addresses that take no mail: the list, whose they are, and sending to one again."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ispbill.audit.models import AuditEvent
from ispbill.notifications.models import Bounce
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db
LIST = "/admin/messages/returned/"
AT = datetime(2026, 1, 10, 6, tzinfo=UTC)


def bounced(address="amina@mail.test", **more):
    fields = {"status": "5.1.1", "reason": "no such user", "is_final": True, "bounced_at": AT}
    return Bounce.objects.create(address=address, **{**fields, **more})


@pytest.fixture
def owner(client):
    user = UserFactory(role="OWNER")
    client.force_login(user)
    return user


def test_the_list_says_whose_address_it_is_and_why(client, owner):
    customer = CustomerFactory(name="Amina Begum", email="Amina@Mail.test")
    bounced()
    bounced("once@mail.test", is_final=False)

    shown = client.get(LIST).content.decode()

    assert "amina@mail.test" in shown
    assert "no such user" in shown
    assert "Amina Begum" in shown
    assert "once@mail.test" not in shown
    panel = reverse("staff_notifications:customer-panel", args=[customer.number])
    assert "came back" in client.get(panel).content.decode()


def test_sending_again_needs_a_reason_and_is_kept(client, owner):
    row = bounced()
    address = reverse("staff_notifications:lift-bounce", args=[row.pk])

    assert client.post(address, {"reason": ""}).status_code == 422
    client.post(address, {"reason": "the mailbox is there again"})

    row.refresh_from_db()
    assert row.lifted_at is not None
    assert AuditEvent.objects.filter(action="message.bounce_lifted").count() == 1
    assert "No e-mail came back" in client.get(LIST).content.decode()
    assert client.get(address).status_code == 404


def test_a_branch_manager_sees_those_of_the_branch(client):
    manager = UserFactory(role="BRANCH_MANAGER", branch=BranchFactory())
    CustomerFactory(email="amina@mail.test")
    bounced()
    client.force_login(manager)

    assert "am•••" not in client.get(LIST).content.decode()


def test_the_list_asks_as_much_for_three_as_for_one(client, owner):
    client.get(LIST)
    counts = []
    for number in range(3):
        CustomerFactory(email=f"no{number}@mail.test")
        bounced(f"no{number}@mail.test")
        with CaptureQueriesContext(connection) as asked:
            client.get(LIST)
        counts.append(len(asked))

    assert counts[0] == counts[2]
