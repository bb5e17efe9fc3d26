"""Nobody is told that the line is on again before the router has confirmed it."""

from datetime import date, timedelta

import pytest

from billing.changes.services import service_states
from customers.models import Suspension
from ispbill.core.acts import Act
from ispbill.notifications.models import Message
from ispbill.notifications.queries import texts
from network.models import Access
from network.services import push
from tests.factories.changes import billed_service
from tests.factories.network import AccessFactory
from tests.factories.payments import open_invoice, paid
from tests.network.farms import due_again
from tests.queued import instead_of

pytestmark = pytest.mark.django_db(transaction=True)

ON = date(2026, 1, 10)
WHY = "because they asked for it"


@pytest.fixture(autouse=True)
def deaf(monkeypatch):
    """The test says when a router's worker works."""
    instead_of(monkeypatch, "network.push_router")


@pytest.fixture
def line(router, at):
    line = AccessFactory(subscription=billed_service(), router=router, username="amina")
    pushed(line, at)
    return line


def pushed(line, at):
    due_again()
    push.push_router(router_id=line.router_id, now=lambda: at)
    line.refresh_from_db()


def told(event="service_reactivated"):
    return Message.objects.filter(event=event, channel="SMS").count()


def cut(line, at):
    service_states.suspend(
        subscription=line.subscription,
        kind=Suspension.Kind.NON_PAYMENT,
        is_billed=True,
        on=ON,
        act=Act(None, at, reason=WHY),
    )
    pushed(line, at)
    assert line.confirmed_state == Access.State.WALLED


def test_a_payment_is_told_at_once_and_the_line_when_the_router_is_back(farm, line, at):
    customer = line.subscription.customer
    open_invoice(customer, "1150.00")
    cut(line, at)
    farm.set_offline("r1", True)

    paid(customer, "5000.00", at=at + timedelta(hours=1))
    pushed(line, at + timedelta(hours=1))
    assert (line.desired_state, line.is_settled) == ("OPEN", False)
    assert (told("payment_received"), told()) == (1, 0)
    thanks = Message.objects.get(event="payment_received", channel="SMS")
    assert "we are switching your internet on" in texts.shown(thanks).body

    farm.set_offline("r1", False)
    pushed(line, at + timedelta(hours=2))
    pushed(line, at + timedelta(hours=3))

    assert (line.confirmed_state, told()) == ("OPEN", 1)


def test_who_is_cut_off_again_before_the_router_came_is_told_nothing_good(farm, line, at):
    cut(line, at)
    farm.set_offline("r1", True)
    service_states.reactivate(subscription=line.subscription, on=ON, act=Act(None, at, reason=WHY))
    line.subscription.refresh_from_db()
    service_states.suspend(
        subscription=line.subscription,
        kind=Suspension.Kind.NON_PAYMENT,
        is_billed=True,
        on=ON,
        act=Act(None, at + timedelta(hours=1), reason=WHY),
    )

    farm.set_offline("r1", False)
    pushed(line, at + timedelta(hours=2))

    assert told() == 0


def test_a_service_without_a_line_is_told_at_once(at):
    service = billed_service()
    service_states.suspend(
        subscription=service,
        kind=Suspension.Kind.NON_PAYMENT,
        is_billed=True,
        on=ON,
        act=Act(None, at, reason=WHY),
    )
    service.refresh_from_db()

    service_states.reactivate(subscription=service, on=ON, act=Act(None, at, reason=WHY))

    assert told() == 1
