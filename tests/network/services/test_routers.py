"""Routers are kept with sealed passwords, reasons, and only at addresses we may call."""

import pytest

from ispbill.audit.models import AuditEvent
from ispbill.core.acts import Act
from ispbill.core.errors import ReasonMissing
from network.models import Access, Router
from network.services import connections, push, routers
from tests.factories.accounts import BranchFactory
from tests.factories.network import AccessFactory, RouterFactory
from tests.queued import instead_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _deaf(monkeypatch):
    for name in ("network.push_router", "network.check_router"):
        instead_of(monkeypatch, name)


def values(**changes):
    return {
        "name": "core",
        "host": "10.1.1.1",
        "port": 8728,
        "username": "api",
        "branch": BranchFactory(),
        **changes,
    }


def add(at, password="s3cret-pass", **changes):  # noqa: S107
    return routers.add(values=values(**changes), password=password, act=Act(None, at))


def test_a_router_is_kept_with_a_sealed_password_that_no_log_repeats(at):
    router = add(at)

    assert "s3cret-pass" not in router.sealed_password
    assert connections.password_of(router) == "s3cret-pass"
    event = AuditEvent.objects.get(action="router.added")
    assert "s3cret-pass" not in str(event.after)
    assert "sealed" not in str(event.after)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "::1",
        "0.0.0.0",  # noqa: S104
        "169.254.169.254",
        "2130706433",
        "0177.0.0.1",
        "::ffff:127.0.0.1",
        "8.8.8.8",
        "224.0.0.1",
        "fe80::1",
    ],
)
def test_addresses_that_are_no_router_of_ours_are_refused(at, settings, host):
    settings.SIMULATORS = False

    with pytest.raises(routers.RouterRefused):
        add(at, host=host)

    assert not Router.objects.exists()


@pytest.mark.parametrize("port", [22, 80, 5432, 6379, 8000])
def test_only_the_api_ports_are_called_outside_the_sandbox(at, port):
    with pytest.raises(routers.RouterRefused, match="port [0-9]+ is not one of 8728, 8729"):
        add(at, port=port)


@pytest.mark.parametrize(("port", "is_allowed"), [(1025, True), (80, False), (1024, False)])
def test_loopback_is_for_simulators_only_and_for_high_ports(at, settings, port, is_allowed):
    if is_allowed:
        assert add(at, host="127.0.0.1", port=port).pk
        settings.SIMULATORS = False
        with pytest.raises(routers.RouterRefused):
            add(at, host="127.0.0.1", port=port, name="other")
    else:
        with pytest.raises(routers.RouterRefused):
            add(at, host="127.0.0.1", port=port)


def test_metadata_services_are_refused_even_with_simulators_on(at):
    with pytest.raises(routers.RouterRefused):
        add(at, host="169.254.169.254")


@pytest.mark.parametrize("field", ["username", "walled_profile"])
def test_line_pauses_are_refused_before_anything_is_sent(at, field):
    with pytest.raises(routers.RouterRefused, match="control characters"):
        add(at, **{field: "x\r\nSET y 1"})


def test_a_line_pause_in_the_password_is_refused(at):
    with pytest.raises(routers.RouterRefused, match="control characters"):
        add(at, password="x\r\nRPUSH celery 1")


def test_a_name_is_used_once(at):
    add(at)

    with pytest.raises(routers.RouterRefused, match="this name"):
        add(at)


def test_a_change_needs_a_reason_and_keeps_the_password_when_none_is_given(at):
    router = add(at)
    with pytest.raises(ReasonMissing):
        routers.edit(router=router, values={"site": "Roof"}, password="", act=Act(None, at))

    changed = routers.edit(
        router=router,
        values={"site": "Roof"},
        password="",
        act=Act(None, at, reason="Moved to the roof"),
    )

    assert connections.password_of(changed) == "s3cret-pass"
    event = AuditEvent.objects.get(action="router.changed")
    assert (event.before, event.after) == ({"site": ""}, {"site": "Roof"})


def test_a_replaced_password_takes_the_router_out_of_the_hold_and_is_not_logged(at):
    router = add(at)
    Router.objects.update(status="ON_HOLD", failures_in_a_row=3, next_attempt_at=at)

    changed = routers.edit(
        router=router,
        values={},
        password="other-pass",
        act=Act(None, at, reason="Changed on the router"),
    )

    assert connections.password_of(changed) == "other-pass"
    assert (changed.status, changed.next_attempt_at) == ("UNKNOWN", None)
    assert AuditEvent.objects.get(action="router.changed").after == {"password": "replaced"}


def test_an_edit_cannot_move_a_router_to_our_own_database(at, settings):
    settings.SIMULATORS = False
    router = add(at)

    with pytest.raises(routers.RouterRefused):
        routers.edit(
            router=router,
            values={"host": "127.0.0.1", "port": 6379},
            password="",
            act=Act(None, at, reason="Just testing it"),
        )

    router.refresh_from_db()
    assert router.host == "10.1.1.1"


def test_another_way_of_suspending_is_told_to_suspended_lines_only(at):
    router = RouterFactory(port=20001)
    open_line = AccessFactory(router=router)
    walled = AccessFactory(router=router, desired_state="WALLED")

    routers.edit(
        router=router,
        values={"suspend_mode": "PROFILE"},
        password="",
        act=Act(None, at, reason="Pay page is ready"),
    )

    assert dict(Access.objects.values_list("pk", "generation")) == {open_line.pk: 1, walled.pk: 2}


def test_a_database_row_that_was_tampered_with_still_reaches_no_forbidden_port(at, settings):
    settings.SIMULATORS = False
    router = RouterFactory(host="127.0.0.1", port=6379)
    AccessFactory(router=router)

    push.push_router(router_id=router.pk, now=lambda: at)

    router.refresh_from_db()
    assert router.status == "ON_HOLD"
    assert "may not be used" in router.status_note
