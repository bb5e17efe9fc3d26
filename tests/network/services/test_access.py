"""A change of a service writes a numbered desired state for its line, and rings the router's
worker."""

from datetime import date

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from customers.models import Subscription, Suspension
from customers.services.lifecycle import ImpossibleMove
from ispbill.audit.models import AuditEvent
from ispbill.core.acts import Act
from ispbill.core.errors import ReasonMissing
from network.models import Access, Leftover
from network.services import access, lines
from tests.database import owner_connection
from tests.factories.accounts import UserFactory
from tests.factories.acts import acting
from tests.factories.customers import SubscriptionFactory
from tests.factories.network import AccessFactory, RouterFactory
from tests.queued import instead_of

pytestmark = pytest.mark.django_db(transaction=True)

ON = date(2026, 1, 10)
WHY = "Overdue for five days"


@pytest.fixture
def rings(monkeypatch):
    rung = []
    instead_of(monkeypatch, "network.push_router", lambda kwargs: rung.append(kwargs["router_id"]))
    return rung


def suspend(subscription, at, **changes):
    return access.suspend(
        **acting(
            keeps_on=True,
            **{
                "subscription": subscription,
                "kind": "NON_PAYMENT",
                "is_billed": True,
                "reason": WHY,
                "decision": {"days_overdue": 5},
                "actor": None,
                "at": at,
                "on": ON,
                **changes,
            },
        )
    )


def test_suspending_writes_state_span_desired_state_and_ring(rings, at):
    actor = UserFactory(name="Nadia")
    line = AccessFactory()

    suspend(line.subscription, at, actor=actor)

    line.refresh_from_db()
    line.subscription.refresh_from_db()
    suspension = Suspension.objects.get()
    assert line.subscription.status == "SUSPENDED"
    assert (line.desired_state, line.generation) == ("WALLED", 2)
    assert (line.desired_by_name, line.desired_reason, line.desired_since) == ("Nadia", WHY, at)
    assert (suspension.span.lower, suspension.span.upper) == (ON, None)
    assert suspension.decision == {"days_overdue": 5}
    assert rings == [line.router_id]
    event = AuditEvent.objects.get(action="subscription.suspended")
    assert (event.actor_name, event.reason) == ("Nadia", WHY)


def test_suspending_twice_numbers_one_desired_state_and_rings_once(rings, at):
    line = AccessFactory()

    suspend(line.subscription, at)
    suspend(line.subscription, at)

    line.refresh_from_db()
    assert line.generation == 2
    assert rings == [line.router_id]
    assert Suspension.objects.count() == 1


def test_nothing_is_rung_when_the_transaction_is_chargeback(rings, at):
    line = AccessFactory()

    with transaction.atomic():
        suspend(line.subscription, at)
        transaction.set_rollback(True)

    line.refresh_from_db()
    assert (line.desired_state, line.generation, rings) == ("OPEN", 1, [])


def test_without_a_reason_nothing_is_suspended(rings, at):
    line = AccessFactory()

    with pytest.raises(ReasonMissing):
        suspend(line.subscription, at, reason="late")

    line.refresh_from_db()
    assert line.desired_state == "OPEN"


def test_reactivating_opens_the_line_and_closes_the_span(rings, at):
    line = AccessFactory()
    suspend(line.subscription, at)

    access.reactivate(
        subscription=line.subscription,
        act=Act(None, at, reason="Paid in full today"),
        on=date(2026, 1, 12),
    )

    line.refresh_from_db()
    span = Suspension.objects.get().span
    assert (line.desired_state, line.generation) == ("OPEN", 3)
    assert (span.lower, span.upper) == (ON, date(2026, 1, 12))


def test_a_service_suspended_and_paid_on_one_day_has_no_suspended_day(rings, at):
    line = AccessFactory()

    for _time in range(2):
        suspend(line.subscription, at)
        access.reactivate(
            subscription=line.subscription, act=Act(None, at, reason="Paid in full today"), on=ON
        )

    assert [row.span.isempty for row in Suspension.objects.all()] == [True, True]


