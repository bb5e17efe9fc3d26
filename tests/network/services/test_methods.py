"""A line is brought to its customer by PPPoE, a queue, a lease or the hotspot, and closed there."""

import random
from datetime import timedelta

import pytest

from ispbill.core.acts import Act
from ispbill.devtools.sandbox.routeros import RouterFarm, RouterSpec
from network.models import Leftover, Router
from network.services import lines, moving, push, reconcile
from network.services.differences import Kind
from network.services.lines import LineRefused
from tests.factories.customers import PackageFactory, SubscriptionFactory
from tests.network.farms import due_again, known, secret
from tests.network.methods import METHODS, again, line_of, own, pushed, wanted, writes
from tests.queued import instead_of

pytestmark = pytest.mark.django_db(transaction=True)
MODES = ("DISABLE", "PROFILE", "ADDRESS_LIST")
VERSIONS = {"6": "6.49.10 (long-term)", "7": "7.16.2 (stable)"}


@pytest.fixture(autouse=True)
def _deaf(monkeypatch):
    instead_of(monkeypatch, "network.push_router")


@pytest.fixture(params=sorted(VERSIONS))
def farm(request):
    specs = [
        RouterSpec(name=name, version=VERSIONS[request.param], dial_delay=(0.0, 0.0))
        for name in ("r1", "r2")
    ]
    with RouterFarm(specs) as farm:
        yield farm


@pytest.fixture
def router(farm):
    return known(farm, "r1", address_pool="pppoe-pool", walled_pool="expired-pool")


def set_mode(router, mode):
    Router.objects.filter(pk=router.pk).update(suspend_mode=mode)


# --- open ---------------------------------------------------------------------------------------


def test_a_line_with_a_fixed_address_becomes_a_queue(farm, router, at):
    line = pushed(line_of(router, "QUEUE"), at)

    (queue,) = own(farm, "queue")
    assert line.is_settled, line.last_error
    assert (queue["name"], queue["target"]) == (line.username, "10.20.0.7/32")
    assert (queue["max-limit"], queue["disabled"]) == ("30000000/30000000", "false")
    assert queue["comment"] == f"ispbill:{line.subscription_id}"
    assert farm.secrets("r1") == []


def test_a_line_with_a_lease_gets_its_address_by_its_mac_and_its_speed_from_a_queue(
    farm, router, at
):
    line = pushed(line_of(router, "DHCP"), at)
    farm.advance(1)

    (lease,), (queue,) = own(farm, "lease"), own(farm, "queue")
    assert line.is_settled, line.last_error
    assert (lease["address"], lease["mac-address"]) == ("10.20.0.7", "C0:25:E9:00:00:07")
    assert (lease["status"], lease["block-access"]) == ("bound", "false")
    assert queue["target"] == "10.20.0.7/32"


def test_a_hotspot_user_has_a_profile_with_the_speed_and_comes_on_line(farm, router, at):
    line = pushed(line_of(router, "HOTSPOT"), at)
    farm.advance(1)

    (user,) = own(farm, "hotspot")
    profiles = {row["name"]: row for row in farm.rows("r1", "/ip/hotspot/user/profile")}
    assert line.is_settled, line.last_error
    assert user["profile"] == "ispbill-30M-30M"
    assert profiles["ispbill-30M-30M"]["rate-limit"] == "30M/30M"
    assert [row["user"] for row in farm.rows("r1", "/ip/hotspot/active")] == [line.username]


@pytest.mark.parametrize("method", METHODS)
def test_the_same_again_writes_nothing(farm, router, at, method):
    line = pushed(line_of(router, method), at)
    farm.clear_log("r1")

    again(line, at)

    assert line.is_settled
    assert writes(farm) == []


@pytest.mark.parametrize("method", ["QUEUE", "DHCP"])
def test_another_speed_changes_the_queue_and_nothing_else(farm, router, at, method):
    line = pushed(line_of(router, method), at)
    farm.clear_log("r1")

    line.desired_profile, line.generation = "ispbill-50M-10M", 2
    line.save()
    pushed(line, at)

    assert own(farm, "queue")[0]["max-limit"] == "10000000/50000000"
    assert writes(farm) == ["/queue/simple/set"]


