"""Differences are kept, planned, decided and verified; what is not ours waits for a person."""

from datetime import timedelta

import pytest
from django.urls import reverse

from ispbill.audit.models import AuditEvent
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError, ReasonMissing, Stale
from network.drift.models import DriftFinding, DriftLook
from network.drift.rules import limits
from network.drift.services import deciding, looking
from network.models import Access, RouterLog
from network.services import push
from tests.factories.accounts import UserFactory
from tests.factories.network import AccessFactory
from tests.network.farms import secret
from tests.queued import instead_of

pytestmark = pytest.mark.django_db(transaction=True)  # no transaction is open to a router

WHY = "Changed by hand in the night"


@pytest.fixture(autouse=True)
def _deaf(monkeypatch, at):
    for task in ("push_router", "verify_drift", "remove_stranger"):
        instead_of(monkeypatch, f"network.{task}")
    monkeypatch.setattr(clock, "now", lambda: at)


@pytest.fixture
def now(at):
    return lambda: at


@pytest.fixture
def line(router, now):
    line = AccessFactory(router=router, username="amina")
    push.push_router(router_id=router.pk, now=now)
    return line


def looked(router, at):
    return looking.look(router=router, actor=None, at=at)


def states():
    return list(DriftFinding.objects.order_by("pk").values_list("name", "kind", "state"))


@pytest.mark.parametrize(
    ("closing", "lines", "alone"),
    [(50, 1000, True), (51, 1000, False), (2, 10, True), (3, 10, False)],
)
def test_switching_off_many_waits_for_a_person(closing, lines, alone):
    assert limits.may_close_alone(closing, lines=lines) is alone


def test_a_dry_run_first_then_the_plan_then_nothing_differs(farm, router, line, at, now):
    farm.edit_secret("r1", "amina", profile="default")
    farm.clear_log("r1")

    look = looked(router, at)

    assert states() == [("amina", "wrong profile", "OPEN")]
    assert [row for row in farm.log("r1") if not row["command"].endswith(("print", "login"))] == []
    finding = DriftFinding.objects.get()
    assert deciding.apply(look=look, fix=[finding.pk], act=Act(None, at, reason=WHY)) == 1
    deciding.verify(router_id=router.pk, now=now)
    assert states() == [("amina", "wrong profile", "FIXED")]
    finding.refresh_from_db()
    assert (finding.reason, finding.over_at) == (WHY, at)
    assert secret(farm, "r1", "amina")["profile"] == "ispbill-30M-30M"
    farm.clear_log("r1")
    assert looking.hourly(router=router, now=now).found == 0  # and the second pass writes nothing
    assert [row for row in farm.log("r1") if not row["command"].endswith(("print", "login"))] == []
    assert any(WHY in row.detail for row in RouterLog.objects.all())


def test_an_old_or_overtaken_plan_is_refused(farm, router, line, at):
    farm.edit_secret("r1", "amina", profile="default")
    look = looked(router, at)
    finding = DriftFinding.objects.get()

    late = Act(None, at + timedelta(minutes=16), reason=WHY)
    with pytest.raises(Stale):
        deciding.apply(look=look, fix=[finding.pk], act=late)
    farm.edit_secret("r1", "amina", profile="default-encryption")
    looked(router, at)
    with pytest.raises(Stale):
        deciding.apply(look=look, fix=[finding.pk], act=Act(None, at, reason=WHY))
    with pytest.raises(ReasonMissing):
        deciding.apply(look=look, fix=[finding.pk], act=Act(None, at, reason="so"))


def test_a_restored_backup_is_mended_in_one_hour_and_users_of_others_are_left(
    farm, router, at, now
):
    """The backup knows an old profile, lacks a new customer, and has one who left long ago."""
    for name in ("old", "new", "gone"):
        AccessFactory(router=router, username=name)
    push.push_router(router_id=router.pk, now=now)
    Access.objects.filter(username="gone").update(
        desired_state="REMOVED", generation=2, confirmed_generation=2, confirmed_state="REMOVED"
    )
    farm.edit_secret("r1", "old", profile="default")
    farm.remove_secret("r1", "new")
    farm.add_secret("r1", "neighbour", comment="the landlord's")
    for n in range(3):
        AccessFactory(router=router, username=f"quiet-{n}")
    push.push_router(router_id=router.pk, now=now)

    after = looking.hourly(router=router, now=now)

    assert after.found == 1
    assert states() == [
        ("gone", "should be gone", "FIXED"),
        ("new", "missing", "FIXED"),
        ("old", "wrong profile", "FIXED"),
        ("neighbour", "not known to us", "OPEN"),
    ]
    assert secret(farm, "r1", "neighbour")["comment"] == "the landlord's"


def test_after_a_factory_reset_everything_comes_back(farm, router, at, now):
    lines = [AccessFactory(router=router) for _ in range(4)]
    push.push_router(router_id=router.pk, now=now)
    for line in lines:
        farm.remove_secret("r1", line.username)

    after = looking.hourly(router=router, now=now)

    assert (after.found, len(farm.secrets("r1"))) == (0, 4)
    assert {state for _name, _kind, state in states()} == {"FIXED"}