def test_fraud_takes_the_place_of_non_payment_but_not_the_other_way_round(rings, at):
    line = AccessFactory()
    suspend(line.subscription, at)

    suspend(line.subscription, at, kind="FRAUD", reason="Resells to the street")
    suspend(line.subscription, at, kind="NON_PAYMENT")

    assert list(Suspension.objects.filter(ended_at=None).values_list("kind", flat=True)) == [
        "FRAUD"
    ]
    line.refresh_from_db()
    assert line.generation == 2


def test_a_pending_service_cannot_be_suspended(rings, at):
    subscription = SubscriptionFactory(status="PENDING", activated_on=None)

    with pytest.raises(ImpossibleMove):
        suspend(subscription, at)


def test_activating_opens_a_line_that_was_made_ready(rings, at):
    subscription = SubscriptionFactory(status="PENDING", activated_on=None)
    line = access.provision(
        subscription=subscription,
        router=RouterFactory(),
        username="amina",
        password="pw",
        act=Act(None, at),
    )
    assert line.desired_state == "WALLED"

    access.activate(subscription=subscription, on=ON, act=Act(None, at, reason="Installed at noon"))

    line.refresh_from_db()
    assert (line.desired_state, line.generation) == ("OPEN", 2)


def test_cancelling_takes_the_user_off_the_router_for_good(rings, at):
    line = AccessFactory()

    for _time in range(2):
        access.cancel(
            subscription=line.subscription, act=Act(None, at, reason="Moved to Sylhet"), on=ON
        )

    line.refresh_from_db()
    assert (line.desired_state, line.generation) == ("REMOVED", 2)
    with pytest.raises(ImpossibleMove):
        access.reactivate(
            subscription=line.subscription, act=Act(None, at, reason="Changed his mind"), on=ON
        )


def test_many_are_suspended_with_few_statements_and_one_ring_for_each_router(
    rings, at, django_assert_max_num_queries
):
    router = RouterFactory()
    elsewhere = AccessFactory()
    chosen = [AccessFactory(router=router) for _ in range(20)]
    already = AccessFactory(
        subscription=SubscriptionFactory(status="SUSPENDED", suspended_at=at),
        desired_state="WALLED",
    )
    ids = [line.subscription_id for line in [*chosen, elsewhere, already]]

    with django_assert_max_num_queries(9):
        done = access.suspend_many(
            subscription_ids=ids,
            kind="NON_PAYMENT",
            is_billed=True,
            decisions={pk: {"days_overdue": pk} for pk in ids},
            act=Act(None, at, reason=WHY),
            on=ON,
        )

    assert done == sorted(line.subscription_id for line in [*chosen, elsewhere])
    assert rings == sorted([router.pk, elsewhere.router_id])
    assert set(Access.objects.values_list("desired_state", flat=True)) == {"WALLED"}
    assert Access.objects.get(pk=already.pk).generation == 1
    assert AuditEvent.objects.filter(action="subscription.suspended").count() == 21
    assert {s.subscription_id: s.decision["days_overdue"] for s in Suspension.objects.all()} == {
        pk: pk for pk in done
    }


def test_many_are_reactivated_and_a_second_call_finds_nothing_to_do(rings, at):
    made = [AccessFactory() for _ in range(3)]
    ids = [line.subscription_id for line in made]
    access.suspend_many(
        subscription_ids=ids,
        kind="NON_PAYMENT",
        is_billed=True,
        decisions={},
        act=Act(None, at, reason=WHY),
        on=ON,
    )

    arguments = {"reason": "Bank file arrived", "actor": None, "at": at, "on": ON}
    first = access.reactivate_many(subscription_ids=ids, **acting(arguments))
    second = access.reactivate_many(subscription_ids=ids, **acting(arguments))

    assert (first, second) == (ids, [])
    assert set(Access.objects.values_list("desired_state", "generation")) == {("OPEN", 3)}
    assert set(Subscription.objects.values_list("status", flat=True)) == {"ACTIVE"}


