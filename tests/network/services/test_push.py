"""A push brings the router to the newest desired state, and believes only what it reads back."""

import threading
import time
from datetime import UTC, date, datetime

import pytest
from django.db import connection, transaction

from ispbill.core import locks
from ispbill.core.acts import Act
from network.gateways.base import Limits
from network.gateways.routeros_link import Link
from network.models import Access, Leftover, Router, RouterLog
from network.rules import patience
from network.services import access, connections, health, push, settling, sweeping
from tests.database import app_connection
from tests.factories.customers import CustomerFactory, SubscriptionFactory
from tests.factories.network import AccessFactory, RouterFactory
from tests.network.farms import due_again, known, secret
from tests.queued import instead_of

pytestmark = pytest.mark.django_db(transaction=True)

ON = date(2026, 1, 10)
AT = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)


@pytest.fixture
def now(at):
    return lambda: at


@pytest.fixture
def inline(monkeypatch, now):
    """Rings are answered at once, in this thread, as a waiting worker would."""

    def answer(kwargs):
        push.push_router(router_id=kwargs["router_id"], now=now)

    instead_of(monkeypatch, "network.push_router", answer)


@pytest.fixture
def deaf(monkeypatch):
    """Rings are lost, as with a broker that is down."""
    instead_of(monkeypatch, "network.push_router")


def suspend(line, at):
    access.suspend(
        subscription=line.subscription,
        kind="NON_PAYMENT",
        is_billed=True,
        decision={},
        act=Act(None, at, reason="Overdue for five days"),
        on=ON,
    )


def reactivate(line, at):
    access.reactivate(
        subscription=line.subscription, act=Act(None, at, reason="Paid in full today"), on=ON
    )


def pushed(line, now):
    push.push_router(router_id=line.router_id, now=now)
    line.refresh_from_db()
    return line


def writes(farm, router="r1"):
    verbs = ("/add", "/set", "/remove", "/unset", "/enable", "/disable")
    return [row["command"] for row in farm.log(router) if row["command"].endswith(verbs)]


# --- reaching the router ------------------------------------------------------------------------


def test_a_new_line_becomes_a_secret_with_its_own_profile_and_comes_on_line(farm, router, now):
    line = AccessFactory(router=router)

    pushed(line, now)
    farm.advance(1)

    assert line.is_settled
    assert (line.confirmed_state, line.confirmed_profile) == ("OPEN", "ispbill-30M-30M")
    row = secret(farm, "r1", line.username)
    assert (row["disabled"], row["profile"], row["is_online"]) == (False, "ispbill-30M-30M", True)
    assert row["comment"] == f"ispbill:{line.subscription_id}"
    assert [s["rate_limit"] for s in farm.active("r1")] == ["30M/30M"]


def test_a_second_push_writes_nothing(farm, router, now):
    line = pushed(AccessFactory(router=router), now)
    farm.clear_log("r1")

    Access.objects.update(generation=2)
    pushed(line, now)

    assert line.is_settled
    assert writes(farm) == []


def test_a_reactivation_reaches_the_router_with_the_commit(farm, router, at, inline):
    line = AccessFactory(router=router)
    push.push_router(router_id=router.pk, now=lambda: at)
    suspend(line, at)
    farm.advance(1)
    assert secret(farm, "r1", line.username)["disabled"] is True
    assert farm.active("r1") == []

    reactivate(line, at)
    farm.advance(1)

    row = secret(farm, "r1", line.username)
    assert (row["disabled"], row["is_online"]) == (False, True)


def test_suspending_with_a_walled_profile_redials_into_the_walled_pool(farm, at, inline):
    router = known(
        farm, "r1", suspend_mode="PROFILE", address_pool="pppoe-pool", walled_pool="expired-pool"
    )
    line = AccessFactory(router=router)
    push.push_router(router_id=router.pk, now=lambda: at)
    farm.advance(1)

    suspend(line, at)
    farm.advance(1)

    row = secret(farm, "r1", line.username)
    assert (row["profile"], row["disabled"]) == ("EXPIRED", False)
    assert [s["address"].startswith("10.99.") for s in farm.active("r1")] == [True]
    reactivate(line, at)
    farm.advance(1)
    assert [s["address"].startswith("10.64.") for s in farm.active("r1")] == [True]


def test_a_cancelled_service_leaves_the_router(farm, router, at, inline):
    line = AccessFactory(router=router)
    push.push_router(router_id=router.pk, now=lambda: at)

    access.cancel(
        subscription=line.subscription, act=Act(None, at, reason="Moved to Sylhet"), on=ON
    )

    line.refresh_from_db()
    assert (secret(farm, "r1", line.username), line.confirmed_state) == (None, "REMOVED")