@pytest.mark.parametrize("method", METHODS)
def test_a_router_with_a_burst_gives_every_line_one(farm, router, at, method):
    Router.objects.update(burst_percent=150, burst_seconds=10)

    line = pushed(line_of(router, method), at)

    assert line.is_settled, line.last_error
    if method in ("QUEUE", "DHCP"):
        (queue,) = own(farm, "queue")
        assert queue["burst-limit"] == "45000000/45000000"
        assert queue["burst-threshold"] == "24000000/24000000"
        assert queue["burst-time"] == "10s/10s"
    else:
        menu = "/ppp/profile" if method == "PPPOE" else "/ip/hotspot/user/profile"
        limits = {row["name"]: row.get("rate-limit") for row in farm.rows("r1", menu)}
        assert limits["ispbill-30M-30M"] == "30M/30M 45M/45M 24M/24M 10/10"


def test_a_new_address_is_given_to_the_same_rows(farm, router, at):
    line = pushed(line_of(router, "DHCP"), at)

    line.static_ip, line.generation = "10.20.0.99", 2
    line.save()
    pushed(line, at)

    assert [row["address"] for row in own(farm, "lease")] == ["10.20.0.99"]
    assert [row["target"] for row in own(farm, "queue")] == ["10.20.0.99/32"]


# --- closed -------------------------------------------------------------------------------------


def closed(line, mode, at, farm):
    set_mode(line.router, mode)
    pushed(line, at)
    farm.advance(1)
    wanted(line, "WALLED", at)
    pushed(line, at)
    farm.advance(2)
    assert line.is_settled, line.last_error


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("method", METHODS)
def test_closing_and_opening_ends_where_it_began(farm, router, at, method, mode):
    line = line_of(router, method, static_ip="10.20.0.7")
    closed(line, mode, at, farm)

    wanted(line, "OPEN", at)
    pushed(line, at)
    farm.advance(1)

    assert line.is_settled, line.last_error
    assert own(farm, "listed") == []
    assert [one.words for one in reconcile.compare(router=line.router)] == []


@pytest.mark.parametrize("method", ["QUEUE", "DHCP"])
def test_a_queue_is_shut_and_never_switched_off(farm, router, at, method):
    line = line_of(router, method)

    closed(line, "DISABLE", at, farm)

    (queue,) = own(farm, "queue")
    assert (queue["max-limit"], queue["disabled"]) == ("1000/1000", "false")
    assert [row["block-access"] for row in own(farm, "lease")] == ["true"] * (method == "DHCP")
    assert own(farm, "listed") == []


@pytest.mark.parametrize("method", ["QUEUE", "DHCP"])
def test_in_the_walled_garden_a_queue_is_slow_and_its_address_listed(farm, router, at, method):
    line = line_of(router, method)

    closed(line, "PROFILE", at, farm)

    assert own(farm, "queue")[0]["max-limit"] == "1000000/1000000"
    assert [(row["list"], row["address"]) for row in own(farm, "listed")] == [
        ("ispbill-suspended", "10.20.0.7")
    ]


@pytest.mark.parametrize("method", METHODS)
def test_an_address_list_takes_nothing_but_the_address(farm, router, at, method):
    line = line_of(router, method, static_ip="10.20.0.7")
    set_mode(router, "ADDRESS_LIST")
    pushed(line, at)
    farm.advance(1)
    farm.clear_log("r1")

    wanted(line, "WALLED", at)
    pushed(line, at)

    assert line.is_settled, line.last_error
    assert writes(farm) == ["/ip/firewall/address-list/add"]
    (row,) = own(farm, "listed")
    assert (row["address"], row["comment"]) == ("10.20.0.7", f"ispbill:{line.subscription_id}")


@pytest.mark.parametrize("method", ["PPPOE", "HOTSPOT"])
def test_without_a_fixed_address_the_walled_profile_lists_whatever_the_line_gets(
    farm, router, at, method
):
    line = line_of(router, method)

    closed(line, "ADDRESS_LIST", at, farm)

    listed = farm.rows("r1", "/ip/firewall/address-list")
    assert [(row["list"], row["dynamic"]) for row in listed] == [("ispbill-suspended", "true")]
    assert line.confirmed_profile == "EXPIRED"


