"""A pending service's line, opened for an hour at its installation: three times, unbilled."""

from datetime import date, timedelta

import pytest

from billing.invoices.models import Invoice
from customers.models import Subscription
from fieldservice.models import LineTrial
from fieldservice.services import line_trials, locking
from ispbill.core.acts import Act
from network.models import Access
from network.services import access
from tests.factories.customers import SubscriptionFactory
from tests.factories.fieldservice import NINE, at_work, given, job, technician
from tests.factories.network import AccessFactory

pytestmark = pytest.mark.django_db

OVER = NINE + line_trials.OPEN_FOR


@pytest.fixture
def who():
    return technician()


@pytest.fixture
def service():
    return SubscriptionFactory(status="PENDING", activated_on=None)


@pytest.fixture
def line(service):
    return AccessFactory(subscription=service, desired_state="WALLED")


@pytest.fixture
def order(service, who):
    order = given(job("INSTALLATION", service=service), who)
    at_work(order, who)
    return order


def state(line):
    return Access.objects.get(pk=line.pk).desired_state


def begin(order, who, at=NINE):
    return line_trials.begin(order=order, act=Act(who, at))


def test_the_line_opens_for_an_hour_and_closes_by_itself(order, line, service, who):
    begin(order, who)
    assert state(line) == "OPEN"

    assert line_trials.end_due(act=Act(None, OVER - timedelta(seconds=1))) == 0
    assert state(line) == "OPEN"
    assert line_trials.end_due(act=Act(None, OVER)) == 1
    assert state(line) == "WALLED"
    assert line_trials.end_due(act=Act(None, OVER)) == 0

    service.refresh_from_db()
    assert service.status == Subscription.Status.PENDING
    assert not Invoice.objects.exists()


def test_pressed_twice_it_is_one_hour(order, line, who):
    first = begin(order, who)

    assert begin(order, who, at=NINE + timedelta(minutes=5)) == first
    assert LineTrial.objects.count() == 1
    assert Access.objects.get(pk=line.pk).generation == line.generation + 1


def test_a_fourth_time_is_refused(order, line, who):
    at = NINE
    for _turn in range(3):
        begin(order, who, at=at)
        at += line_trials.OPEN_FOR
        line_trials.end_due(act=Act(None, at))

    with pytest.raises(line_trials.NoTrial, match="three times"):
        begin(order, who, at=at)
    assert state(line) == "WALLED"


def test_what_became_active_meanwhile_stays_open(order, line, service, who):
    begin(order, who)
    access.activate(
        subscription=service,
        on=date(2026, 1, 10),
        act=Act(who, NINE, reason="Installed and tried out"),
    )

    assert line_trials.end_due(act=Act(None, OVER)) == 1
    assert state(line) == "OPEN"


def test_only_who_stands_there_opens_only_an_installation(line, service, who):
    waiting = given(job("INSTALLATION", service=service), who)
    with pytest.raises(locking.WrongState):
        begin(waiting, who)
    at_work(waiting, who)
    with pytest.raises(locking.WrongState):
        begin(waiting, technician())

    repair = given(
        job("REPAIR"), who, start=OVER + timedelta(hours=3), end=OVER + timedelta(hours=5)
    )
    at_work(repair, who, moment=OVER + timedelta(hours=3))
    with pytest.raises(line_trials.NoTrial, match="Only an installation"):
        begin(repair, who)
    assert not LineTrial.objects.exists()


def test_a_service_without_a_line_says_whom_to_ask(order, who):
    with pytest.raises(line_trials.NoTrial, match="no line"):
        begin(order, who)


def test_the_phone_is_told_until_when_and_how_often_still(client, order, line, who):
    client.force_login(who)

    told = client.post(f"/technician/jobs/{order.number}/line/open/")

    assert told.status_code == 200
    assert told.json()["left"] == 2
    assert state(line) == "OPEN"


def test_nobody_elses_job_is_opened_and_a_refusal_says_why(client, order, line, who):
    client.force_login(technician())
    assert client.post(f"/technician/jobs/{order.number}/line/open/").status_code == 404

    client.force_login(who)
    other = given(job("SURVEY"), who)
    refused = client.post(f"/technician/jobs/{other.number}/line/open/")
    assert refused.status_code == 422
    assert refused.json()["error"]
    assert state(line) == "WALLED"