def test_numbers_bangla_and_odd_names_keep_their_form(farm, router, now):
    names = ["12345", "007", "true", "করিম", "a=b", "with blank", "<x>"]
    made = [AccessFactory(router=router, username=name) for name in names]

    push.push_router(router_id=router.pk, now=now)

    assert sorted(row["name"] for row in farm.secrets("r1")) == sorted(names)
    assert all(line.is_settled for line in Access.objects.filter(pk__in=[m.pk for m in made]))


def test_a_bangla_comment_made_by_hand_survives_every_change(farm, router, at, now, deaf):
    line = pushed(AccessFactory(router=router), now)
    farm.edit_secret("r1", line.username, comment=f"ispbill:{line.subscription_id} কোণার বাড়ি")

    suspend(line, at)
    pushed(line, now)

    row = secret(farm, "r1", line.username)
    assert row["comment"] == f"ispbill:{line.subscription_id} কোণার বাড়ি"
    assert row["disabled"] is True


def test_a_changed_password_is_sent_once(farm, router, at, now, deaf):
    line = pushed(AccessFactory(router=router), now)
    access.set_password(line=line, password="new-pass", act=Act(None, at))
    farm.clear_log("r1")

    pushed(line, now)
    pushed(line, now)

    assert writes(farm).count("/ppp/secret/set") == 1
    assert line.is_settled


def test_a_thousand_lines_are_suspended_quickly_and_in_bulk(farm, router, at, now, deaf):
    customer = CustomerFactory()
    first = AccessFactory(router=router)
    subscriptions = [
        SubscriptionFactory.build(
            customer=customer, line_no=n, package=first.subscription.package, connection_id=f"u{n}"
        )
        for n in range(1, 1001)
    ]
    type(first.subscription).objects.bulk_create(subscriptions)
    Access.objects.bulk_create(
        AccessFactory.build(
            subscription=one,
            customer=customer,
            router=router,
            username=one.connection_id,
            sealed_password=first.sealed_password,
            seal_id=first.seal_id,
        )
        for one in subscriptions
    )
    push.push_router(router_id=router.pk, now=now)
    farm.advance(1)
    farm.clear_log("r1")

    done = access.suspend_many(
        subscription_ids=[one.pk for one in subscriptions],
        kind="NON_PAYMENT",
        is_billed=True,
        decisions={},
        act=Act(None, at, reason="Overdue for five days"),
        on=ON,
    )
    push.push_router(router_id=router.pk, now=now)

    assert len(done) == 1000
    assert sum(row["disabled"] for row in farm.secrets("r1")) == 1000
    assert Access.objects.filter(confirmed_state="WALLED", generation=2).count() == 1000
    assert len(writes(farm)) < 50


# --- moving -------------------------------------------------------------------------------------


def test_a_moved_line_leaves_its_old_router_when_that_comes_back(farm, router, at, now, deaf):
    line = pushed(AccessFactory(router=router), now)
    target = known(farm, "r2")
    farm.set_offline("r1", True)

    access.move_to_router(line=line, router=target, act=Act(None, at, reason="New fibre node"))
    push.push_router(router_id=router.pk, now=now)
    pushed(Access.objects.get(pk=line.pk), now)
    assert secret(farm, "r2", line.username) is not None
    assert Leftover.objects.count() == 1

    farm.set_offline("r1", False)
    due_again()
    push.push_router(router_id=router.pk, now=now)

    assert (farm.secrets("r1"), Leftover.objects.count()) == ([], 0)


def test_a_name_freed_by_one_customer_is_given_to_the_next(farm, router, at, now, deaf):
    first = pushed(AccessFactory(router=router, username="corner"), now)
    access.cancel(
        subscription=first.subscription, act=Act(None, at, reason="Moved to Sylhet"), on=ON
    )
    second = AccessFactory(router=router, username="corner")

    pushed(second, now)

    assert second.is_settled
    row = secret(farm, "r1", "corner")
    assert row["comment"] == f"ispbill:{second.subscription_id}"


# --- a router that is down (F-21) -----------------------------------------------------------------