def test_many_to_be_switched_off_wait_for_a_person(farm, router, at, now):
    for n in range(4):
        AccessFactory(router=router, username=f"line-{n}")
    push.push_router(router_id=router.pk, now=now)
    Access.objects.update(desired_state="WALLED", generation=2, confirmed_generation=2)

    look = looking.hourly(router=router, now=now)

    look.refresh_from_db()
    assert (look.waits_for, {state for *_, state in states()}) == ("too many", {"OPEN"})
    assert not any(row["disabled"] for row in farm.secrets("r1"))


def test_an_ignored_finding_is_silent_until_the_row_changes(farm, router, at):
    farm.add_secret("r1", "boss", comment="own line")
    looked(router, at)
    finding = DriftFinding.objects.get()

    deciding.ignore(finding=finding, act=Act(None, at, reason="The landlord's own line"))
    looked(router, at)
    assert states() == [("boss", "not known to us", "IGNORED")]
    farm.edit_secret("r1", "boss", disabled="yes")
    looked(router, at)

    assert states() == [("boss", "not known to us", "OPEN")]
    assert AuditEvent.objects.get(action="router.drift_ignored").reason == "The landlord's own line"


def test_a_stranger_goes_only_when_its_name_is_typed_and_it_has_not_changed(farm, router, at, now):
    farm.add_secret("r1", "ghost", comment="who?")
    looked(router, at)
    finding = DriftFinding.objects.get()
    act = Act(None, at, reason="Nobody knows this user")
    with pytest.raises(DomainError):
        deciding.ask_removal(finding=finding, typed="gost", act=act)

    deciding.ask_removal(finding=finding, typed="ghost", act=act)
    farm.edit_secret("r1", "ghost", comment="my cousin")
    deciding.remove_stranger(finding_id=finding.pk, now=now)
    assert secret(farm, "r1", "ghost") is not None
    assert "changed" in RouterLog.objects.latest("pk").error

    finding.refresh_from_db()
    deciding.ask_removal(finding=finding, typed="ghost", act=act)
    deciding.remove_stranger(finding_id=finding.pk, now=now)

    assert secret(farm, "r1", "ghost") is None
    assert states() == [("ghost", "not known to us", "REMOVED")]
    assert RouterLog.objects.latest("pk").is_ok


def test_a_user_made_by_hand_is_adopted_with_its_password(farm, router, at, now):
    farm.add_secret("r1", "boss", password="theirs", profile="default", comment="own line")
    AccessFactory(router=router, username="boss")
    look = looked(router, at)
    finding = DriftFinding.objects.get()

    assert deciding.apply(look=look, adopt=[finding.pk], act=Act(None, at, reason=WHY)) == 1
    deciding.verify(router_id=router.pk, now=now)

    assert secret(farm, "r1", "boss")["profile"] == "ispbill-30M-30M"
    written = [row for row in farm.log("r1") if row["command"].endswith("/set")]
    assert written
    assert "password" not in str(written)  # ours is not written: it stays as it was
    assert states() == [("boss", "made by hand, same name", "ADOPTED")]
    farm.remove_secret("r1", "boss")  # and what only the router knew is not made up
    looking.hourly(router=router, now=now)
    assert secret(farm, "r1", "boss") is None
    assert "password is not known" in Access.objects.get().last_error


def test_a_silent_router_has_an_error_and_no_new_findings(farm, router, line, at):
    farm.set_offline("r1", True)

    look = looked(router, at)

    assert ("does not answer" in look.error, states()) == (True, [])


def test_the_pages_show_compare_decide(client, farm, router, line, at, monkeypatch):
    farm.edit_secret("r1", "amina", disabled="yes")
    farm.add_secret("r1", "ghost")
    client.force_login(UserFactory(role="NOC"))
    address = reverse("staff_network:router-drift", args=[router.pk])

    client.post(reverse("staff_network:compare-router", args=[router.pk]))
    page = client.get(address).content.decode()

    assert ("Wrong state" in page, "Not known to us" in page) == (True, True)
    ours, stranger = DriftFinding.objects.order_by("line_id")
    look = DriftLook.objects.get()
    values = {"look": look.pk, "fix": ours.pk, "reason": WHY}
    assert client.post(address, values | {"reason": "short"}).status_code == 422
    assert client.post(address, values).status_code == 302
    ours.refresh_from_db()
    assert (ours.asked, ours.state) == ("FIXED", "OPEN")
    ignored = reverse("staff_network:ignore-drift", args=[stranger.pk])
    assert client.post(ignored, {"reason": "The landlord's own line"}).status_code == 302
    index = client.get(reverse("staff_network:differences")).content.decode()
    assert router.name in index
    client.force_login(UserFactory(role="BRANCH_MANAGER", branch=AccessFactory().router.branch))
    assert client.get(address).status_code == 404
    assert client.post(ignored, {"reason": "The landlord's own line"}).status_code in (403, 404)
