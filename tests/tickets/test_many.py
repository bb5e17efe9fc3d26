"""Many tickets of the queue at once: given away, tagged; spam only what came by e-mail."""

import pytest
from django.urls import reverse
from django.utils import timezone

from ispbill.audit.models import AuditEvent
from ispbill.core.acts import Act
from ispbill.core.errors import ReasonMissing
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.tickets import opened, team
from tickets.models import Ticket
from tickets.services import resolution
from tickets.services.resolution import NotSpam

pytestmark = pytest.mark.django_db

NOW = timezone.now
MANY = reverse("staff_tickets:tag-many")


@pytest.fixture
def agent(client):
    """Somebody who leads the team of all tickets."""
    user = UserFactory(role="SUPPORT", name="Tanvir Hasan")
    team(lead=user)
    client.force_login(user)
    return user


def three():
    return [
        opened(at=NOW(), text=text, priority=how) for text, how in zip("abc", WAYS, strict=True)
    ]


WAYS = ("URGENT", "NORMAL", "NORMAL")


def tags():
    return [row.tags for row in Ticket.objects.order_by("pk")]


def test_tags_are_put_on_the_ticked_and_taken_off(client, agent):
    rows = three()
    ids = [rows[0].pk, rows[1].pk]

    asked = client.get(MANY, {"ids": ids})
    assert "Tag: 2 tickets" in asked.content.decode()
    assert client.post(MANY, {"ids": ids, "add": "Storm, vip", "remove": ""}).status_code == 302
    client.post(MANY, {"ids": ids[:1], "add": "vip", "remove": "storm"})

    assert tags() == [["vip"], ["storm", "vip"], []]
    assert AuditEvent.objects.filter(action="ticket.tagged").count() == 3
    assert client.post(MANY, {"ids": ids, "add": "", "remove": ""}).status_code == 422


def test_many_at_once_are_for_whoever_leads(client, agent):
    rows = three()
    client.force_login(UserFactory(role="SUPPORT"))

    assert client.post(MANY, {"ids": [rows[0].pk], "add": "x"}).status_code == 422
    assert "data-bulk-url" not in client.get(reverse("staff_tickets:index")).content.decode()
    client.force_login(agent)
    assert MANY in client.get(reverse("staff_tickets:index")).content.decode()


def test_all_that_the_filters_leave(client, agent):
    three()
    given = {"all": "1", "filters": "priority=NORMAL", "to": agent.pk, "team": ""}

    assert (
        "Assign: 2 tickets"
        in client.get(reverse("staff_tickets:assign-many"), given).content.decode()
    )
    client.post(reverse("staff_tickets:assign-many"), given)

    given_to = [row.assignee for row in Ticket.objects.order_by("pk")]
    assert given_to == [None, agent, agent]


def test_what_one_refuses_does_not_keep_the_others(client, agent):
    rows = three()
    Ticket.objects.filter(pk=rows[0].pk).update(state="CLOSED", closed_at=NOW())

    answer = client.post(MANY, {"ids": [row.pk for row in rows], "add": "x"}, follow=True)

    assert tags() == [[], ["x"], ["x"]]
    assert "Done: 2 tickets. Not done: 1 ticket." in answer.content.decode()
    refused = client.post(MANY, {"ids": [rows[0].pk], "add": "y"})
    assert (refused.status_code, client.post(MANY, {"add": "y"}).status_code) == (422, 422)


def test_a_branch_manager_reaches_the_own_branch_only(client):
    rows = three()
    client.force_login(UserFactory(role="BRANCH_MANAGER", branch=BranchFactory()))

    assert client.post(MANY, {"ids": [rows[0].pk], "add": "x"}).status_code == 422
    assert tags() == [[], [], []]


def test_what_did_not_come_by_e_mail_is_no_spam(client, agent):
    ticket = opened(at=NOW())

    with pytest.raises(NotSpam):
        resolution.close_as_spam(ticket=ticket, act=Act(agent, NOW(), reason="advertising again"))
    with pytest.raises(ReasonMissing):
        resolution.close_as_spam(ticket=ticket, act=Act(agent, NOW()))
    address = reverse("staff_tickets:spam", args=[ticket.number])
    assert client.post(address, {"reason": "advertising again"}).status_code == 422
    ticket.refresh_from_db()
    assert ticket.state == "OPEN"


def test_what_came_by_e_mail_is_closed_as_spam(agent):
    ticket = opened(at=NOW())
    Ticket.objects.update(channel="EMAIL")

    resolution.close_as_spam(ticket=ticket, act=Act(agent, NOW(), reason="advertising again"))

    ticket.refresh_from_db()
    assert (ticket.state, ticket.cause) == ("CLOSED", "SPAM")
    assert set(ticket.clocks.values_list("outcome", flat=True)) == {"VOID"}
