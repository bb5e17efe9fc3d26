"""A month of uptime from polls and outages."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from ispbill.accounts.models import User
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.inbox.queries import items
from network.models import RouterSilence
from network.outages.models import Outage, OutageSettings, UptimeMonth
from network.outages.queries import uptime
from network.outages.rules import uptime as rules
from network.outages.services import judging
from network.usage.models import UsageGap
from tests.factories.accounts import UserFactory
from tests.factories.customers import AreaFactory, CustomerFactory, SubscriptionFactory
from tests.factories.network import AccessFactory, RouterFactory
from tests.factories.outages import WHY, outage, resolved

pytestmark = pytest.mark.django_db

JANUARY = date(2026, 1, 1)
LATER = datetime(2026, 2, 3, 6, tzinfo=UTC)
DOWN = datetime(2026, 1, 10, 4, tzinfo=UTC)


def after(minutes):
    return DOWN + timedelta(minutes=minutes)


def month():
    return uptime.frame(JANUARY, at=LATER)


def lines(router, area, count):
    for _ in range(count):
        customer = CustomerFactory(area=area)
        AccessFactory(subscription=SubscriptionFactory(customer=customer), router=router)


def test_a_router_silent_134_minutes_in_january_and_the_area_of_its_ten_of_forty_lines():
    area, bad, good = AreaFactory(), RouterFactory(), RouterFactory()
    lines(bad, area, 10)
    lines(good, area, 30)
    RouterSilence.objects.create(router=bad, since=DOWN, until=after(134))
    outage(routers=[bad], started_at=after(20), at=after(100))  # inside: it counts once
    OutageSettings.objects.create(pk=1, uptime_target=Decimal("99.70"))
    resolved(Outage.objects.get(), restored_at=after(134))

    judging.judge(month=JANUARY, at=LATER, is_closed=True)

    found = {(one.router_id, one.area_id): one for one in UptimeMonth.objects.filter(month=JANUARY)}
    router = found[bad.pk, None]
    assert (router.total_seconds, router.down_seconds) == (44_640 * 60, 134 * 60)
    assert router.is_breach
    whole = found[None, area.pk]
    assert rules.shown(total=whole.total_seconds, down=whole.down_seconds) == Decimal("99.92")
    assert not whole.is_breach
    noc = UserFactory(role=User.Role.NOC)
    assert items.count(noc, at=LATER) == 1
    judging.look_into(row=router, act=Act(noc, LATER, reason=WHY))
    assert items.count(noc, at=LATER) == 0
    assert uptime.repairs(month()) == [114 * 60]


def test_what_nobody_checked_and_works_announced_in_time_are_left_out():
    router = RouterFactory(added_at=datetime(2026, 1, 5, tzinfo=UTC))
    UsageGap.objects.create(router=router, since=after(0), until=after(60))
    works = outage(
        routers=[router],
        is_planned=True,
        at=after(-3 * 24 * 60),
        started_at=after(120),
        expected_at=after(180),
    )
    works.announced_at = after(-3 * 24 * 60)
    works.state = "IN_PROGRESS"
    works.save()
    resolved(works, restored_at=after(190))

    routers, _areas, _whole = uptime.measure(month())

    since = datetime(2026, 1, 5, tzinfo=UTC)
    until = datetime.combine(date(2026, 2, 1), datetime.min.time(), tzinfo=clock.zone())
    whole = int((until - since).total_seconds())
    found = routers[router.pk]
    assert (found.total, found.down) == (whole - 2 * 3600, 600)


def test_degraded_and_not_ours_take_nothing():
    router = RouterFactory()
    slow = outage(routers=[router], severity="DEGRADED")
    resolved(slow, restored_at=after(60))
    foreign = outage(routers=[router], started_at=after(100))
    resolved(foreign, restored_at=after(160))
    foreign.refresh_from_db()
    foreign.not_ours_reason = "the customer's own power"
    foreign.save()

    routers, _areas, _whole = uptime.measure(month())

    assert routers[router.pk].down == 0
    assert routers[router.pk].total == 44_640 * 60 - 3600


def test_the_third_day_closes_a_month_and_what_comes_later_is_a_revision_with_its_reason():
    router = RouterFactory()
    judging.judge_due(at=datetime(2026, 2, 2, 6, tzinfo=UTC))
    assert not UptimeMonth.objects.filter(month=JANUARY, closed_at__isnull=False).exists()
    judging.judge_due(at=LATER)
    assert UptimeMonth.objects.filter(month=JANUARY, closed_at__isnull=False).count() == 2
    RouterSilence.objects.create(router=router, since=DOWN, until=after(30))
    judging.judge_due(at=LATER)

    changed = judging.revise(month=JANUARY, act=Act(None, LATER, reason=WHY))

    rows = UptimeMonth.objects.filter(router=router, month=JANUARY).order_by("revision")
    assert changed == 1
    assert [(one.revision, one.down_seconds) for one in rows] == [(0, 0), (1, 1800)]
