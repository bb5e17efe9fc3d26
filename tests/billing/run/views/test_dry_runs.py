"""A dry run as the billing officer goes through it, from working it out to what became of it."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from billing import tasks
from billing.invoices.models import Invoice, Schedule
from billing.run.models import DryRun
from billing.run.services import cycle
from ispbill.accounts.models import User
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.models import Company
from tests.factories.accounts import UserFactory
from tests.factories.billing import scheduled
from tests.factories.catalogue import DiscountFactory
from tests.factories.customers import SubscriptionFactory

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 1, 29, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _on_the_day(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture(autouse=True)
def officer(client):
    user = UserFactory(name="Mina")
    client.force_login(user)
    return user


def address(name, *args):
    return reverse(f"staff_billing:{name}", args=args)


def due(billed_until=date(2026, 2, 5)):
    subscription = SubscriptionFactory()
    scheduled(subscription, billed_until=billed_until)
    return subscription


def work_out(client):
    answer = client.post(address("new-dry-run"), {"date": "2026-01-29"})
    return DryRun.objects.latest("pk"), answer


def approve(client, row, **values):
    """Post the approval as somebody else than who is signed in, who is so again afterwards."""
    first = User.objects.get(pk=client.session["_auth_user_id"])
    client.force_login(UserFactory(name="Karim"))
    answer = client.post(address("approve-dry-run", row.pk), {"plan_hash": row.plan_hash}, **values)
    client.force_login(first)
    return answer


def test_a_day_is_worked_out_shown_approved_and_done(client):
    subscription = due()

    row, answer = work_out(client)
    assert answer.headers["Location"] == address("dry-run", row.pk)
    page = client.get(answer.headers["Location"]).content.decode()
    assert row.plan_hash in page
    assert subscription.customer.name in page
    assert "Nobody would be cut off." in page

    approve(client, row)
    assert "the worker does it now" in client.get(address("dry-run", row.pk)).content.decode()
    tasks.execute_approved_plan(dry_run_id=row.pk)
    page = client.get(address("dry-run", row.pk)).content.decode()
    assert "Done as approved" in page
    assert Invoice.objects.count() == 1


def test_changed_data_is_said_and_cannot_be_approved(client):
    subscription = due()
    row, _answer = work_out(client)
    DiscountFactory(subscription=subscription)

    page = client.get(address("dry-run", row.pk)).content.decode()
    assert "The data has changed since this was worked out" in page
    assert "Approve and do it" not in page
    answer = approve(client, row, follow=True)
    assert "Work the day out again" in answer.content.decode()
    assert DryRun.objects.get().status == "PROPOSED"


def test_a_refusal_names_the_customers(client):
    subscription = due()
    row, _answer = work_out(client)
    approve(client, row)
    DiscountFactory(subscription=subscription)
    tasks.sweep_approved_plans()

    page = client.get(address("dry-run", row.pk)).content.decode()

    assert "Refused: what 1 customer would get has changed" in page
    assert subscription.customer.number in page


def test_a_day_with_nothing_says_so_and_loses_nothing(client):
    answer = client.post(address("new-dry-run"), {"date": "2026-01-29"})

    assert answer.status_code == 422
    assert "Nothing is due" in answer.content.decode()
    assert 'value="2026-01-29"' in answer.content.decode()


def test_a_plan_is_withdrawn(client):
    due()
    row, _answer = work_out(client)

    client.post(address("withdraw-dry-run", row.pk))

    row.refresh_from_db()
    assert row.status == "WITHDRAWN"
    assert "Withdrawn" in client.get(address("dry-runs")).content.decode()


def test_services_on_hold_are_listed_and_decided(client):
    company = Company.current()
    company.max_periods_a_run = 3
    company.save()
    Company.forget_cached()
    one, other = due(date(2025, 6, 5)), due(date(2025, 7, 5))
    cycle.run(on=date(2026, 1, 29), act=Act(None, NOW))
    assert "9 periods at once" in client.get(address("on-hold")).content.decode()

    reason = {"reason_code": "OTHER", "reason": "the import came months late"}
    client.post(address("release-on-hold", one.pk), {**reason, "periods": 9})
    client.post(address("skip-on-hold", other.pk), {**reason, "until": "2026-02-05"})

    assert "Nothing is on hold" in client.get(address("on-hold")).content.decode()
    assert Schedule.objects.get(pk=one.pk).allowed_periods == 9
    assert Schedule.objects.get(pk=other.pk).billed_until == date(2026, 2, 5)


def test_a_day_that_is_billed_already_is_not_skipped_back(client):
    company = Company.current()
    company.max_periods_a_run = 3
    company.save()
    Company.forget_cached()
    one = due(date(2025, 6, 5))
    cycle.run(on=date(2026, 1, 29), act=Act(None, NOW))

    answer = client.post(
        address("skip-on-hold", one.pk),
        {"reason_code": "OTHER", "reason": "a wrong day was typed", "until": "2025-06-01"},
    )

    assert answer.status_code == 422
    assert "Choose a day after" in answer.content.decode()


def test_who_worked_it_out_is_told_that_somebody_else_approves(client):
    due()
    row, _answer = work_out(client)

    page = client.get(address("dry-run", row.pk)).content.decode()
    refused = client.post(
        address("approve-dry-run", row.pk), {"plan_hash": row.plan_hash}, follow=True
    )

    assert "somebody else has to approve it (Settings, Second person)" in page
    assert "Approve and do it" not in page
    assert "somebody else has to approve it." in refused.content.decode()
    assert DryRun.objects.get().status == "PROPOSED"
    client.force_login(UserFactory(name="Karim"))
    assert "Approve and do it" in client.get(address("dry-run", row.pk)).content.decode()