def test_a_router_down_for_hours_converges_to_the_newest_desired_state_and_paid_beats_suspended(
    farm, router, at, now, inline
):
    paid, unpaid = AccessFactory(router=router), AccessFactory(router=router)
    push.push_router(router_id=router.pk, now=now)
    farm.advance(1)
    farm.clear_log("r1")
    farm.set_offline("r1", True)

    for line in (paid, unpaid):
        suspend(line, at)
    for _hour in range(6):
        due_again()
        push.push_router(router_id=router.pk, now=now)
    reactivate(paid, at)

    router.refresh_from_db()
    assert router.status == "OFFLINE"
    assert router.failures_in_a_row == 7
    assert set(Access.objects.values_list("desired_state", "generation")) == {
        ("OPEN", 3),
        ("WALLED", 2),
    }

    farm.set_offline("r1", False)
    due_again()
    sweeping.enqueue_routers(at=AT)

    router.refresh_from_db()
    assert (router.status, router.failures_in_a_row) == ("ONLINE", 0)
    assert secret(farm, "r1", paid.username)["is_online"] is True
    assert secret(farm, "r1", unpaid.username)["disabled"] is True
    assert all(line.is_settled for line in Access.objects.all())


def test_a_router_that_failed_is_left_alone_for_a_while(farm, router, now):
    AccessFactory(router=router)
    farm.set_offline("r1", True)
    push.push_router(router_id=router.pk, now=now)

    push.push_router(router_id=router.pk, now=now)

    router.refresh_from_db()
    assert router.failures_in_a_row == 1
    assert sweeping.enqueue_routers(at=AT) == 0


def test_the_wait_grows_from_five_seconds_and_stays_under_five_minutes():
    waits = [patience.wait(n, chance=0).total_seconds() for n in (1, 2, 3, 7, 500)]

    assert waits == [5, 10, 20, 270, 270]
    assert patience.wait(1, chance=1).total_seconds() == 4


def test_the_log_tells_once_that_a_router_went_away(farm, router, now):
    AccessFactory(router=router)
    farm.set_offline("r1", True)

    for _time in range(3):
        due_again()
        push.push_router(router_id=router.pk, now=now)

    assert list(RouterLog.objects.values_list("action", "is_ok")) == [("offline", False)]


def test_a_router_out_of_use_is_not_called(farm, router, now):
    line = AccessFactory(router=router)
    Router.objects.update(is_enabled=False)

    pushed(line, now)

    assert (line.is_settled, farm.log("r1")) == (False, [])


# --- lost answers (F-22) --------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["drop_after", "half"])
@pytest.mark.parametrize("times", [1, 2, 3])
def test_whatever_is_lost_on_the_way_the_router_ends_as_desired(
    farm, router, at, now, deaf, fault, times
):
    lines = [AccessFactory(router=router) for _ in range(4)]
    push.push_router(router_id=router.pk, now=now)
    farm.advance(1)
    for line in lines:
        suspend(line, at)
    farm.fault("r1", fault, command="/ppp/secret/set", times=times)

    for _attempt in range(3):
        due_again()
        push.push_router(router_id=router.pk, now=now)

    assert [row["disabled"] for row in farm.secrets("r1")] == [True] * 4
    assert farm.active("r1") == []
    assert all(line.is_settled for line in Access.objects.all())
    assert not Access.objects.filter(is_in_doubt=True).exists()


def test_a_worker_that_dies_after_the_write_still_gets_the_session_dropped(
    farm, router, at, now, deaf, monkeypatch
):
    """The secret is as desired already, but the subscriber still surfs with the old profile."""
    line = pushed(AccessFactory(router=router), now)
    farm.advance(1)
    access.change_profile(
        line=line, profile="ispbill-50M-50M", act=Act(None, at, reason="Upgrade asked for")
    )
    farm.fault("r1", "drop_before", command="/ppp/active")
    push.push_router(router_id=router.pk, now=now)
    assert Access.objects.get().is_in_doubt

    farm.clear_faults("r1")
    due_again()
    pushed(line, now)
    farm.advance(1)

    assert [s["rate_limit"] for s in farm.active("r1")] == ["50M/50M"]
    assert line.is_settled


def test_a_refused_connection_leaves_no_doubt(farm, router, now):
    line = AccessFactory(router=router)
    farm.set_offline("r1", True)

    pushed(line, now)

    assert line.is_in_doubt is False


# --- refusals (F-25) ------------------------------------------------------------------------------


def test_a_wrong_password_puts_that_router_on_hold_and_no_other(farm, router, now):
    other = known(farm, "r2")
    here, there = AccessFactory(router=router), AccessFactory(router=other)
    farm.fault("r1", "wrong_password")

    pushed(here, now)
    pushed(there, now)

    router.refresh_from_db()
    assert router.status == "ON_HOLD"
    assert "refused the login" in router.status_note
    assert (here.is_settled, there.is_settled) == (False, True)


