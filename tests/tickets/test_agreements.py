"""What the company lays down about tickets: promises, hours, teams, replies; being away."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from ispbill.core.acts import Act
from tests.factories import tickets as made
from tests.factories.accounts import UserFactory
from tests.factories.tickets import opened
from tickets.models import CannedReply, OpeningHours, SlaPolicy, Team, TeamMember
from tickets.rules import opening
from tickets.services import agreements

pytestmark = pytest.mark.django_db
WHY = "agreed in the meeting"


@pytest.fixture
def owner(client):
    user = UserFactory(role="OWNER")
    client.force_login(user)
    return user


def test_hours_as_people_write_them():
    assert opening.read("14:00-18:00, 9:00–13:00") == ((540, 780), (840, 1080))
    assert opening.written(((840, 1440), (540, 780))) == "09:00–13:00, 14:00–24:00"
    for wrong in ("9", "13:00–9:00", "09:00–13:00, 12:00–14:00", "08:75–09:00", "23:00–25:00"):
        with pytest.raises(ValueError, match=".+"):
            opening.read(wrong)


def test_new_hours_move_what_runs_and_not_what_has_ended(owner):
    ticket = opened()  # round the clock: due at 12:00 in Dhaka
    week = {day: ((840, 1080),) for day in range(7)}  # 14–18

    agreements.set_hours(branch=None, week=week, act=Act(owner, made.SATURDAY, reason=WHY))
    agreements.recalculate(branch_id=None, act=Act(None, made.SATURDAY))

    ticket.refresh_from_db()
    assert ticket.next_due_at == datetime(2026, 1, 10, 10, 0, tzinfo=UTC)  # 16:00 in Dhaka


def test_the_owner_lays_down_promises_hours_and_teams(client, owner):
    person = UserFactory(role="SUPPORT")

    def post(which, *args, **given):
        answer = client.post(reverse(f"staff_tickets:{which}", args=args), given)
        assert answer.status_code == 302, answer.content

    promise = {"name": "Firms", "customer_class": "BUSINESS", "first_minutes": "15", "position": 1}
    post("add-policy", **promise, reason=WHY)
    post("hours", 0, day_5="09:00–13:00, 14:00–18:00", reason=WHY)
    post("add-team", name="Help desk", mode="ROUND_ROBIN", people=[person.pk], is_active="on")
    post("add-reply", title="Hello", language="en", text="Dear {name}", is_active="on")

    assert SlaPolicy.objects.get().first_minutes == 15
    assert OpeningHours.objects.filter(weekday=5).count() == 2
    assert Team.objects.get().members.get().user == person
    shown = client.get(reverse("staff_tickets:settings")).content.decode()
    for text in ("Firms", "09:00–13:00", "Help desk", "Hello"):
        assert text in shown
    refused = client.post(reverse("staff_tickets:add-policy"), {**promise, "reason": WHY})
    assert refused.status_code == 422
    post("remove-policy", SlaPolicy.objects.get().pk, reason=WHY)
    assert not SlaPolicy.objects.exists()


def test_others_read_them_only(client):
    client.force_login(UserFactory(role="SUPPORT"))

    assert client.get(reverse("staff_tickets:settings")).status_code == 200
    assert client.get(reverse("staff_tickets:add-policy")).status_code == 403
    assert client.get(reverse("staff_tickets:add-reply")).status_code == 403
    assert not CannedReply.objects.exists()


def test_away_and_back(client):
    person = UserFactory(role="SUPPORT")
    made.team(person)
    client.force_login(person)

    client.post(reverse("staff_tickets:away"), {"away": "1"})
    assert TeamMember.objects.get().away_since is not None
    assert "I am back" in client.get(reverse("staff_tickets:index")).content.decode()
    client.post(reverse("staff_tickets:away"), {"away": "0"})
    assert TeamMember.objects.get().away_since is None
