"""A customer moves a visit: twice at most, not at the last moment, and only into a free slot."""

from datetime import date, time, timedelta

import pytest
from django.urls import reverse

from fieldservice.models import WorkOrder
from fieldservice.queries import slots
from fieldservice.rules import slots as rules
from fieldservice.services import absences, journey, links, rescheduling
from fieldservice.services.rescheduling import MoveRefused
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.errors import Stale
from ispbill.notifications.models import Message
from tests.factories.accounts import UserFactory
from tests.factories.customers import AreaFactory, CustomerFactory, SubscriptionFactory
from tests.factories.fieldservice import NINE, given, job, technician

pytestmark = pytest.mark.django_db
SUNDAY = date(2026, 1, 11)  # NINE is a Saturday
YESTERDAY = NINE - timedelta(days=1)


@pytest.fixture
def area():
    return AreaFactory()


def service_in(area):
    return SubscriptionFactory(customer=CustomerFactory(area=area))


def in_branch(area, **values):
    return technician(branch=area.branch, **values)


def choose(order, on=SUNDAY, start=time(12), *, at=YESTERDAY, version=None):
    order = WorkOrder.objects.get(pk=order.pk)
    return rescheduling.choose(
        order=order, on=on, start=start, version=version or order.version, act=Act(None, at)
    )


def places(order, on=SUNDAY, start=time(12), at=YESTERDAY):
    found = {(one.on, one.start): one.places for one in slots.free(order, at=at)}
    return found.get((on, start), 0)


def test_three_at_work_and_five_booked_leave_one_place():
    assert rules.free_places(working=3, starting=5) == 1
    assert rules.free_places(working=3, starting=7) == 0


def test_slots_of_two_weeks_are_offered_from_tomorrow_on_and_none_on_a_free_day(area):
    in_branch(area)
    order = job(service=service_in(area))
    found = slots.free(order, at=YESTERDAY)
    assert (found[0].on, found[0].start) == (date(2026, 1, 10), time(9))
    assert found[-1].on == date(2026, 1, 22)  # the 23rd is a Friday again
    assert len(found) == 12 * 3  # two Fridays of fourteen days


def test_a_place_is_taken_by_jobs_that_begin_in_the_slot_and_by_who_is_away(area):
    first, second = in_branch(area), in_branch(area)
    order = given(job(service=service_in(area)), first)
    start = NINE + timedelta(days=1, hours=3)
    given(job(service=service_in(area)), second, start=start, end=start + timedelta(hours=3))
    assert places(order) == 3
    absences.enter(
        technician=second, first=SUNDAY, last=SUNDAY, reason="ill", act=Act(UserFactory(), NINE)
    )
    assert places(order) == 1
    assert places(job(service=service_in(AreaFactory()))) == 0  # nobody works in that branch


def test_the_own_technician_keeps_the_job_where_free_and_the_customer_is_told(area):
    who = in_branch(area)
    order = given(job(service=service_in(area)), who)
    told = Message.objects.count()
    moved = choose(order)
    assert (moved.state, moved.technician, moved.customer_moves) == ("ASSIGNED", who, 1)
    assert moved.window_start == NINE + timedelta(days=1, hours=3)
    assert Message.objects.count() > told


def test_where_the_technician_is_not_free_the_job_waits_with_the_wish(area):
    who, other = in_branch(area), in_branch(area)
    order = given(job(service=service_in(area)), who)
    start = NINE + timedelta(days=1, hours=3)
    given(job(service=service_in(area)), who, start=start, end=start + timedelta(hours=3))
    moved = choose(order)
    assert other.pk
    assert (moved.state, moved.technician, moved.window_start) == ("PENDING", None, start)


def test_twice_at_most_not_within_four_hours_and_not_once_somebody_is_on_the_way(area):
    who = in_branch(area)
    order = given(job(service=service_in(area)), who)
    with pytest.raises(MoveRefused, match="four hours"):
        choose(order, at=NINE - timedelta(hours=3, minutes=59))
    for start in (time(12), time(15)):
        choose(order, start=start)
    with pytest.raises(MoveRefused, match="twice"):
        choose(order, start=time(9))
    second = given(job(service=service_in(area)), who)
    journey.start(order=second, moment=NINE, act=Act(who, NINE))
    with pytest.raises(MoveRefused, match="call us"):
        choose(second)


def test_the_last_place_goes_to_one_customer_and_a_stale_page_to_nobody(area):
    who = in_branch(area)
    jobs = [job(service=service_in(area)) for _number in range(3)]
    assert who.pk
    for order in jobs[:2]:
        choose(order)
    with pytest.raises(MoveRefused, match="just been taken"):
        choose(jobs[2])
    with pytest.raises(Stale):
        choose(jobs[2], start=time(9), version=7)


def test_the_page_offers_slots_moves_the_job_and_answers_409_to_a_stale_one(
    client, area, monkeypatch
):
    monkeypatch.setattr(clock, "now", lambda: YESTERDAY)
    who = in_branch(area)
    order = given(job(service=service_in(area)), who)
    word = links.word(order.link_seed)
    page, shown = (reverse(f"public_fieldservice:{one}", args=[word]) for one in ("move", "job"))
    assert page in client.get(shown).content.decode()
    text = client.get(page).content.decode()
    assert 'value="2026-01-11 12:00"' in text
    assert order.address not in text
    chosen = {"slot": "2026-01-11 12:00", "version": order.version}
    assert client.post(page, {**chosen, "slot": "2026-01-11 03:00"}).status_code == 422
    assert client.post(page, chosen).url == shown
    assert client.post(page, chosen).status_code == 409
    WorkOrder.objects.update(customer_moves=2)
    assert client.get(page).status_code == 409
    assert page not in client.get(shown).content.decode()
    assert client.get(reverse("public_fieldservice:move", args=["0" * 32])).status_code == 404


def test_the_slots_take_as_many_queries_for_three_technicians_as_for_one(
    area, django_assert_max_num_queries
):
    order = job(service=service_in(area))
    for more in (1, 2):
        for _one in range(more):
            in_branch(area)
        with django_assert_max_num_queries(5):
            assert slots.free(order, at=YESTERDAY)