def test_a_disabled_hotspot_user_loses_the_session(farm, router, at):
    line = line_of(router, "HOTSPOT")

    closed(line, "DISABLE", at, farm)

    assert own(farm, "hotspot")[0]["disabled"] == "true"
    assert farm.rows("r1", "/ip/hotspot/active") == []


@pytest.mark.parametrize("method", METHODS)
def test_a_removed_line_leaves_nothing(farm, router, at, method):
    line = line_of(router, method, static_ip="10.20.0.7")
    closed(line, "ADDRESS_LIST", at, farm)

    wanted(line, "REMOVED", at)
    pushed(line, at)

    assert line.is_settled, line.last_error
    assert [own(farm, menu) for menu in ("queue", "lease", "hotspot", "listed")] == [[]] * 4
    assert farm.secrets("r1") == []


# --- another method -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"), [(one, two) for one in METHODS for two in METHODS if one != two]
)
def test_a_change_of_method_takes_the_old_one_away(farm, router, at, before, after):
    line = pushed(line_of(router, before, static_ip="10.20.0.7"), at)

    moving.change_method(
        line=line, method=after, act=Act(None, at, reason="Fibre instead of the mast")
    )
    pushed(line, at)

    assert line.is_settled, line.last_error
    assert (line.method, Leftover.objects.count()) == (after, 0)
    assert bool(farm.secrets("r1")) is (after == "PPPOE")
    assert bool(own(farm, "hotspot")) is (after == "HOTSPOT")
    assert bool(own(farm, "lease")) is (after == "DHCP")
    assert bool(own(farm, "queue")) is (after in ("QUEUE", "DHCP"))
    assert reconcile.compare(router=router) == []


def test_a_line_moves_with_its_method_to_another_router(farm, router, at):
    line = pushed(line_of(router, "DHCP"), at)
    target = known(farm, "r2")

    line = moving.move_to_router(
        line=line, router=target, act=Act(None, at, reason="New fibre node")
    )
    pushed(line, at)
    push.push_router(router_id=router.pk, now=lambda: at)

    assert (own(farm, "lease"), own(farm, "queue")) == ([], [])
    assert len(own(farm, "lease", "r2")) == len(own(farm, "queue", "r2")) == 1


def test_a_method_needs_what_it_is_made_of(router, at):
    act = Act(None, at, reason="Fibre instead of the mast")
    bare = line_of(router, "PPPOE", mac_address="")
    addressed = line_of(router, "PPPOE", mac_address="", static_ip="10.20.0.8")

    with pytest.raises(LineRefused, match="fixed address"):
        moving.change_method(line=bare, method="QUEUE", act=act)
    with pytest.raises(LineRefused, match="MAC address"):
        moving.change_method(line=addressed, method="DHCP", act=act)


# --- drift --------------------------------------------------------------------------------------


def kinds(router):
    return sorted((one.kind.name, one.name) for one in reconcile.compare(router=router))


def test_a_queue_nobody_knows_is_drift_and_so_is_one_made_by_hand(farm, router, at):
    line = line_of(router, "QUEUE")
    farm.add_row("r1", "/queue/simple", name="guest", target="10.20.0.50", max_limit="1M/1M")
    farm.add_row("r1", "/queue/simple", name=line.username, target="10.20.0.7")
    farm.add_row("r1", "/ip/firewall/address-list", list="blacklist", address="10.9.9.9")

    assert kinds(router) == [("EXTRA", "guest"), ("NOT_OURS", line.username)]


