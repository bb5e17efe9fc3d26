"""A promise nearly over, over, and over twice: who hears of it, once, by what."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from ispbill.core.acts import Act
from ispbill.inbox.models import Notice
from ispbill.inbox.queries import items
from ispbill.inbox.services import bell
from ispbill.notifications.models import Message
from tests.factories import tickets as made
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.tickets import SATURDAY, opened
from tickets.models import Comment, Ticket
from tickets.services import assignment, conversation, escalation, resolution
from tickets.services.conversation import Words

pytestmark = pytest.mark.django_db

# NORMAL, from Saturday 10:00 in Dhaka: the first answer is due at 12:00.
WARNED, DUE, TWICE = (SATURDAY + timedelta(minutes=one) for one in (90, 120, 300))


@pytest.fixture
def house():
    """Return agent, lead, manager and owner, and the agent's ticket."""
    made.office_hours()
    agent, lead, owner = (
        UserFactory(role=role, email=f"{name}@demo.test", name=name)
        for role, name in (("SUPPORT", "agent"), ("SUPPORT", "lead"), ("OWNER", "owner"))
    )
    branch = BranchFactory()
    manager = UserFactory(
        role="BRANCH_MANAGER", branch=branch, email="manager@demo.test", name="manager"
    )
    branch.manager = manager
    branch.save(update_fields=["manager"])
    made.team(agent, lead=lead)
    ticket = opened(CustomerFactory(branch=branch))
    Notice.objects.all().delete()
    return {"agent": agent, "lead": lead, "manager": manager, "owner": owner, "ticket": ticket}


def run(at):
    return escalation.escalate(act=Act(None, at))


def rung(level):
    rows = Notice.objects.filter(kind=f"ticket-{level}", fact__contains="clock")
    return sorted(rows.values_list("user__name", flat=True))


def mailed():
    rows = Message.objects.filter(event="ticket_late", channel="EMAIL")
    return sorted(rows.values_list("recipient", flat=True))


@pytest.mark.parametrize(
    ("at", "level", "told", "letters"),
    [
        (WARNED, "warned", ["agent", "lead"], []),
        (DUE, "breached", ["agent", "lead", "manager"], ["agent", "lead", "manager"]),
        (
            TWICE,
            "escalated",
            ["agent", "lead", "manager", "owner"],
            ["agent", "lead", "manager", "owner"],
        ),
    ],
)
def test_each_level_is_told_once_however_late_and_often_the_job_runs(
    house, at, level, told, letters
):
    late = at + timedelta(minutes=7)

    assert run(at - timedelta(minutes=1)) in (0, 1, 2)
    Notice.objects.all().delete()
    Message.objects.all().delete()
    run(late)
    run(late)
    run(late + timedelta(minutes=1))

    assert rung(level) == told
    assert mailed() == [f"{one}@demo.test" for one in letters]


def test_a_job_that_slept_through_all_levels_tells_of_the_last(house):
    run(TWICE + timedelta(hours=1))

    assert (rung("warned"), rung("breached")) == ([], [])
    assert rung("escalated") == ["agent", "lead", "manager", "owner"]
    assert house["ticket"].clocks.get(kind="FIRST").breached_at == DUE


def test_own_acts_ring_no_bell_and_a_page_looked_at_is_seen(house, client):
    agent, lead, ticket = house["agent"], house["lead"], house["ticket"]
    conversation.customer_wrote(
        ticket=ticket, words=Words("Still off."), by=Comment.By.CUSTOMER, act=Act(None, SATURDAY)
    )
    assignment.assign(ticket=Ticket.objects.get(), to=lead, act=Act(lead, SATURDAY))

    assert [one.kind for one in Notice.objects.all()] == ["ticket-wrote"]
    assert items.count(agent, at=SATURDAY) == 1

    client.force_login(agent)
    client.get(reverse("staff_tickets:ticket", args=[ticket.number]))

    assert items.count(agent, at=SATURDAY) == 0


def test_the_bells_of_a_ticket_are_silent_once_it_has_ended(house):
    run(DUE)
    assert items.count(house["lead"], at=DUE) == 1

    resolution.resolve(
        ticket=house["ticket"], cause="FIXED", text="Mended.", act=Act(house["agent"], DUE)
    )

    assert not Notice.objects.filter(seen_at__isnull=True).exists()


def test_more_than_ten_of_a_kind_within_five_minutes_are_one():
    user = UserFactory()
    start = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)

    def ring(number, at):
        told = bell.Ring("ticket-given", f"given:{number}", f"TK-2026-{number:05}", "/admin/")
        bell.ring([user], told, act=Act(None, at))

    for number in range(10):
        ring(number, start + timedelta(seconds=number))
    assert items.count(user, at=start) == 10

    ring(10, start + timedelta(seconds=20))
    ring(10, start + timedelta(seconds=21))  # the same fact
    assert items.count(user, at=start) == 1
    assert Notice.objects.count() == 11

    ring(11, start + timedelta(minutes=9))
    assert items.count(user, at=start) == 2
    first = Notice.objects.get(fact="given:0")
    assert bell.seen(user=user, pk=first.pk, act=Act(user, start)) == 11
    assert items.count(user, at=start) == 1
