"""Customers outside what was agreed are confirmed; many move by a job, both told once."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from customers.services import bulk_runs
from ispbill.audit.models import AuditEvent, JobRun
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.notifications.models import Message
from resellers.queries import move_limits
from resellers.services import bulk_moves, moving, terms
from resellers.services.moving import OutsideLimits
from tests.factories.accounts import UserFactory
from tests.factories.changes import priced_package
from tests.factories.customers import AreaFactory, CustomerFactory, SubscriptionFactory
from tests.factories.resellers import ResellerFactory

pytestmark = pytest.mark.django_db
REASON = "handed over to a partner"


def act():
    return Act.now(UserFactory(role="BILLING"), reason=REASON)


def partner():
    return ResellerFactory(user=UserFactory(role="RESELLER", phone="+8801711000077"))


def customer_at(price, package, *, area, cycle="MONTHLY"):
    customer = CustomerFactory(area=area)
    SubscriptionFactory(
        customer=customer, package=package, price_amount=Decimal(price), cycle=cycle
    )
    return customer


def test_the_limits_are_those_of_the_new_reseller_for_a_month_of_each_cycle():
    area, package = AreaFactory(), priced_package("1000.00")
    reseller = ResellerFactory()
    reseller.areas.add(area)
    fits = customer_at("1250.00", package, area=area)
    dear = customer_at("1250.01", package, area=area)
    cheap = customer_at("999.99", package, area=area)
    year = customer_at("12000.00", package, area=area, cycle="ANNUAL")
    inner = AreaFactory(parent=area, path=f"/{area.pk}/0/")
    below = CustomerFactory(area=inner)
    away = CustomerFactory(area=AreaFactory())
    ids = [one.pk for one in (fits, dear, cheap, year, below, away)]

    found = move_limits.outside(ids, reseller, on=clock.today())

    assert found.areas == [away.number]
    assert found.prices == sorted([dear.number, cheap.number])
    with pytest.raises(OutsideLimits, match=away.number):
        moving.move(customer_ids=ids, to=reseller, first_day=clock.today(), act=act())
    assert moving.move(customer_ids=[fits.pk], to=reseller, first_day=clock.today(), act=act())
    terms.price(
        reseller=reseller, package=package, buy=None, floor=Decimal(900), ceiling=None, act=act()
    )
    assert move_limits.outside(ids, reseller, on=clock.today()).prices == [dear.number]


def test_back_to_the_house_asks_nothing():
    customer = CustomerFactory(reseller_id=ResellerFactory().pk)
    assert moving.move(customer_ids=[customer.pk], to=None, first_day=clock.today(), act=act())


def test_many_move_by_a_job_and_both_resellers_hear_of_it_once(client):
    old, new = partner(), partner()
    people = [CustomerFactory(reseller_id=old.pk) for _ in range(3)]
    stays = CustomerFactory(reseller_id=new.pk)
    client.force_login(UserFactory(role="BILLING"))
    page = reverse("staff_resellers:move-many")
    given = {
        "ids": [one.pk for one in [*people, stays]],
        "to": new.pk,
        "first_day": clock.today().isoformat(),
        "reason": REASON,
    }
    assert "Also those outside" in client.get(page, {"ids": given["ids"]}).content.decode()
    assert client.post(page, given).status_code == 422
    assert not JobRun.objects.filter(job=bulk_runs.JOB).exists()

    client.post(page, {**given, "confirmed": "on"})

    run = JobRun.objects.get(job=bulk_runs.JOB)
    for _again in range(2):
        bulk_runs.make(run_id=run.pk, at=clock.now())
    run.refresh_from_db()
    assert (run.processed, run.skipped, run.failed) == (3, 1, 0)
    for one in people:
        one.refresh_from_db()
        assert one.reseller_id == new.pk
    told = Message.objects.filter(event="reseller_moved", channel="SMS").order_by("pk")
    assert [(one.context["joining"], one.context["leaving"]) for one in told] == [
        ("0", "3"),
        ("3", "0"),
    ]
    events = AuditEvent.objects.filter(action="customer.reseller_moved")
    assert {one.reason for one in events} == {REASON}


def test_who_may_not_move_is_refused(client):
    client.force_login(UserFactory(role="SALES"))
    assert client.get(reverse("staff_resellers:move-many")).status_code == 403


def test_a_day_gone_by_is_refused():
    with pytest.raises(moving.MoveRefused):
        bulk_moves.order(
            customer_ids=[CustomerFactory().pk],
            to=None,
            first_day=date(2020, 1, 1),
            is_confirmed=True,
            act=act(),
        )
