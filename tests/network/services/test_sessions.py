"""On line is who has a session: seen at the router, forgotten when it is silent."""

from datetime import UTC, datetime, timedelta

import pytest

from customers.models import AccountState
from ispbill.core.acts import Act
from network.models import Access
from network.queries import lines, unsettled
from network.services import access, health, push, sessions
from tests.factories.customers import CustomerFactory, SubscriptionFactory
from tests.factories.network import AccessFactory
from tests.queued import instead_of

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _quiet(monkeypatch):
    instead_of(monkeypatch, "network.push_router")


@pytest.fixture
def line(router):
    line = AccessFactory(router=router, subscription__status="ACTIVE")
    push.push_router(router_id=router.pk, now=lambda: NOW)
    return line


def look(router):
    return health.check_router(router_id=router.pk, now=lambda: NOW)


def said(line):
    return str(lines.line_words(Access.objects.get(pk=line.pk)).word)


def is_online(line):
    return AccountState.objects.get(pk=line.customer_id).is_online


def test_a_line_just_opened_is_not_called_online(line):
    assert (said(line), is_online(line)) == ("Switched on, not seen online", None)


def test_a_line_is_online_when_the_router_is_seen_with_its_session(farm, router, line):
    farm.advance(60)
    look(router)

    assert (said(line), is_online(line)) == ("Online", True)


def test_a_session_that_went_is_seen_at_the_next_look(router, line):
    sessions.note(router_id=router.pk, seen=sessions.OnLine(logins={line.username}), at=NOW)
    sessions.note(router_id=router.pk, seen=sessions.OnLine(), at=NOW + timedelta(minutes=5))

    account_state = AccountState.objects.get(pk=line.customer_id)
    assert (said(line), account_state.is_online) == ("Switched on, not online now", False)
    assert account_state.last_seen_at == NOW + timedelta(minutes=5)


def test_nothing_is_known_of_a_line_whose_router_is_silent(farm, router, line):
    farm.advance(60)
    look(router)
    farm.set_offline("r1", True)
    look(router)

    assert (said(line), is_online(line)) == ("Switched on, not seen online", None)


def test_a_customer_of_two_lines_is_online_with_one_of_them(router):
    customer = CustomerFactory()
    first, second = (
        AccessFactory(router=router, subscription=SubscriptionFactory(customer=customer, line_no=n))
        for n in (1, 2)
    )

    sessions.note(router_id=router.pk, seen=sessions.OnLine(logins={second.username}), at=NOW)

    assert (said(first), is_online(first)) == ("Being switched on…", True)


def test_a_suspended_customer_is_not_online_though_the_walled_session_goes_on(router, line):
    sessions.note(router_id=router.pk, seen=sessions.OnLine(logins={line.username}), at=NOW)
    access.suspend(
        subscription=line.subscription,
        kind="NON_PAYMENT",
        is_billed=False,
        decision={},
        act=Act(None, NOW, reason="unpaid past the days of grace"),
        on=NOW.date(),
    )
    push.push_router(router_id=router.pk, now=lambda: NOW)

    assert (said(line), is_online(line)) == ("Suspended", False)


def test_looking_twice_writes_once(router, line):
    sessions.note(router_id=router.pk, seen=sessions.OnLine(logins={line.username}), at=NOW)

    sessions.note(
        router_id=router.pk,
        seen=sessions.OnLine(logins={line.username}),
        at=NOW + timedelta(minutes=5),
    )

    assert Access.objects.get(pk=line.pk).session_noted_at == NOW


def test_a_router_that_has_just_opened_a_line_is_asked_for_its_session(router, line):
    awaited = unsettled.routers_awaiting_sessions(since=NOW)
    assert list(awaited) == [router]

    sessions.note(router_id=router.pk, seen=sessions.OnLine(logins={line.username}), at=NOW)

    assert list(awaited.all()) == []
    assert list(unsettled.routers_awaiting_sessions(since=NOW + timedelta(minutes=1))) == []
