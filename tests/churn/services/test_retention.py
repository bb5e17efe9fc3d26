"""Retention tasks: taken on, called, offered within limits, ended with an outcome."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from billing.approvals.models import Approval
from billing.approvals.services import approvals
from billing.pricing.models import Discount
from churn.services import retention
from churn.services.retention import Offer, TaskRefused
from customers.models import Call
from customers.services.calls import Talk
from ispbill.audit.models import AuditEvent
from ispbill.core.acts import Act
from ispbill.core.errors import Stale
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.billing import scheduled
from tests.factories.churn import EpisodeFactory, TaskFactory
from tests.factories.customers import SubscriptionFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 1, 10, 4, tzinfo=UTC)
WHY = "has been with us for years"


@pytest.fixture
def rahim():
    return UserFactory(role="SUPPORT", name="Rahim")


@pytest.fixture
def service():
    service = SubscriptionFactory()
    scheduled(service, billed_until=date(2026, 2, 5))
    return service


@pytest.fixture
def task(service):
    return TaskFactory(episode=EpisodeFactory(customer=service.customer))


def act(who):
    return Act(who, AT, reason=WHY)


def discount(service, percent=20, cycles=3):
    return Offer("DISCOUNT", service, percent, cycles)


def test_from_taking_on_to_staying(task, rahim, service):
    retention.assign(task=task, to=rahim, act=act(rahim))
    task = retention.contact(task=task, talk=Talk("NO_ANSWER"), act=act(rahim))
    assert task.state == "ASSIGNED"
    task = retention.contact(task=task, talk=Talk("SPOKE", text="too slow"), act=act(rahim))
    assert task.state == "CONTACTED"
    assert retention.offer(task=task, given=discount(service), act=act(rahim)) is None
    assert not Discount.objects.exists()  # only offered

    task = retention.close(
        task=task,
        state="KEPT",
        outcome="takes it",
        cost=Decimal("110.00"),
        takes_offer=True,
        act=act(rahim),
    )

    given = Discount.objects.get()
    assert (given.rate, given.subscription, given.span.upper.isoformat()) == (
        Decimal("0.20000"),
        service,
        "2026-05-05",
    )
    task.episode.refresh_from_db()
    assert (task.state, task.closed_at, task.episode.action_cost) == ("KEPT", AT, 110)
    assert Call.objects.filter(customer=service.customer).count() == 2
    told = set(AuditEvent.objects.values_list("action", flat=True))
    assert {f"retention_task.{verb}" for verb in ("assigned", "contacted", "offered", "closed")} < (
        told
    )


@pytest.mark.parametrize(("percent", "cycles"), [(21, 3), (20, 4)])
def test_above_the_limits_a_second_person_agrees_first(task, rahim, service, percent, cycles):
    approval = retention.offer(task=task, given=discount(service, percent, cycles), act=act(rahim))

    assert approval.amount == Decimal(1000) * percent * cycles / 100
    task.refresh_from_db()
    assert (task.state, task.discount_percent) == ("PROPOSED", None)

    approvals.approve(approval=approval, act=Act(UserFactory(), AT))

    task.refresh_from_db()
    assert (task.state, task.discount_percent, task.discount_cycles) == ("OFFERED", percent, cycles)


def test_an_approval_of_a_task_that_is_done_is_stale(task, rahim, service):
    approval = retention.offer(task=task, given=discount(service, 50), act=act(rahim))
    retention.close(task=task, state="REFUSED", outcome="gone already", act=act(rahim))

    with pytest.raises(Stale):
        approvals.approve(approval=approval, act=Act(UserFactory(), AT))
    assert Approval.objects.get().status == "STALE"


def test_an_outcome_is_demanded_and_a_done_task_stays_done(task, rahim):
    for state, outcome in (("KEPT", "  "), ("OFFERED", "well"), ("", "well")):
        with pytest.raises(TaskRefused):
            retention.close(task=task, state=state, outcome=outcome, act=act(rahim))
    retention.close(task=task, state="UNREACHABLE", outcome="three times", act=act(rahim))

    with pytest.raises(Stale):
        retention.assign(task=task, to=rahim, act=act(rahim))


def test_what_was_not_offered_cannot_be_taken(task, rahim, service):
    with pytest.raises(TaskRefused):
        retention.close(task=task, state="KEPT", outcome="fine", takes_offer=True, act=act(rahim))
    for wrong in (
        discount(SubscriptionFactory()),
        discount(service, 0),
        discount(None),
        Offer("UPGRADE", percent=10),
        Offer("GIFT"),
    ):
        with pytest.raises(TaskRefused):
            retention.offer(task=task, given=wrong, act=act(rahim))
    assert retention.offer(task=task, given=Offer("UPGRADE"), act=act(rahim)) is None


def test_only_colleagues_who_work_on_such_tasks_get_one(task, rahim):
    strangers = [
        UserFactory(role="CASHIER"),
        UserFactory(role="AUDITOR"),
        UserFactory(role="BRANCH_MANAGER", branch=BranchFactory()),
    ]
    for stranger in strangers:
        with pytest.raises(TaskRefused):
            retention.assign(task=task, to=stranger, act=act(rahim))
    manager = UserFactory(role="BRANCH_MANAGER", branch=task.customer.branch)
    assert retention.assign(task=task, to=manager, act=act(rahim)).assigned_to == manager
