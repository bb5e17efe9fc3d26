"""Technicians and jobs, made through their services."""

from datetime import UTC, datetime, timedelta

from fieldservice.models import WorkOrder
from fieldservice.services import evidence, journey, orders
from fieldservice.services.orders import NewOrder, Slot
from ispbill.accounts.models import User
from ispbill.core.acts import Act
from tests.factories.accounts import UserFactory
from tests.factories.customers import SubscriptionFactory

NINE = datetime(2026, 1, 10, 3, 0, tzinfo=UTC)  # Saturday, 09:00 in Dhaka
NOON = NINE + timedelta(hours=3)
HOUSE = (23.8069, 90.3687)


def technician(**values):
    return UserFactory(role=User.Role.TECHNICIAN, **values)


def job(kind="MAINTENANCE", *, service=None, actor=None, **values):
    """Make a job nobody has been given."""
    service = service or SubscriptionFactory()
    asked = NewOrder(
        customer=service.customer, kind=kind, subscription=service, point=HOUSE, **values
    )
    return orders.create(asked=asked, act=Act(actor or UserFactory(), NINE))


def given(order, who, *, start=NINE, end=NOON, actor=None, is_confirmed=True, reason=""):
    """Give a job to a technician."""
    order = WorkOrder.objects.get(pk=order.pk)
    return orders.assign(
        order=order,
        slot=Slot(who, start, end),
        version=order.version,
        is_confirmed=is_confirmed,
        act=Act(actor or UserFactory(), NINE - timedelta(hours=1), reason=reason),
    )


def at_work(order, who, *, moment=NINE):
    """Let a technician arrive at a job given to them; return the visit."""
    place = journey.Place(no_point_reason="no reception in the cellar")
    journey.arrive(order=order, place=place, moment=moment, act=Act(who, moment))
    return evidence.latest_visit(order, who)


def answered(visit, who, *, moment=NINE, **values):
    """Answer a checklist; what is not given is said to be impossible."""
    for item in visit.order.checklist:
        value = values.get(item["key"], "")
        evidence.answer(
            visit=visit,
            key=item["key"],
            value=value,
            impossible="" if value != "" else "not possible at this house",
            moment=moment,
            act=Act(who, moment),
        )
    return visit
