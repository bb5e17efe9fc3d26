"""A running session is told what has changed, and believed only when accounting shows it."""

from datetime import timedelta

import pytest

from ispbill.core.acts import Act
from network.drift.services import looking
from network.models import Access, RouterLog
from network.radius.models import RadiusSession, RadiusUser
from network.radius.services import pushing, routers, taking
from network.radius.services.routers import Door, NasRefused
from network.services import addressing, lines, reconcile
from tests.factories.network import AccessFactory
from tests.factories.radius import RadiusRecordFactory, RadiusSessionFactory
from tests.network.farms import known, secret
from tests.network.radius.conftest import AT
from tests.queued import instead_of

pytestmark = pytest.mark.django_db(transaction=True)

WAITS = (0.1, 0.1, 0.1)


@pytest.fixture(autouse=True)
def deaf(monkeypatch):
    instead_of(monkeypatch, "network.push_router")
    instead_of(monkeypatch, "network.push_radius")


@pytest.fixture
def session(line, nas_box):
    nas_box.dial("81000001", "rahim", "10.20.0.7")
    return RadiusSessionFactory(
        line=line, session_id="81000001", unique_id="u1", address="10.20.0.7"
    )


def want(line, **changes):
    Access.objects.filter(pk=line.pk).update(
        generation=line.generation + 1, next_attempt_at=None, **changes
    )
    line.refresh_from_db()


def push(nas, minute=0):
    pushing.push_router(
        router_id=nas.router_id, now=lambda: AT + timedelta(minutes=minute), waits=WAITS
    )


def told(status, minute, *, seconds=None, **more):
    RadiusRecordFactory(
        nas_address="127.0.0.1",
        status=status,
        unique_id="u1",
        session_id="81000001",
        username="rahim",
        received_at=AT + timedelta(minutes=minute),
        session_seconds=(minute + 60) * 60 if seconds is None else seconds,
        **more,
    )
    taking.take_all(at=AT + timedelta(minutes=minute))


def fresh(line):
    return Access.objects.get(pk=line.pk)


def test_without_a_session_the_wish_itself_is_enough(line, nas, nas_box):
    want(line, desired_state="WALLED")

    push(nas)

    assert fresh(line).is_settled
    assert fresh(line).confirmed_state == "WALLED"
    assert nas_box.requests == []


def test_a_suspension_ends_the_session_and_the_stop_is_the_proof(line, nas, nas_box, session):
    want(line, desired_state="WALLED")

    push(nas)

    assert nas_box.sessions == {}
    assert not fresh(line).is_settled  # an acknowledgement is no proof
    told("Stop", 1)
    assert fresh(line).is_settled


def test_a_session_that_goes_on_in_spite_of_the_acknowledgement_is_told_again(
    line, nas, nas_box, session
):
    want(line, desired_state="WALLED")
    push(nas)
    nas_box.dial("81000001", "rahim", "10.20.0.7")

    push(nas, 2)
    quiet = len(nas_box.requests)
    told("Interim-Update", 3)
    push(nas, 3)

    assert (quiet, len(nas_box.requests)) == (1, 2)
    assert not fresh(line).is_settled


def test_another_speed_changes_the_session_with_the_whole_reply(line, nas, nas_box, session):
    want(line, desired_profile="ispbill-50M-10M")

    push(nas)

    given = nas_box.sessions["81000001"].given
    assert given[14988, 8] == b"10M/50M"
    assert given[85] == (300).to_bytes(4, "big")
    assert given[88] == b"pppoe-pool"
    assert not fresh(line).is_settled
    told("Interim-Update", 4)
    assert fresh(line).is_settled


def test_a_fixed_prefix_ends_the_session_once_and_no_change_of_speed_carries_it(
    line, nas, nas_box, session
):
    want = Act(None, AT, reason="A network behind the router")
    addressing.set_delegated_prefix(line=line, prefix="2001:db8:1200::/56", act=want)
    push(nas)
    gone = dict(nas_box.sessions)
    told("Stop", 1)
    assert (gone, fresh(line).is_settled) == ({}, True)

    nas_box.dial("81000002", "rahim", "10.20.0.7")
    RadiusSessionFactory(line=line, session_id="81000002", unique_id="u2", address="10.20.0.7")
    lines.change_profile(line=line, profile="ispbill-50M-10M", act=want)
    push(nas, 2)

    assert [code for code, _name in nas_box.requests] == [40, 43]
    assert 123 not in nas_box.sessions["81000002"].given


def test_a_prefix_taken_back_ends_the_session_too(line, nas, nas_box, session):
    act = Act(None, AT, reason="A network behind the router")
    want(line, delegated_prefix="2001:db8:1200::/56", confirmed_generation=line.generation + 1)
    addressing.set_delegated_prefix(line=line, prefix=None, act=act)

    push(nas)

    assert nas_box.sessions == {}
    assert fresh(line).delegated_prefix is None


def test_a_router_that_hears_no_changes_has_the_session_ended(line, nas, nas_box, session):
    nas_box.mood = "deaf to changes"
    want(line, desired_profile="ispbill-50M-10M")

    push(nas)

    assert [code for code, _name in nas_box.requests] == [43, 43, 43, 40]
    assert nas_box.sessions == {}
    told("Start", 1, seconds=0)
    assert fresh(line).is_settled


def test_a_session_the_router_does_not_know_is_done(line, nas, nas_box, session):
    nas_box.sessions.clear()
    want(line, desired_state="WALLED")

    push(nas)

    assert fresh(line).is_settled