def test_a_on_hold_router_goes_on_by_itself_once_the_login_works(farm, router, now):
    line = AccessFactory(router=router)
    farm.fault("r1", "wrong_password")
    pushed(line, now)

    farm.clear_faults("r1")
    due_again()
    pushed(line, now)

    router.refresh_from_db()
    assert (router.status, router.status_note, line.is_settled) == ("ONLINE", "", True)


def test_too_few_rights_put_the_router_on_hold(farm, router, now):
    AccessFactory(router=router)
    farm.fault("r1", "no_permission", command="/ppp/secret/add")

    push.push_router(router_id=router.pk, now=now)

    router.refresh_from_db()
    assert router.status == "ON_HOLD"


def test_a_user_made_by_hand_is_not_touched_and_the_others_go_on(farm, router, now):
    farm.add_secret("r1", "boss", profile="default", comment="the boss's own line")
    taken = AccessFactory(router=router, username="boss")
    free = AccessFactory(router=router)

    pushed(taken, now)
    free.refresh_from_db()

    assert secret(farm, "r1", "boss")["comment"] == "the boss's own line"
    assert (taken.is_settled, taken.is_on_hold) == (False, True)
    assert "the boss's own line" in taken.last_error
    assert free.is_settled


def test_a_new_desired_state_takes_a_on_hold_line_out_of_the_hold(farm, router, at, now, deaf):
    farm.add_secret("r1", "boss", comment="by hand")
    line = pushed(AccessFactory(router=router, username="boss"), now)
    farm.remove_secret("r1", "boss")

    suspend(line, at)
    pushed(line, now)

    assert (line.is_settled, line.is_on_hold, line.last_error) == (True, False, "")


def test_a_profile_renamed_on_the_router_is_made_again(farm, router, now):
    line = pushed(AccessFactory(router=router), now)
    link = Link.open(connections.login_of(router), Limits())
    row = link.rows("/ppp/profile", (".id",), ["?name=ispbill-30M-30M"])[0]
    link.ask("/ppp/profile/set", f"=.id={row[0]}", "=name=thirty")
    link.close()

    Access.objects.update(generation=2)
    pushed(line, now)

    assert line.is_settled
    assert secret(farm, "r1", line.username)["profile"] == "ispbill-30M-30M"
    assert {"thirty", "ispbill-30M-30M"} <= {row["name"] for row in farm.profiles("r1")}


def test_a_profile_chosen_for_a_package_gets_the_speed_of_the_service(farm, router, now):
    line = pushed(AccessFactory(router=router, desired_profile="GOLD"), now)

    assert line.confirmed_profile == "GOLD"
    assert {p["name"]: p.get("rate-limit") for p in farm.profiles("r1")}["GOLD"] == "30M/30M"


def test_a_packages_own_burst_comes_before_the_routers(farm, router, now):
    Router.objects.update(burst_percent=120, burst_seconds=60)
    pushed(AccessFactory(router=router, desired_profile="ispbill-30M-5M-b150-10"), now)
    pushed(AccessFactory(router=router), now)

    limits = {p["name"]: p.get("rate-limit") for p in farm.profiles("r1")}
    assert limits["ispbill-30M-5M-b150-10"] == "5M/30M 7500k/45M 4M/24M 10/10"
    assert limits["ispbill-30M-30M"] == "30M/30M 36M/36M 24M/24M 60/60"


def test_one_refused_line_is_tried_again_later_with_the_routers_words(farm, router, now):
    farm.fault("r1", "trap", command="/ppp/secret/add")
    line = pushed(AccessFactory(router=router), now)

    assert (line.attempts, line.is_on_hold, line.is_settled) == (1, False, False)
    assert line.last_error != ""
    assert line.next_attempt_at is not None
    farm.clear_faults("r1")
    Access.objects.update(next_attempt_at=None)
    assert pushed(line, now).is_settled


def test_a_line_refused_too_often_is_put_on_hold(farm, router, now):
    farm.fault("r1", "trap", command="/ppp/secret/add")
    line = AccessFactory(router=router, attempts=patience.ATTEMPTS_BEFORE_HOLD - 1)

    assert pushed(line, now).is_on_hold


def test_a_name_with_line_pauses_in_the_database_never_reaches_a_socket(farm, router, now):
    bad = AccessFactory(router=router, username="x\r\nSET y 1")
    good = AccessFactory(router=router)

    pushed(bad, now)
    good.refresh_from_db()

    assert (bad.is_on_hold, good.is_settled) == (True, True)


def test_a_password_that_cannot_be_read_stops_only_its_own_line(farm, router, now):
    good = AccessFactory(router=router)
    bad = AccessFactory(router=router, sealed_password=good.sealed_password)

    pushed(bad, now)
    good.refresh_from_db()

    assert (bad.is_on_hold, good.is_settled) == (True, True)


