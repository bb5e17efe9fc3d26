"""Retention tasks as staff see and work them."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from billing.approvals.models import Approval
from churn.models import RetentionTask
from churn.services import episodes
from ispbill.accounts.models import User
from ispbill.core import clock
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.churn import EpisodeFactory, ScoreFactory, TaskFactory
from tests.factories.customers import AreaFactory, CustomerFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db
INDEX = reverse("staff_churn:tasks")
NOW = datetime(2026, 1, 20, 6, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _still(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def proposed(**values):
    score = ScoreFactory(**values)
    return TaskFactory(episode=EpisodeFactory(customer=score.customer))


def panel(client, customer):
    url = reverse("staff_churn:customer-panel", args=[customer.number])
    return client.get(url).content.decode()


def test_tabs_and_filters(client, owner):
    mine = proposed(customer=CustomerFactory(name="Amina"))
    RetentionTask.objects.filter(pk=mine.pk).update(assigned_to=owner, state="ASSIGNED")
    nobodys = proposed(customer=CustomerFactory(name="Bashir"))
    RetentionTask.objects.filter(pk=nobodys.pk).update(due_on="2026-02-01")
    done = proposed(customer=CustomerFactory(name="Chowdhury"))
    RetentionTask.objects.filter(pk=done.pk).update(
        state="KEPT", outcome="pays again", closed_at=NOW
    )

    def names(query):
        page = client.get(f"{INDEX}?{query}").content.decode()
        return [name for name in ("Amina", "Bashir", "Chowdhury") if name in page]

    assert names("") == ["Amina"]
    assert names("view=open") == ["Amina", "Bashir"]
    assert names("view=due") == ["Amina"]
    assert names("view=done") == ["Chowdhury"]
    assert names("view=open&state=PROPOSED") == ["Bashir"]
    assert names("view=open&q=Bashir") == ["Bashir"]
    assert names("view=open&action=WAIT") == []
    assert "pays again" in client.get(f"{INDEX}?view=done").content.decode()


def test_the_list_costs_as_much_with_three_as_with_one(
    client, owner, django_assert_max_num_queries
):
    proposed()
    client.get(f"{INDEX}?view=open")
    with django_assert_max_num_queries(60) as one:
        client.get(f"{INDEX}?view=open")
    proposed(), proposed()
    with django_assert_max_num_queries(len(one)):
        client.get(f"{INDEX}?view=open")


def test_a_task_from_its_panel_to_its_end(client, owner):
    task = proposed(customer=CustomerFactory(name="Amina"))
    SubscriptionFactory(customer=task.customer)
    page = panel(client, task.customer)
    assert "4+ bills were late in six months" in page
    assert "AI-generated" not in page
    assert "70 of 100 points" in page

    client.post(reverse("staff_churn:take", args=[task.pk]))
    url = reverse("staff_churn:contact", args=[task.pk])
    assert "Log call: Amina" in client.get(url).content.decode()
    client.post(url, {"direction": "OUT", "outcome": "SPOKE", "text": "too slow"})
    service = task.customer.subscriptions.get()
    client.post(
        reverse("staff_churn:offer", args=[task.pk]),
        {"action": "DISCOUNT", "service": service.pk, "percent": 15, "cycles": 2},
    )
    assert "15 % for 2 billing periods" in panel(client, task.customer)
    url = reverse("staff_churn:close", args=[task.pk])
    assert client.post(url, {"state": "KEPT", "outcome": ""}).status_code == 422
    client.post(url, {"state": "KEPT", "outcome": "stays", "cost": "110"})

    task.refresh_from_db()
    assert (task.state, task.assigned_to, task.episode.action_cost) == (
        "KEPT",
        owner,
        Decimal("110.00"),
    )
    assert "stays" in panel(client, task.customer)


def test_more_than_the_limit_needs_a_reason_and_a_second_person(client, owner):
    task = proposed()
    service = SubscriptionFactory(customer=task.customer)
    url = reverse("staff_churn:offer", args=[task.pk])
    asked = {"action": "DISCOUNT", "service": service.pk, "percent": 40, "cycles": 3}

    assert client.post(url, asked).status_code == 422
    client.post(url, asked | {"reason": "with us for ten years"})

    assert "waits for a second person" in panel(client, task.customer)
    approvals = client.get(reverse("staff_billing:approvals")).content.decode()
    assert "Discount to keep a customer" in approvals
    decide = reverse("staff_billing:approval", args=[Approval.objects.get().pk])
    assert "40 %" in client.get(decide).content.decode()


def test_only_managers_have_somebody_called_who_is_left_alone(client):
    score = ScoreFactory()
    EpisodeFactory(customer=score.customer, is_held_out=True)
    url = reverse("staff_churn:override", args=[score.customer.number])
    client.force_login(UserFactory(role="SUPPORT"))
    assert "left alone" in panel(client, score.customer)
    assert client.get(url).status_code == 403

    client.force_login(UserFactory(role="BRANCH_MANAGER", branch=score.branch))
    client.post(url, {"reason": "complained to the minister"})

    assert RetentionTask.objects.get().state == "PROPOSED"
    page = panel(client, score.customer)
    assert "complained to the minister" in page
    assert "Take it on" in page


@pytest.mark.parametrize(
    ("role", "sees", "works"),
    [
        ("SALES", 200, 302),
        ("SUPPORT", 200, 302),
        ("BILLING", 200, 403),
        ("AUDITOR", 200, 403),
        ("CASHIER", 403, 403),
        ("NOC", 403, 403),
    ],
)
def test_who_sees_and_who_works(client, role, sees, works):
    task = proposed()
    client.force_login(UserFactory(role=role))

    assert client.get(INDEX).status_code == sees
    assert client.get(reverse("staff_churn:results")).status_code == sees
    assert client.post(reverse("staff_churn:take", args=[task.pk])).status_code == works


def test_a_manager_sees_the_own_branch(client):
    task = proposed(customer=CustomerFactory(area=AreaFactory(), name="Amina"))
    client.force_login(UserFactory(role=User.Role.BRANCH_MANAGER, branch=BranchFactory()))

    assert "Amina" not in client.get(f"{INDEX}?view=open").content.decode()
    assert client.post(reverse("staff_churn:take", args=[task.pk])).status_code == 404
    url = reverse("staff_churn:customer-panel", args=[task.customer.number])
    assert client.get(url).status_code == 404


def test_what_the_night_closed_is_said_in_words(client, owner):
    task = proposed()
    RetentionTask.objects.filter(pk=task.pk).update(
        state="NOT_NEEDED", outcome=episodes.RISK_FELL, closed_at=NOW
    )
    assert "No longer at high risk" in panel(client, task.customer)