def test_provisioning_seals_the_password_to_its_own_row(rings, at):
    router = RouterFactory()
    subscription = SubscriptionFactory()

    line = access.provision(
        subscription=subscription,
        router=router,
        username="12345",
        password="s3cret",
        act=Act(None, at),
    )
    again = access.provision(
        subscription=subscription,
        router=router,
        username="12345",
        password="s3cret",
        act=Act(None, at),
    )

    assert "s3cret" not in line.sealed_password
    assert lines.password_of(line) == "s3cret"
    assert (again.pk, again.generation) == (line.pk, 1)
    assert line.desired_profile == "ispbill-30M-30M"
    assert rings == [router.pk]


@pytest.mark.parametrize("username", ["a\r\nSET x 1", "", "x" * 61])
def test_a_name_that_could_be_a_command_is_refused(rings, at, username):
    with pytest.raises(lines.LineRefused):
        access.provision(
            subscription=SubscriptionFactory(),
            router=RouterFactory(),
            username=username,
            password="pw",
            act=Act(None, at),
        )


def test_a_name_is_used_once_on_a_router(rings, at):
    line = AccessFactory()

    with pytest.raises(lines.LineRefused, match="in use"):
        access.provision(
            subscription=SubscriptionFactory(),
            router=line.router,
            username=line.username,
            password="pw",
            act=Act(None, at),
        )


def test_the_same_profile_and_password_again_are_no_new_desired_state(rings, at):
    line = AccessFactory()

    access.change_profile(
        line=line, profile="ispbill-30M-30M", act=Act(None, at, reason="Same as before")
    )
    access.set_password(line=line, password="pppoe-secret", act=Act(None, at))

    line.refresh_from_db()
    assert (line.generation, rings) == (1, [])


def test_another_profile_and_another_password_are_new_desired_states(rings, at):
    line = AccessFactory()

    access.change_profile(
        line=line, profile="ispbill-50M-50M", act=Act(None, at, reason="Upgrade asked for")
    )
    changed = access.set_password(line=line, password="other", act=Act(None, at))

    assert (changed.generation, changed.password_generation) == (3, 3)
    assert changed.desired_profile == "ispbill-50M-50M"
    assert rings == [line.router_id, line.router_id]


def test_moving_leaves_a_note_to_remove_the_user_from_the_old_router(rings, at):
    line = AccessFactory()
    target = RouterFactory()

    access.move_to_router(line=line, router=target, act=Act(None, at, reason="New fibre node"))

    leftover = Leftover.objects.get()
    assert (leftover.router_id, leftover.username) == (line.router_id, line.username)
    assert rings == sorted([line.router_id, target.pk])


def test_moving_back_before_the_old_router_answered_keeps_the_user_there(rings, at):
    line = AccessFactory()
    old, new = line.router, RouterFactory()

    access.move_to_router(line=line, router=new, act=Act(None, at, reason="New fibre node"))
    access.move_to_router(line=line, router=old, act=Act(None, at, reason="Node is broken"))

    assert list(Leftover.objects.values_list("router_id", flat=True)) == [new.pk]


def test_the_database_refuses_a_desired_state_without_a_new_number():
    line = AccessFactory()

    with pytest.raises(IntegrityError, match="a new desired state needs a new generation"):
        Access.objects.filter(pk=line.pk).update(desired_state="WALLED")


def test_without_the_trigger_an_unnumbered_desired_state_would_pass():
    line = AccessFactory()
    with owner_connection(autocommit=True) as owner:
        owner.execute("ALTER TABLE network_access DISABLE TRIGGER number_desired")
        try:
            Access.objects.filter(pk=line.pk).update(desired_state="WALLED")
        finally:
            owner.execute("ALTER TABLE network_access ENABLE TRIGGER number_desired")

    line.refresh_from_db()
    assert line.desired_state == "WALLED"


def test_a_confirmation_of_a_desired_state_not_yet_made_is_refused():
    line = AccessFactory()

    with pytest.raises(IntegrityError, match="access_confirms_no_future_state"):
        Access.objects.filter(pk=line.pk).update(confirmed_generation=2)


def test_the_portal_role_reads_no_password():
    AccessFactory()

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE ispbill_portal")
        with pytest.raises(Exception, match="permission denied") as refused:
            cursor.execute("SELECT sealed_password FROM network_access")
        assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege)
        transaction.set_rollback(True)
