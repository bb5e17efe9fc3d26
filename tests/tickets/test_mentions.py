"""Colleagues mentioned in a remark among staff: who is meant, and who hears of it."""

import pytest
from django.urls import reverse

from ispbill.core.acts import Act
from ispbill.inbox.models import Notice
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.tickets import SATURDAY, opened
from tickets.rules import mentions
from tickets.services import conversation

PEOPLE = {1: "Rahim Uddin", 2: "Rahim Khan", 3: "Lina", 4: "রহিম উদ্দিন", 5: "Md. Karim"}


@pytest.mark.parametrize(
    ("text", "meant", "unclear"),
    [
        ("ask @Lina.", {3}, []),
        ("(@lina), please", {3}, []),
        ("@Rahim knows", set(), ["Rahim"]),
        ("@Rahim.Khan knows, @Rahim.Uddin too", {1, 2}, []),
        ("@রহিম.উদ্দিন দেখুন", {4}, []),
        ("@Md.Karim!", {5}, []),
        ("write to lina@demo.test or @nobody", set(), []),
    ],
)
def test_who_is_meant(text, meant, unclear):
    assert mentions.meant(text, PEOPLE) == (meant, unclear)


@pytest.mark.parametrize("name", PEOPLE.values())
def test_everybody_can_be_meant_for_certain(name):
    found, unclear = mentions.meant(f"@{mentions.handle(name)}", PEOPLE)

    assert ({PEOPLE[pk] for pk in found}, unclear) == ({name}, [])


@pytest.mark.django_db
class TestBells:
    def test_who_is_mentioned_hears_of_it_once_and_the_writer_does_not(self):
        ticket = opened()
        UserFactory(role="SUPPORT", name="Lina")
        writer = UserFactory(role="NOC", name="Tanvir")

        conversation.note(ticket=ticket, text="@Lina @lina @Tanvir", act=Act(writer, SATURDAY))

        told = Notice.objects.filter(kind="ticket-mentioned")
        assert list(told.values_list("user__name", "about")) == [("Lina", ticket.number)]

    def test_who_may_not_open_the_ticket_hears_nothing(self):
        ticket = opened()
        UserFactory(role="BRANCH_MANAGER", name="Lina", branch=BranchFactory())
        UserFactory(role="CUSTOMER", name="Amina")

        conversation.note(ticket=ticket, text="@Lina @Amina", act=Act(UserFactory(), SATURDAY))

        assert not Notice.objects.filter(kind="ticket-mentioned").exists()

    def test_two_who_may_be_meant_are_asked_for(self, client):
        ticket = opened()
        UserFactory(role="SUPPORT", name="Rahim Uddin")
        UserFactory(role="NOC", name="Rahim Khan")
        client.force_login(UserFactory(role="SUPPORT"))

        address = reverse("staff_tickets:note", args=[ticket.number])
        refused = client.post(address, {"text": "@Rahim please"})

        assert refused.status_code == 422
        assert "write the whole name" in refused.content.decode()
        assert not ticket.remarks.exists()
        shown = client.get(reverse("staff_tickets:ticket", args=[ticket.number])).content.decode()
        assert 'value="@Rahim.Khan"' in shown
