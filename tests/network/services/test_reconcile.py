"""A full comparison finds every difference, repairs only what is ours, and then finds nothing."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from ispbill.audit.models import AuditEvent, JobRun
from ispbill.core.acts import Act
from ispbill.core.errors import ReasonMissing
from network.models import Access
from network.services import access, push, reconcile
from network.services.differences import Kind
from tests.factories.network import AccessFactory
from tests.network.farms import secret
from tests.queued import instead_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _deaf(monkeypatch):
    instead_of(monkeypatch, "network.push_router")


@pytest.fixture
def now(at):
    return lambda: at


def kinds(router):
    return [(one.kind, one.name) for one in reconcile.compare(router=router)]


def test_every_kind_of_drift_is_found_and_mended_and_the_rest_left_alone(farm, router, at, now):
    names = ["a-missing", "b-open", "c-profile", "d-address", "e-speed"]
    for name in names:
        AccessFactory(
            router=router,
            username=name,
            desired_profile="ispbill-5M-5M" if name == "e-speed" else "ispbill-30M-30M",
        )
    push.push_router(router_id=router.pk, now=now)
    assert kinds(router) == []

    farm.remove_secret("r1", "a-missing")
    farm.edit_secret("r1", "b-open", disabled="yes")
    farm.edit_secret("r1", "c-profile", profile="default")
    farm.edit_secret("r1", "d-address", remote_address="10.9.9.9")
    farm.add_secret("r1", "stranger", comment="the boss")
    from network.gateways.base import DesiredProfile
    from network.services import connections

    with connections.open_router(router) as link:
        link.ensure_profiles([DesiredProfile(name="ispbill-5M-5M", rate_limit="99M/99M")])

    assert kinds(router) == [
        (Kind.MISSING, "a-missing"),
        (Kind.WRONG_STATE, "b-open"),
        (Kind.WRONG_PROFILE, "c-profile"),
        (Kind.WRONG_ADDRESS, "d-address"),
        (Kind.WRONG_SPEED, "ispbill-5M-5M"),
        (Kind.EXTRA, "stranger"),
    ]

    done = reconcile.sync(router=router, is_dry_run=False, actor=None, now=now)

    assert done.fixed == 5
    assert [one.kind for one in done.left] == [Kind.EXTRA]
    assert secret(farm, "r1", "stranger")["comment"] == "the boss"


def test_a_second_repair_writes_nothing(farm, router, now):
    AccessFactory(router=router)
    reconcile.sync(router=router, is_dry_run=False, actor=None, now=now)
    farm.clear_log("r1")

    again = reconcile.sync(router=router, is_dry_run=False, actor=None, now=now)

    assert (again.fixed, list(again.found)) == (0, [])
    assert [row for row in farm.log("r1") if not row["command"].endswith(("print", "login"))] == []


def test_a_router_after_a_factory_reset_gets_everything_again(farm, router, now):
    lines = [AccessFactory(router=router) for _ in range(3)]
    push.push_router(router_id=router.pk, now=now)
    for line in lines:
        farm.remove_secret("r1", line.username)

    done = reconcile.sync(router=router, is_dry_run=False, actor=None, now=now)

    assert (done.fixed, list(done.left)) == (3, [])
    assert len(farm.secrets("r1")) == 3


def test_an_unpaid_customer_who_is_still_on_line_is_found(farm, router, at, now):
    line = AccessFactory(router=router)
    push.push_router(router_id=router.pk, now=now)
    farm.advance(1)
    farm.edit_secret("r1", line.username, disabled="yes")
    Access.objects.update(desired_state="WALLED", generation=2, confirmed_generation=2)

    assert kinds(router) == [(Kind.STILL_ONLINE, line.username)]
    reconcile.sync(router=router, is_dry_run=False, actor=None, now=now)
    assert farm.active("r1") == []


def test_a_cancelled_users_leftover_is_found(farm, router, at, now):
    line = AccessFactory(router=router)
    push.push_router(router_id=router.pk, now=now)
    access.cancel(
        subscription=line.subscription,
        act=Act(None, at, reason="Moved to Sylhet"),
        on=date(2026, 1, 10),
    )

    assert kinds(router) == [(Kind.STILL_THERE, line.username)]


def test_a_user_made_by_hand_becomes_ours_only_when_staff_say_so(farm, router, at, now):
    farm.add_secret("r1", "boss", password="theirs", profile="default", comment="own line")
    line = AccessFactory(router=router, username="boss")
    assert kinds(router) == [(Kind.NOT_OURS, "boss")]
    assert reconcile.sync(router=router, is_dry_run=False, actor=None, now=now).fixed == 0

    reconcile.fix(
        router=router,
        line_ids=[],
        adopted_line_ids=[line.pk],
        act=Act(None, at, reason="Imported with the old list"),
    )
    push.push_router(router_id=router.pk, now=now)

    row = secret(farm, "r1", "boss")
    assert row["comment"] == f"ispbill:{line.subscription_id} own line"
    assert row["profile"] == "ispbill-30M-30M"
    assert kinds(router) == []
    assert Access.objects.get().may_adopt is False
    assert AuditEvent.objects.get(action="router.drift_fixed").reason == (
        "Imported with the old list"
    )


def test_a_repair_without_a_reason_is_refused(router, at):
    with pytest.raises(ReasonMissing):
        reconcile.fix(router=router, line_ids=[], act=Act(None, at))


def test_lines_of_another_router_cannot_be_slipped_in(farm, router, at):
    other = AccessFactory()

    count = reconcile.fix(
        router=router, line_ids=[other.pk], act=Act(None, at, reason="Looks wrong to me")
    )

    other.refresh_from_db()
    assert (count, other.generation) == (0, 1)


def test_the_command_shows_repairs_and_logs_its_run(farm, router, now):
    AccessFactory(router=router, username="amina")
    out = StringIO()

    with pytest.raises(SystemExit):
        call_command("sync_routers", "--dry-run", "--json", stdout=out)
    report = json.loads(out.getvalue())["routers"][0]
    assert report["differences"] == [
        {
            "kind": "missing",
            "name": "amina",
            "wanted": "ispbill-30M-30M",
            "actual": "",
            "customer": Access.objects.get().customer.number,
        }
    ]
    assert secret(farm, "r1", "amina") is None

    call_command("sync_routers", "--router", "r1", stdout=out)

    assert secret(farm, "r1", "amina") is not None
    assert list(JobRun.objects.values_list("job", flat=True)) == ["sync-routers", "sync-routers"]


def test_a_router_that_is_away_is_reported_not_raised(farm, router):
    farm.set_offline("r1", True)
    out = StringIO()

    with pytest.raises(SystemExit):
        call_command("sync_routers", stdout=out)

    assert "does not answer" in out.getvalue()


def test_an_unknown_router_is_named(router):
    with pytest.raises(CommandError, match="sim-9"):
        call_command("sync_routers", "--router", "sim-9")


def test_the_connection_test_tells_each_step(farm, router):
    out = StringIO()
    call_command("test_router", "r1", stdout=out)
    assert out.getvalue().splitlines()[0].startswith("resolve: ok")

    farm.fault("r1", "wrong_password")
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("test_router", "r1", "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert [(step["step"], step["ok"]) for step in told["steps"]] == [
        ("resolve", True),
        ("connect", True),
        ("login", False),
        ("permission", None),
        ("identity", None),
        ("version", None),
    ]
