"""Moving house: the service, its line and the fee, when the job is complete."""

from decimal import Decimal

import pytest
from django.urls import reverse

from billing.invoices.models import InvoiceLine
from fieldservice.models import WorkOrder
from fieldservice.rules import distances
from fieldservice.services import completion, evidence, journey, orders
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from network.services import moving
from tests.factories.accounts import UserFactory
from tests.factories.catalogue import FeeFactory
from tests.factories.fieldservice import NINE, NOON, answered, at_work, given, technician
from tests.factories.network import AccessFactory, RouterFactory

pytestmark = pytest.mark.django_db


def moving_house(who, service, **values):
    asked = orders.NewOrder(
        customer=service.customer,
        kind="RELOCATION",
        subscription=service,
        address="House 9, Road 4",
        **values,
    )
    return given(orders.create(asked=asked, act=Act(UserFactory(), NINE)), who)


def test_moving_house_takes_the_line_to_the_new_address_and_router_for_the_fee_once():
    who, line = technician(), AccessFactory()
    service = line.subscription
    before = (service.price_amount, service.billing_day, service.status)
    fee, router = (
        FeeFactory(net_amount=Decimal("1000.00")),
        RouterFactory(branch=service.customer.branch),
    )
    order = moving_house(who, service, point=(23.8759, 90.3795), router=router, fee=fee)
    visit = answered(at_work(order, who), who, serial="AB 12")
    evidence.sign(visit=visit, signed=evidence.Signed([], "Amina"), moment=NINE, act=Act(who, NINE))

    for _time in range(2):
        completion.complete(order=order, moment=NINE, act=Act(who, NOON))

    service.refresh_from_db()
    line.refresh_from_db()
    order.refresh_from_db()
    assert order.effect_state == "DONE"
    assert (service.address, str(service.latitude)) == ("House 9, Road 4", "23.875900")
    assert (service.price_amount, service.billing_day, service.status) == before
    assert line.router == router
    charged = InvoiceLine.objects.get(explanation__key=f"wo:{order.number}:fee")
    assert (charged.net_amount, charged.subscription) == (Decimal("1000.00"), service)


def test_without_a_point_of_the_office_the_new_address_is_where_the_technician_stood():
    who, service = technician(), AccessFactory().subscription
    order = moving_house(who, service)
    assert (order.latitude, order.fee_amount) == (None, 0)
    point = distances.point("23.9", "90.4", 30)
    journey.arrive(order=order, place=journey.Place(point), moment=NINE, act=Act(who, NINE))
    visit = answered(evidence.latest_visit(order, who), who)
    evidence.sign(visit=visit, signed=evidence.Signed([], "Amina"), moment=NINE, act=Act(who, NINE))
    completion.complete(order=order, moment=NINE, act=Act(who, NOON))
    service.refresh_from_db()
    assert (str(service.latitude), str(service.longitude)) == ("23.900000", "90.400000")


def test_where_the_router_refuses_the_line_nothing_is_moved_nor_charged_until_it_is_carried_out():
    who, line = technician(), AccessFactory()
    service = line.subscription
    router = RouterFactory(branch=service.customer.branch)
    other = AccessFactory(router=router, username=line.username)
    order = moving_house(who, service, router=router, fee=FeeFactory(net_amount=Decimal("500.00")))
    visit = answered(at_work(order, who), who)
    evidence.sign(visit=visit, signed=evidence.Signed([], "Amina"), moment=NINE, act=Act(who, NINE))
    completion.complete(order=order, moment=NINE, act=Act(who, NOON))
    order.refresh_from_db()
    service.refresh_from_db()
    assert (order.state, order.effect_state) == ("COMPLETED", "WAITING")
    assert service.address != "House 9, Road 4"
    assert not InvoiceLine.objects.exists()
    why = Act(UserFactory(), NOON, reason="its name is needed elsewhere")
    moving.move_to_router(line=other, router=RouterFactory(), act=why)
    completion.carry_out(order=order, act=Act(UserFactory(), NOON, reason="the name is free now"))
    service.refresh_from_db()
    assert service.address == "House 9, Road 4"
    assert InvoiceLine.objects.count() == 1


def test_moving_house_says_where_to_and_of_which_service():
    service = AccessFactory().subscription
    for values in ({"subscription": service}, {"address": "House 9"}):
        asked = orders.NewOrder(customer=service.customer, kind="RELOCATION", **values)
        with pytest.raises(DomainError):
            orders.create(asked=asked, act=Act(UserFactory(), NINE))


def test_the_office_asks_for_it_with_router_and_fee_and_sees_both_on_the_job(client):
    line = AccessFactory()
    customer = line.subscription.customer
    router = RouterFactory(branch=customer.branch, name="agrabad-1")
    fee = FeeFactory(net_amount=Decimal("750.00"), name="Shifting")
    client.force_login(UserFactory(role="OWNER"))
    page = reverse("staff_fieldservice:add-for", args=[customer.number])
    sent = {
        "kind": "RELOCATION",
        "subscription": line.subscription.pk,
        "priority": 2,
        "router": router.pk,
        "fee": fee.pk,
    }
    assert "Say where the customer moves to" in client.post(page, sent).content.decode()
    client.post(page, {**sent, "address": "House 9, Road 4"})
    order = WorkOrder.objects.get()
    assert (order.router, order.fee, order.fee_amount) == (router, fee, Decimal("750.00"))
    text = client.get(reverse("staff_fieldservice:detail", args=[order.number])).content.decode()
    assert "agrabad-1" in text
    assert "750.00" in text
