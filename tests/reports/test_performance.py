"""Comparing people's work: the rule by its worked example, the figures by hand, who sees whom."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from customers.services import calls
from customers.services.calls import Talk
from ispbill.accounts.models import User
from ispbill.audit.models import AuditEvent
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.reports.queries import performance as queries
from ispbill.reports.rules import performance
from ispbill.reports.rules.performance import Work
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.payments import paid
from tests.factories.tickets import opened, team
from tickets.services import resolution

AT = datetime(2026, 1, 10, 4, tzinfo=UTC)
DAYS = {"since": date(2026, 1, 1), "until": date(2026, 1, 31)}
PAGE = reverse("staff_reports:staff")
GOOD = Work("SUPPORT", 20, 10, Decimal(23), stars=54, answers=12, met=57, ended=60)


def test_the_worked_example():
    score = performance.score(GOOD, usual_points=Decimal("2.0"), mean_stars=Decimal("4.20"))

    assert score == Decimal("85.6")


def test_places_are_within_a_role_from_three_on_and_ties_share():
    slow = replace(GOOD, points=Decimal(10))
    works = {
        1: GOOD,
        2: GOOD,
        3: slow,
        4: replace(GOOD, resolved=19),
        5: replace(GOOD, days=4),
        6: replace(GOOD, role="BILLING"),
        7: replace(GOOD, role="BILLING"),
    }

    found = performance.places(works)

    assert {person: place.position for person, place in found.items()} == {1: 1, 2: 1, 3: 3}
    assert found[1].of == 3


@pytest.fixture
def at_work(db, monkeypatch):
    """Somebody of support who has done one thing of each kind."""
    monkeypatch.setattr(clock, "now", lambda: AT)
    person, amina = UserFactory(role=User.Role.SUPPORT, name="Tanvir"), CustomerFactory()
    paid(amina, "500.00", at=AT, actor=person)
    calls.log(talk=Talk("SPOKE"), act=Act(person, AT), customer=amina)
    calls.log(talk=Talk("SPOKE"), act=Act(person, AT + timedelta(minutes=2)), customer=amina)
    team(person)
    ticket = opened(amina, at=AT)
    resolution.resolve(
        ticket=ticket,
        cause="FIXED",
        text="Changed the cable.",
        act=Act(person, AT + timedelta(hours=1)),
    )
    return person


def test_figures_by_hand(at_work):
    (one,) = queries.people(**DAYS, branch_id=None)

    assert (one.pk, one.payments, one.collected) == (at_work.pk, 1, Decimal("500.00"))
    assert (one.work.resolved, one.calls, one.jobs, one.work.days) == (1, 1, 0, 1)
    assert one.work.points > 0
    assert one.place is None
    assert not queries.people(**DAYS, branch_id=BranchFactory().pk)
    assert not queries.people(since=date(2026, 2, 1), until=date(2026, 2, 28), branch_id=None)


def test_everybody_sees_their_own_and_managers_the_others(client, at_work):
    client.force_login(at_work)
    assert "Tanvir" in client.get(PAGE).content.decode()
    file = reverse("staff_reports:staff-file")
    assert client.get(file).status_code == 403

    client.force_login(UserFactory(role=User.Role.NOC))
    assert "Tanvir" not in client.get(PAGE).content.decode()

    client.force_login(UserFactory(role=User.Role.OWNER))
    assert "Tanvir" in client.get(PAGE).content.decode()
    csv = b"".join(client.get(file, {"as": "csv"}).streaming_content).decode()
    assert "Tanvir" in csv
    assert client.get(file, {"as": "xlsx"}).status_code == 200
    assert AuditEvent.objects.filter(action="user.figures_exported").count() == 2

    manager = UserFactory(role=User.Role.BRANCH_MANAGER, branch=BranchFactory())
    client.force_login(manager)
    assert "Tanvir" not in client.get(PAGE).content.decode()