def test_the_log_tells_who_asked_for_what_and_why_and_never_a_password(farm, router, at, now, deaf):
    line = pushed(AccessFactory(router=router), now)
    suspend(line, at)
    pushed(line, now)

    row = RouterLog.objects.filter(access=line).latest("pk")
    assert (row.action, row.is_ok) == ("walled", True)
    assert row.detail == (
        f"changed: ispbill-30M-30M · {line.username} · system: Overdue for five days"
    )
    assert not RouterLog.objects.filter(detail__contains="pppoe-secret").exists()


# --- rivals (I16) ---------------------------------------------------------------------------------


def test_no_transaction_is_open_while_the_router_is_called(router):
    with transaction.atomic(), pytest.raises(RuntimeError, match="inside a transaction"):
        connections.open_router(router)


def test_a_second_worker_returns_at_once(farm, router, now):
    line = AccessFactory(router=router)
    key = locks.key(health.lock_name(router.pk))
    with app_connection(autocommit=True) as rival:
        rival.execute("SELECT pg_advisory_lock(%s)", [key])
        pushed(line, now)
        assert line.is_settled is False

    assert pushed(line, now).is_settled


def test_a_ring_that_came_while_the_lock_was_held_is_not_lost(farm, router, at, now, monkeypatch):
    """The desired state is committed just before the holder lets go; the rival found the lock
    taken."""
    line = AccessFactory(router=router)
    let_go = health.note_answer
    calls = []

    def late(**arguments):
        let_go(**arguments)
        if not calls:
            calls.append(1)
            instead_of(monkeypatch, "network.push_router")
            suspend(line, at)

    monkeypatch.setattr(health, "note_answer", late)

    pushed(line, now)

    assert line.is_settled
    assert secret(farm, "r1", line.username)["disabled"] is True


def test_a_suspension_during_the_push_is_not_confirmed_by_the_older_answer(
    farm, router, at, now, deaf, monkeypatch
):
    line = AccessFactory(router=router)
    confirm = settling.confirm
    seen = []

    def slow(settled, **arguments):
        if not seen:
            suspend(line, at)
        confirm(settled, **arguments)
        seen.append(Access.objects.get(pk=line.pk).confirmed_generation)

    monkeypatch.setattr(settling, "confirm", slow)

    pushed(line, now)

    assert seen == [0, 2]
    assert (line.confirmed_state, line.is_settled) == ("WALLED", True)
    assert secret(farm, "r1", line.username)["disabled"] is True


def test_two_workers_with_opposite_desired_states_end_with_the_newest(farm, router, at, now, deaf):
    line = AccessFactory(router=router)
    push.push_router(router_id=router.pk, now=now)
    farm.slow("r1", 0.02)
    failures = []

    def work():
        try:
            push.push_router(router_id=router.pk, now=now)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = []
    for turn in range(6):
        (suspend if turn % 2 == 0 else reactivate)(line, at)
        threads.append(threading.Thread(target=work))
        threads[-1].start()
        time.sleep(0.03)
    for thread in threads:
        thread.join()

    line.refresh_from_db()
    assert failures == []
    assert (line.desired_state, line.is_settled) == ("OPEN", True)
    assert secret(farm, "r1", line.username)["disabled"] is False


# --- health ---------------------------------------------------------------------------------------


def test_a_check_tells_version_and_load_and_clears_what_was_wrong(farm, router, now, at):
    Router.objects.update(status="OFFLINE", status_note="gone", failures_in_a_row=4)

    assert health.check_router(router_id=router.pk, now=now) is True

    router.refresh_from_db()
    assert (router.status, router.status_note, router.failures_in_a_row) == ("ONLINE", "", 0)
    assert (router.version, router.last_seen_at) == ("7.16.2 (stable)", at)
    assert router.uptime_seconds is not None


def test_a_silent_router_is_knocked_at_by_the_sweep(farm, router, monkeypatch):
    knocked = []
    instead_of(
        monkeypatch, "network.check_router", lambda kwargs: knocked.append(kwargs["router_id"])
    )
    Router.objects.update(status="OFFLINE")
    RouterFactory(status="ONLINE", version="7.16")

    sweeping.enqueue_routers(at=AT)

    assert knocked == [router.pk]


def test_a_lost_ring_is_found_by_the_sweep(farm, router, inline):
    line = AccessFactory(router=router)

    sweeping.enqueue_routers(at=AT)

    line.refresh_from_db()
    assert line.is_settled
