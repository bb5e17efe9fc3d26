"""Staff move a line to another router: the new one gets it before the old one loses it."""

import pytest
from django.urls import reverse

from ispbill.audit.models import AuditEvent
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.devtools.sandbox.routeros import RouterFarm, RouterSpec
from network.addresses.services import assigning
from network.models import Access, Leftover, Router
from network.services import push
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.drift import IpPoolFactory
from tests.factories.network import AccessFactory, RouterFactory
from tests.network.farms import known
from tests.queued import instead_of

pytestmark = pytest.mark.django_db(transaction=True)
REASON = "The old node is given up"


@pytest.fixture(autouse=True)
def rung(monkeypatch):
    rung = []
    instead_of(monkeypatch, "network.push_router", lambda kwargs: rung.append(kwargs["router_id"]))
    return rung


@pytest.fixture
def farm():
    specs = [RouterSpec(name=name, dial_delay=(0.0, 0.0)) for name in ("r1", "r2")]
    with RouterFarm(specs) as farm:
        yield farm


@pytest.fixture
def two(farm):
    return known(farm, "r1"), known(farm, "r2")


@pytest.fixture
def noc(client):
    user = UserFactory(role="NOC")
    client.force_login(user)
    return user


def pushed(*routers):
    Router.objects.update(next_attempt_at=None)
    for router in routers:
        push.push_router(router_id=router.pk, now=clock.now)


def move(client, line, router, reason=REASON):
    address = reverse("staff_network:move-line", args=[line.pk])
    return client.post(address, {"router": router.pk, "reason": reason})


def names(farm, router):
    return [row["name"] for row in farm.secrets(router)]


def test_a_line_is_moved_with_a_reason_and_stands_in_the_trail(client, noc, farm, two, rung):
    old, new = two
    line = AccessFactory(router=old)
    pushed(old)

    assert move(client, line, new, reason="").status_code == 422
    assert move(client, line, new).status_code == 302

    line.refresh_from_db()
    assert (line.router, sorted(rung)) == (new, sorted([old.pk, new.pk]))
    event = AuditEvent.objects.get(action="line.moved")
    assert (event.reason, event.customer_id) == (REASON, line.customer_id)
    pushed(new, old)
    assert (names(farm, "r1"), names(farm, "r2")) == ([], [line.username])


def test_an_open_line_stays_on_its_old_router_until_the_new_one_has_it(client, noc, farm, two):
    old, new = two
    line = AccessFactory(router=old)
    pushed(old)
    farm.set_offline("r2", True)
    move(client, line, new)

    pushed(new, old)
    assert names(farm, "r1") == [line.username]

    farm.set_offline("r2", False)
    Access.objects.update(next_attempt_at=None)
    pushed(new, old)
    assert (names(farm, "r1"), names(farm, "r2")) == ([], [line.username])
    assert not Leftover.objects.exists()


def test_a_line_to_be_closed_leaves_its_old_router_at_once(client, noc, farm, two):
    old, new = two
    line = AccessFactory(router=old)
    pushed(old)
    farm.set_offline("r2", True)
    move(client, line, new)
    Access.objects.filter(pk=line.pk).update(desired_state="WALLED", generation=line.generation + 9)

    pushed(old)

    assert names(farm, "r1") == []


def test_an_address_of_the_old_routers_pool_is_changed_first(client, noc, two):
    old, new = two
    line = AccessFactory(router=old)
    pool = IpPoolFactory(router=old, name="north")
    assigning.assign(line=line, pool=pool, address="", act=Act.now(noc, reason=REASON))

    refused = move(client, line, new)

    assert (refused.status_code, "of another router" in refused.text) == (422, True)
    assert Access.objects.get(pk=line.pk).router == old


def test_a_name_the_new_router_has_already_is_refused(client, noc, two):
    old, new = two
    line = AccessFactory(router=old, username="corner")
    AccessFactory(router=new, username="corner")

    assert move(client, line, new).status_code == 422
    assert not Leftover.objects.exists()


def test_a_router_of_another_branch_is_no_choice(client):
    branch = BranchFactory()
    manager = UserFactory(role="BRANCH_MANAGER", branch=branch)
    client.force_login(manager)
    line = AccessFactory(router__branch=branch, customer__branch=branch)
    elsewhere = RouterFactory()

    assert move(client, line, elsewhere).status_code in {403, 404, 422}
    assert Access.objects.get(pk=line.pk).router_id != elsewhere.pk


def test_both_pages_offer_it_to_those_who_may(client, two):
    line = AccessFactory(router=two[0])
    address = reverse("staff_network:move-line", args=[line.pk])
    pages = [
        reverse("staff_network:customer-panel", args=[line.customer.number]),
        reverse("staff_network:router", args=[line.router_id]),
    ]
    for role, offered in (("NOC", True), ("SUPPORT", False)):
        client.force_login(UserFactory(role=role))
        assert [address in client.get(page).text for page in pages] == [offered, offered]
    assert client.get(address).status_code == 403
