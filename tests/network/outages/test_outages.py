"""Outages from the silent router to the all-clear."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from customers.models import Customer
from ispbill.accounts.models import User
from ispbill.audit.models import AuditEvent
from ispbill.core import rls
from ispbill.core.acts import Act
from ispbill.inbox.queries import items
from ispbill.notifications.models import Message
from network.gateways.base import RouterUnreachable
from network.models import Router, RouterSilence
from network.outages.models import Outage
from network.outages.queries import affecting, reach
from network.outages.services import moving, opening, telling, watching
from network.outages.services.desk import OutageRefused
from network.outages.services.moving import Words
from network.services import health
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.customers import AreaFactory, CustomerFactory, SubscriptionFactory
from tests.factories.network import AccessFactory, RouterFactory
from tests.factories.outages import BEGAN, WHY, outage, resolved

pytestmark = pytest.mark.django_db


def minutes(count):
    return BEGAN + timedelta(minutes=count)


def area(parent=None, **given):
    made = AreaFactory(parent=parent, **given)
    made.path = f"{parent.path if parent else '/'}{made.pk}/"
    made.save()
    return made


def lived_in(place, **given):
    customer = CustomerFactory(area=place, wants_sms=True, wants_email=False, **given)
    return SubscriptionFactory(customer=customer).customer


def fail(router, at):
    health.note_failure(router=router, error=RouterUnreachable("silent"), at=at)


@pytest.fixture
def routers():
    """Three routers with a line each: one may be silent without it being our own connection."""
    return [AccessFactory(router=RouterFactory(site=f"site {n}")).router for n in range(3)]


# --- by itself


def test_a_router_silent_ten_minutes_is_proposed_from_its_first_failure_and_withdrawn(routers):
    router = routers[0]
    fail(router, minutes(0))
    assert not RouterSilence.objects.exists()  # one failure is no silence
    fail(router, minutes(5))

    assert watching.watch(at=minutes(9)).proposed == 0
    assert watching.watch(at=minutes(10)).proposed == 1
    assert watching.watch(at=minutes(11)).proposed == 0
    found = Outage.objects.get()
    assert (found.state, found.started_at, found.number) == ("PROPOSED", BEGAN, "OUT-2026-00001")
    noc = UserFactory(role=User.Role.NOC)
    assert items.count(noc, at=minutes(12)) == 1

    health.note_answer(router=router, at=minutes(20))
    assert watching.watch(at=minutes(24)).withdrawn == 0
    assert watching.watch(at=minutes(25)).withdrawn == 1
    assert Outage.objects.get().state == "CANCELLED"
    assert RouterSilence.objects.get().until == minutes(20)


def test_routers_of_one_site_are_one_outage(routers):
    Router.objects.update(site="Mirpur hub", branch=routers[0].branch)
    for _ in range(3):
        RouterFactory()
    for router in routers[:2]:
        fail(router, minutes(0))
        fail(router, minutes(5))

    watching.watch(at=minutes(10))

    assert Outage.objects.count() == 1
    assert Outage.objects.get().scopes.count() == 2


def test_more_than_half_of_the_routers_is_our_own_connection(routers):
    for router in routers[:2]:
        fail(router, minutes(0))
        fail(router, minutes(5))

    found = watching.watch(at=minutes(10))

    assert found.is_our_own
    assert not Outage.objects.exists()


# --- steps


def test_each_step_follows_from_the_one_before_and_leaves_its_trail():
    found = outage(areas=[area()])
    act = Act(None, minutes(10), reason=WHY)
    moving.post(outage=found, state="IDENTIFIED", words=Words("A cable is cut."), act=act)
    with pytest.raises(OutageRefused):
        moving.resolve(outage=found, restored_at=minutes(-1), words=Words("Over."), act=act)
    resolved(found, restored_at=minutes(30))
    with pytest.raises(OutageRefused):
        moving.cancel(outage=found, act=act)
    moving.reopen(outage=found, act=Act(None, minutes(140), reason=WHY))
    found.refresh_from_db()
    assert (found.state, found.restored_at) == ("INVESTIGATING", None)
    assert found.scopes.get().ended_at is None
    resolved(found, restored_at=minutes(150))
    with pytest.raises(OutageRefused):
        moving.reopen(outage=found, act=Act(None, minutes(271), reason=WHY))

    said = AuditEvent.objects.filter(target_type="outage").order_by("pk")
    assert [one.action for one in said] == [
        "outage.opened",
        "outage.updated",
        "outage.resolved",
        "outage.reopened",
        "outage.resolved",
    ]


def test_the_database_refuses_a_step_that_does_not_follow():
    found = outage(areas=[area()])

    for change in ("state = 'CANCELLED'", "number = 'OUT-1'"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE network_outage SET {change} WHERE id = %s", [found.pk])


def test_merged_outages_unite_their_places_and_the_earliest_start_holds():
    here, there = area(), area()
    first = outage(areas=[here, there])
    second = outage(areas=[there], started_at=minutes(-20))

    into = moving.merge(outage=second, into=first, act=Act(None, minutes(10), reason=WHY))

    assert into.started_at == minutes(-20)
    assert {one.area: one.started_at for one in into.scopes.all()} == {
        here: BEGAN,
        there: minutes(-20),
    }


def test_works_begin_by_the_clock():
    found = outage(
        areas=[area()], is_planned=True, started_at=minutes(60), expected_at=minutes(120), at=BEGAN
    )
    assert found.state == "SCHEDULED"

    assert [watching.watch(at=minutes(59)).begun, watching.watch(at=minutes(60)).begun] == [0, 1]


# --- reach


def test_an_area_reaches_what_lies_below_and_a_router_its_lines_each_number_once():
    zone = area()
    block = area(zone)
    lived_in(zone, phone="+8801700000001")
    twin = lived_in(block, phone="+8801700000001", allows_shared_phone=True)
    line = AccessFactory(subscription=lived_in(area()).subscriptions.get())
    lived_in(area())

    people = reach.people(areas=[zone.pk], routers=[line.router_id])
    found = outage(areas=[zone], routers=[line.router])
    shown = telling.preview(found, at=BEGAN)

    assert (len(people), sum(one.services for one in people)) == (3, 3)
    assert twin.pk in {one.pk for one in people}
    assert (shown.customers, shown.messages) == (3, 2)


def test_a_changed_reach_asks_anew_and_the_all_clear_goes_to_the_told_only():
    zone = area()
    told = lived_in(zone)
    found = outage(areas=[zone])
    seen = telling.preview(found, at=BEGAN).seen
    late = lived_in(zone)
    act = Act(None, minutes(5), reason=WHY)

    with pytest.raises(telling.ReachChanged):
        moving.tell(outage=found, seen=seen, act=act)
    Customer.objects.filter(pk=late.pk).update(wants_sms=False)
    assert moving.tell(outage=found, seen=seen, act=act) == 1
    Message.objects.update(state="SENT")
    Customer.objects.filter(pk=late.pk).update(wants_sms=True)
    resolved(found, restored_at=minutes(30))

    cleared = Message.objects.filter(event="outage_cleared")
    assert [one.customer_id for one in cleared] == [told.pk]


def test_a_later_place_gets_the_opening_and_the_others_an_update():
    zone, later = area(), area()
    first, second = lived_in(zone), lived_in(later)
    found = outage(areas=[zone])
    act = Act(None, minutes(5), reason=WHY)
    moving.tell(outage=found, seen=telling.preview(found, at=BEGAN).seen, act=act)
    moving.add_places(outage=found, areas=[later], routers=[], since=minutes(3), act=act)
    seen = telling.preview(Outage.objects.get(), at=BEGAN).seen

    moving.post(outage=found, state="IDENTIFIED", words=Words("A cable.", "কেবল।", seen), act=act)

    events = dict(
        Message.objects.filter(context__text="A cable.").values_list("customer_id", "event")
    )
    assert events == {first.pk: "outage_update", second.pk: "outage_opened"}


def test_an_opening_that_has_not_left_is_dropped_with_its_all_clear():
    zone = area()
    lived_in(zone)
    found = outage(areas=[zone])
    moving.tell(
        outage=found,
        seen=telling.preview(found, at=BEGAN).seen,
        act=Act(None, minutes(5), reason=WHY),
    )

    resolved(found, restored_at=minutes(30))

    assert [one.state for one in Message.objects.all()] == ["CANCELLED"]


# --- who sees what


def test_the_portal_shows_what_is_disturbed_where_the_customer_is(client):
    zone = area()
    customer = lived_in(area(zone))
    other = lived_in(area())
    found = outage(areas=[zone], title="Cable cut in Mirpur")

    with rls.as_portal([customer.pk]):
        here = affecting.of_customer(customer.pk, customer.area_id)
        there = affecting.of_customer(other.pk, other.area_id)

    assert [one.outage.pk for one in here] == [found.pk]
    assert here[0].update is not None
    assert there == []


def test_everybody_sees_areas_and_phases_and_nothing_that_is_proposed(client, routers):
    zone = area(name="Mirpur")
    outage(areas=[zone], title="Cable cut", local_title="কেবল কাটা", text="We repair it.")
    Router.objects.filter(pk=routers[0].pk).update(name="core-secret", site="secret site")
    opening.propose(router=Router.objects.get(pk=routers[0].pk), since=BEGAN, act=Act(None, BEGAN))

    page = client.get("/status").content.decode()
    client.cookies["ispbill_language"] = "bn"
    bangla = client.get("/status").content.decode()

    assert "Cable cut" in page
    assert "Mirpur" in page
    assert "কেবল কাটা" in bangla
    assert "secret" not in page + bangla + client.get("/status.json").content.decode()


def test_a_branch_manager_takes_the_steps_of_the_own_branch_only(client):
    mine, theirs = BranchFactory(), BranchFactory()
    manager = UserFactory(role=User.Role.BRANCH_MANAGER, branch=mine)
    own = outage(areas=[area(branch=mine)])
    other = outage(areas=[area(branch=theirs)])
    both = outage(areas=[area(branch=mine), area(branch=theirs)])
    client.force_login(manager)

    def code(one, name="resolve-outage"):
        return client.get(reverse(f"staff_network:{name}", args=[one.number])).status_code

    assert [code(own), code(other), code(both)] == [200, 404, 404]
    assert [code(both, "outage"), code(other, "outage")] == [200, 404]


def test_staff_open_tell_and_resolve_an_outage(client):
    zone = area()
    lived_in(zone)
    noc = UserFactory(role=User.Role.NOC)
    client.force_login(noc)
    page = reverse("staff_network:add-outage")
    given = {
        "areas": [zone.pk],
        "severity": "DOWN",
        "cause": "CABLE",
        "started_at": "2026-01-01T10:00",
        "title": "Cable cut",
        "text": "We repair it.",
    }

    assert client.post(page, given | {"areas": []}).status_code == 422
    client.post(page, given)
    found = Outage.objects.get()
    shown = client.get(reverse("staff_network:outage", args=[found.number]))
    seen = shown.context["reach"].seen
    client.post(reverse("staff_network:tell-outage", args=[found.number]), {"seen": seen})
    client.post(
        reverse("staff_network:resolve-outage", args=[found.number]),
        {"restored_at": "2026-01-01T12:00", "text": "It works again."},
    )

    found.refresh_from_db()
    assert (found.state, found.branch_id) == ("RESOLVED", zone.branch_id)
    assert found.told.count() == 0  # it had not left yet
    for name in ("outages", "uptime", "export-outages", "export-uptime", "ticker"):
        assert client.get(reverse(f"staff_network:{name}")).status_code == 200


@pytest.mark.parametrize("many", [3])
def test_the_list_asks_as_much_for_three_as_for_one(client, django_assert_max_num_queries, many):
    client.force_login(UserFactory(role=User.Role.NOC))
    page = reverse("staff_network:outages")
    outage(areas=[area()])
    client.get(page)
    with django_assert_max_num_queries(60) as one:
        client.get(page)
    for _ in range(many - 1):
        outage(areas=[area()], routers=[RouterFactory()])
    with django_assert_max_num_queries(60) as more:
        client.get(page)

    assert abs(len(more) - len(one)) <= 1