@pytest.mark.parametrize("mood", ["silent", "lies"])
def test_without_an_answer_the_line_waits_and_is_tried_again(line, nas, nas_box, session, mood):
    nas_box.mood = mood
    want(line, desired_state="WALLED")

    push(nas)
    waiting = fresh(line)
    Access.objects.update(next_attempt_at=None)
    nas_box.mood = "obeys"
    push(nas)

    assert waiting.attempts == 1
    assert "does not answer on UDP port" in waiting.last_error
    assert waiting.next_attempt_at is not None
    told("Stop", 1)
    assert fresh(line).is_settled


def test_a_refusal_is_kept_in_words(line, nas, nas_box, session):
    nas_box.mood = "refuses"
    want(line, desired_state="WALLED")

    push(nas)

    assert "error cause 501" in fresh(line).last_error
    assert not RouterLog.objects.get().is_ok


def test_after_the_first_silence_nobody_else_of_the_round_waits(line, nas, nas_box, session):
    other = AccessFactory(
        router=nas.router,
        username="karim",
        confirmed_generation=1,
        generation=1,
        confirmed_state="OPEN",
    )
    RadiusSessionFactory(line=other, session_id="2")
    RadiusUser.objects.create(line=other, secret="x", password_generation=1, is_alone=True)
    nas_box.mood = "silent"
    want(line, desired_state="WALLED")
    want(other, desired_state="WALLED")

    push(nas)

    assert len(nas_box.requests) == 3
    assert fresh(other).attempts == 1


def test_a_newer_wish_is_not_confirmed_by_the_proof_of_the_older(line, nas, nas_box, session):
    want(line, desired_state="WALLED")
    push(nas)
    want(fresh(line), desired_state="OPEN")

    told("Stop", 1)

    assert not fresh(line).is_settled
    push(nas, 2)
    assert fresh(line).confirmed_state == "OPEN"


def test_a_router_put_on_radius_loses_its_local_users_and_gets_them_back(farm, nas_box):
    act = Act(None, AT, reason="RADIUS from today")
    router = known(farm, "r1")
    line = AccessFactory(router=router, username="rahim")
    from network.services import push as api

    api.push_router(router_id=router.pk, now=lambda: AT)
    before = secret(farm, "r1", "rahim")
    door = Door(address="127.0.0.1", secret="nas-secret", coa_port=nas_box.port)
    nas = routers.enter(router=router, door=door, act=act)
    api.push_router(router_id=router.pk, now=lambda: AT)
    push(nas)

    assert before is not None
    assert secret(farm, "r1", "rahim") is None
    assert fresh(line).is_settled
    assert RadiusUser.objects.get().is_alone

    routers.leave(router=router, act=act)
    api.push_router(router_id=router.pk, now=lambda: AT)

    assert secret(farm, "r1", "rahim") is not None
    assert RadiusUser.objects.count() == 0


def test_a_local_user_made_by_hand_is_found_and_taken_away(farm, nas_box, act):
    router = known(farm, "r1")
    line = AccessFactory(router=router, username="rahim")
    door = Door(address="127.0.0.1", secret="nas-secret", coa_port=nas_box.port)
    nas = routers.enter(router=router, door=door, act=act)
    push(nas)
    farm.add_secret("r1", "rahim", comment=f"ispbill:{line.subscription_id}")
    router.refresh_from_db()

    look = looking.look(router=router, actor=None, at=AT)
    reconcile.fix(router=router, line_ids=[line.pk], act=act)
    push(nas)

    assert look.found == 1
    assert secret(farm, "r1", "rahim") is None


def test_a_line_without_a_password_says_so_and_a_new_password_mends_it(nas, act):
    line = AccessFactory(router=nas.router, username="rahim", sealed_password="")

    push(nas)
    refused = fresh(line)
    lines.set_password(line=line, password="new-one", act=act)
    push(nas)

    assert refused.is_on_hold
    assert "password" in refused.last_error
    assert fresh(line).is_settled


def test_two_routers_never_ask_from_one_address(nas, act):
    other = AccessFactory().router

    with pytest.raises(NasRefused):
        routers.enter(
            router=other, door=Door(address="127.0.0.1", secret="x", coa_port=3799), act=act
        )
    with pytest.raises(NasRefused):
        routers.enter(
            router=other, door=Door(address="10.0.0.1", secret="", coa_port=3799), act=act
        )


def test_a_session_let_in_by_an_older_wish_and_heard_of_too_late_is_ended(line, nas, nas_box):
    want(line, desired_state="WALLED", desired_since=AT)
    push(nas)
    done = fresh(line).is_settled
    nas_box.dial("81000001", "rahim")

    told("Interim-Update", 1, seconds=90)  # it began half a minute before
    push(nas, 1)

    assert done
    assert nas_box.sessions == {}
    told("Stop", 2, seconds=120)
    nas_box.dial("81000001", "rahim")
    told("Start", 3, seconds=0)
    assert fresh(line).is_settled
    assert len(nas_box.sessions) == 1


def test_accounting_that_waits_is_taken_before_anybody_is_told(line, nas, nas_box):
    nas_box.dial("81000001", "rahim")
    RadiusRecordFactory(
        nas_address="127.0.0.1",
        status="Start",
        unique_id="u1",
        session_id="81000001",
        username="rahim",
        received_at=AT,
    )
    want(line, desired_state="WALLED", desired_since=AT)

    push(nas)

    assert nas_box.sessions == {}


def test_a_removed_line_ends_its_session(line, nas, nas_box, session):
    want(line, desired_state="REMOVED")

    push(nas)
    told("Stop", 1)

    assert nas_box.sessions == {}
    assert fresh(line).confirmed_state == "REMOVED"
    assert RadiusSession.objects.get().ended_at is not None
