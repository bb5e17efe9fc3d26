"""The RADIUS tab of a router: how it does, putting it on, changing it, taking it off."""

import pytest
from django.urls import reverse

from ispbill.audit.models import AuditEvent
from network.models import Access, Router
from network.radius.models import RadiusNas, RadiusSettings
from network.radius.services import keys
from tests.factories.accounts import UserFactory
from tests.factories.network import AccessFactory, RouterFactory
from tests.factories.radius import RadiusAnswerFactory, RadiusSessionFactory

pytestmark = pytest.mark.django_db(transaction=True)

WHY = "The new tower asks RADIUS"
TYPED = {
    "address": "10.9.0.7",
    "secret": "long-enough-secret",
    "coa_port": "3799",
    "ipv6_pool": "",
    "reason": WHY,
}


@pytest.fixture
def noc(client):
    client.force_login(UserFactory(role="NOC"))
    return client


def page(client, name, router):
    return client.get(reverse(f"staff_network:{name}", args=[router.pk]))


def test_a_router_without_radius_offers_it(noc):
    assert "This router keeps its users itself" in page(noc, "router-radius", RouterFactory()).text


def test_putting_a_router_on_radius_tells_its_lines_anew_and_shows_no_secret(noc):
    line = AccessFactory(confirmed_generation=1, generation=1)
    router = line.router

    answer = noc.post(reverse("staff_network:change-radius", args=[router.pk]), TYPED)

    assert answer.status_code == 302
    router.refresh_from_db()
    nas = RadiusNas.objects.get()
    assert (router.uses_radius, keys.unseal(nas.secret)) == (True, "long-enough-secret")
    assert Access.objects.get().generation == 2
    event = AuditEvent.objects.get(action="router.radius_changed")
    assert event.reason == WHY
    assert "long-enough-secret" not in str(event.after)
    shown = page(noc, "router-radius", router).text
    assert "10.9.0.7" in shown
    assert "No accounting has come yet" in shown
    assert "long-enough-secret" not in shown + page(noc, "change-radius", router).text


def test_an_empty_secret_keeps_the_one_there_is_and_lines_are_left_alone(noc, nas):
    line = AccessFactory(router=nas.router, confirmed_generation=1, generation=1)

    noc.post(
        reverse("staff_network:change-radius", args=[nas.router_id]),
        TYPED | {"secret": "", "coa_port": "1700"},
    )

    nas.refresh_from_db()
    assert (nas.coa_port, keys.unseal(nas.secret)) == (1700, "nas-secret")
    assert Access.objects.get(pk=line.pk).is_settled


@pytest.mark.parametrize(
    "typed",
    [
        {"secret": "short"},
        {"secret": ""},
        {"address": "router.lan"},
        {"coa_port": "70000"},
        {"reason": ""},
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(noc, typed):
    router = RouterFactory()

    answer = noc.post(reverse("staff_network:change-radius", args=[router.pk]), TYPED | typed)

    assert answer.status_code == 422
    assert not RadiusNas.objects.exists()


def test_the_tab_tells_sessions_refusals_and_passwords_nobody_knows(noc, line, nas, at):
    AccessFactory(router=nas.router, sealed_password="")
    RadiusSessionFactory(line=line, last_at=at, began_at=at)
    RadiusAnswerFactory(nas_address="127.0.0.1", username="ghost", reply="Access-Reject", at=at)

    shown = page(noc, "router-radius", nas.router).text

    assert "1 line has a password only the router knew" in shown
    assert "ghost" in shown
    assert "/radius incoming set accept=yes" in shown


def test_taking_a_router_off_needs_a_reason(noc, nas):
    address = reverse("staff_network:leave-radius", args=[nas.router_id])

    assert noc.post(address, {"reason": ""}).status_code == 422
    assert noc.post(address, {"reason": "Back to local users"}).status_code == 302

    assert not RadiusNas.objects.exists()
    assert not Router.objects.get(pk=nas.router_id).uses_radius
    assert AuditEvent.objects.filter(action="router.radius_left").exists()


def test_only_who_may_edit_the_network_changes_it(client, nas):
    client.force_login(UserFactory(role="SUPPORT"))

    assert page(client, "router-radius", nas.router).status_code == 200
    assert page(client, "change-radius", nas.router).status_code == 403
    assert page(client, "leave-radius", nas.router).status_code == 403
    assert client.get(reverse("staff_network:radius-settings")).status_code == 403


def test_the_servers_address_stands_in_the_commands(client, nas):
    client.force_login(UserFactory(role="OWNER"))
    typed = {"server_address": "10.0.0.2", "reason": WHY}

    assert client.post(reverse("staff_network:radius-settings"), typed).status_code == 302

    assert "address=10.0.0.2" in page(client, "router-radius", nas.router).text
    assert RadiusSettings.objects.get().sealed_key  # changed beside it, never with it


@pytest.mark.parametrize("count", [1, 3])
def test_the_tab_asks_no_more_for_more(noc, nas, count, django_assert_max_num_queries, at):
    for _each in range(count):
        RadiusAnswerFactory(nas_address="127.0.0.1", at=at)
        RadiusSessionFactory(line=AccessFactory(router=nas.router), last_at=at, began_at=at)
    address = reverse("staff_network:router-radius", args=[nas.router_id])
    noc.get(address)

    with django_assert_max_num_queries(16):
        noc.get(address, headers={"HX-Request": "true", "HX-Target": "tab-body"})