@pytest.mark.parametrize(
    ("method", "menu", "columns", "kind"),
    [
        ("QUEUE", "/queue/simple", {"max_limit": "90M/90M"}, "WRONG_SPEED"),
        ("QUEUE", "/queue/simple", {"target": "10.20.0.77"}, "WRONG_ADDRESS"),
        ("QUEUE", "/queue/simple", {"disabled": "yes"}, "WRONG_STATE"),
        ("QUEUE", "/queue/simple", {"name": "renamed"}, "WRONG_NAME"),
        ("DHCP", "/ip/dhcp-server/lease", {"mac_address": "C0:25:E9:99:99:99"}, "WRONG_ADDRESS"),
        ("DHCP", "/ip/dhcp-server/lease", {"block_access": "yes"}, "WRONG_STATE"),
        ("HOTSPOT", "/ip/hotspot/user", {"profile": "default"}, "WRONG_PROFILE"),
        ("HOTSPOT", "/ip/hotspot/user", {"disabled": "yes"}, "WRONG_STATE"),
    ],
)
def test_what_somebody_changed_by_hand_is_found_and_mended(
    farm, router, at, method, menu, columns, kind
):
    line = pushed(line_of(router, method), at)
    mark = {"comment": f"ispbill:{line.subscription_id}"}
    farm.edit_row("r1", menu, mark, **columns)
    found = [one.kind for one in reconcile.compare(router=router)]

    done = reconcile.sync(router=router, is_dry_run=False, actor=None, now=lambda: at)

    assert (found, done.left) == ([Kind[kind]], [])


def test_an_open_line_that_somebody_listed_is_found_and_taken_off_the_list(farm, router, at):
    line = pushed(line_of(router, "QUEUE"), at)
    farm.add_row(
        "r1",
        "/ip/firewall/address-list",
        list="ispbill-suspended",
        address="10.20.0.7",
        comment=f"ispbill:{line.subscription_id}",
    )
    found = kinds(router)

    done = reconcile.sync(router=router, is_dry_run=False, actor=None, now=lambda: at)

    assert (found, done.left) == ([("WRONG_STATE", line.username)], [])


# --- whatever happens ---------------------------------------------------------------------------

FAULTS = ("drop_after", "drop_before", "half", "cut", "ignore", "trap", "fatal")


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("method", METHODS)
def test_random_faults_end_in_what_is_wanted_and_a_second_push_is_empty(
    farm, router, at, method, seed
):
    chance = random.Random(f"{method}/{seed}")
    lines = [line_of(router, method, number, static_ip=f"10.20.0.{number}") for number in (7, 8, 9)]
    for step in range(6):
        set_mode(router, chance.choice(MODES))
        for line in chance.sample(lines, 2):
            wanted(line, chance.choice(["OPEN", "WALLED"]), at)
        farm.fault("r1", chance.choice(FAULTS), command="/", times=chance.randint(1, 3))
        due_again()
        pushed(lines[0], at + timedelta(minutes=step))
        farm.advance(1)
    farm.clear_faults("r1")

    _settle(lines, at + timedelta(hours=1))
    farm.clear_log("r1")
    for line in lines:
        again(line, at)

    assert [line.is_settled for line in lines] == [True] * 3
    assert writes(farm) == []
    assert [one.words for one in reconcile.compare(router=Router.objects.get())] == []


def _settle(lines, at):
    """Let all waits be over; the present way of closing is told anew, as its form does."""
    due_again()
    for line in lines:
        line.refresh_from_db()
        type(line).objects.filter(pk=line.pk).update(
            generation=line.generation + 1, next_attempt_at=None, is_on_hold=False
        )
    for _turn in range(3):
        type(lines[0]).objects.update(next_attempt_at=None)
        pushed(lines[0], at)
    for line in lines:
        line.refresh_from_db()


def test_a_secret_stays_as_it_was_when_its_list_entry_is_refused(farm, router, at):
    line = line_of(router, "PPPOE", static_ip="10.20.0.7")
    set_mode(router, "ADDRESS_LIST")
    pushed(line, at)
    farm.fault("r1", "trap", command="/ip/firewall/address-list/add")
    wanted(line, "WALLED", at)

    pushed(line, at)

    assert not line.is_settled
    assert "action failed" in line.last_error
    assert secret(farm, "r1", line.username)["profile"] == "ispbill-30M-30M"


@pytest.mark.django_db
def test_a_new_lines_profile_tells_its_packages_burst():
    service = SubscriptionFactory(
        download_mbps=30, upload_mbps=5, package=PackageFactory(burst_percent=150, burst_seconds=8)
    )

    assert lines.profile_of(service) == "ispbill-30M-5M-b150-8"
