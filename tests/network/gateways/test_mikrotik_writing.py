import dataclasses
import json

import pytest

from ispbill.devtools.sandbox.routeros import RouterFarm, SecretSpec
from network.gateways.base import (
    DesiredProfile,
    DesiredSecret,
    ForbiddenCharacters,
    Limits,
    Outcome,
    RouterNoPermission,
    RouterUnreachable,
    Status,
)
from network.gateways.mikrotik import MikrotikRouter
from tests.network.gateways.conftest import QUICK, login_to, make_spec

AMINA = DesiredSecret(username="amina", owner="1", profile="Home 30")
NUMERIC = DesiredSecret(username="12345", owner="2", profile="Home 30")
CHITRA = DesiredSecret(username="chitra", owner="3", profile="Home 30", is_disabled=True)
OFFICE = DesiredSecret(username="office", owner="9", profile="Home 30")
DULAL = DesiredSecret(username="dulal", owner="4", profile="Home 50", password="line-password")


def change(desired, **changes):
    return dataclasses.replace(desired, **changes)


def secrets(farm):
    return {row["name"]: row for row in farm.secrets("r1")}


def online(farm):
    return [row["name"] for row in farm.active("r1")]


def writes(farm):
    return [
        entry["command"]
        for entry in reversed(farm.log("r1", limit=1_000))
        if not entry["command"].endswith(("/print", "/login"))
    ]


def statuses(outcomes):
    return [(outcome.name, outcome.status) for outcome in outcomes]


def test_what_is_already_as_desired_is_not_written(farm, router):
    outcomes = router.apply([AMINA, NUMERIC, CHITRA])

    assert statuses(outcomes) == [
        ("amina", Status.UNCHANGED),
        ("12345", Status.UNCHANGED),
        ("chitra", Status.UNCHANGED),
    ]
    assert writes(farm) == []


def test_a_missing_secret_is_made_with_our_mark(farm, router):
    outcomes = router.apply([DULAL])

    assert statuses(outcomes) == [("dulal", Status.CREATED)]
    row = secrets(farm)["dulal"]
    assert (row["profile"], row["comment"], row["service"]) == ("Home 50", "ispbill:4", "pppoe")
    assert "line-password" not in json.dumps(farm.log("r1"))


def test_suspending_disables_first_and_then_ends_the_session(farm, router):
    outcomes = router.apply([change(AMINA, is_disabled=True)])

    assert outcomes == [Outcome(name="amina", status=Status.CHANGED, has_dropped_session=True)]
    assert secrets(farm)["amina"]["disabled"] is True
    assert online(farm) == ["12345", "office"]
    assert writes(farm) == ["/ppp/secret/set", "/ppp/active/remove"]


def test_suspending_twice_writes_once(farm, router):
    router.apply([change(AMINA, is_disabled=True)])
    farm.clear_log("r1")

    outcomes = router.apply([change(AMINA, is_disabled=True)])

    assert statuses(outcomes) == [("amina", Status.UNCHANGED)]
    assert writes(farm) == []


def test_a_change_of_profile_takes_effect_by_redialling(farm, router):
    router.apply([change(AMINA, profile="Home 50")])

    session = next(row for row in farm.active("r1") if row["name"] == "amina")
    assert session["rate_limit"] == "15M/50M"


def test_reopening_a_suspended_line_brings_it_back(farm, router):
    outcomes = router.apply([change(CHITRA, is_disabled=False)])

    assert statuses(outcomes) == [("chitra", Status.CHANGED)]
    assert "chitra" in online(farm)


def test_a_session_left_over_by_a_disabled_secret_is_ended(farm, router):
    farm.active("r1")
    farm.edit_secret("r1", "amina", disabled="yes")

    outcomes = router.apply([change(AMINA, is_disabled=True)])

    assert outcomes == [Outcome(name="amina", status=Status.UNCHANGED, has_dropped_session=True)]
    assert online(farm) == ["12345", "office"]


def test_secrets_of_others_are_left_alone(farm, router):
    outcomes = router.apply([OFFICE, change(AMINA, owner="77", profile="Home 50")])

    assert statuses(outcomes) == [("office", Status.NOT_OURS), ("amina", Status.NOT_OURS)]
    assert "the boss's own line" in outcomes[0].detail
    assert writes(farm) == []


def test_an_adopted_secret_keeps_what_was_written_on_it(farm, router):
    outcomes = router.apply([change(OFFICE, may_adopt=True)])

    assert statuses(outcomes) == [("office", Status.CHANGED)]
    row = secrets(farm)["office"]
    assert (row["comment"], row["profile"]) == ("ispbill:9 the boss's own line", "Home 30")


def test_a_secret_that_shall_not_be_is_removed_with_its_session(farm, router):
    gone = change(AMINA, is_absent=True)

    first = router.apply([gone])
    second = router.apply([gone])

    assert statuses(first + second) == [("amina", Status.REMOVED), ("amina", Status.UNCHANGED)]
    assert "amina" not in secrets(farm)
    assert "amina" not in online(farm)


def test_a_password_is_written_only_when_it_is_new(farm, router):
    router.apply([change(AMINA, password="other")])
    before = writes(farm)

    outcomes = router.apply([change(AMINA, password="other", is_password_new=True)])

    assert before == []
    assert statuses(outcomes) == [("amina", Status.CHANGED)]
    assert writes(farm) == ["/ppp/secret/set", "/ppp/active/remove"]


def test_a_fixed_address_is_given_and_taken_away(farm, router):
    router.apply([change(AMINA, remote_address="10.64.9.9")])
    given = next(row["address"] for row in farm.active("r1") if row["name"] == "amina")

    outcomes = router.apply([change(AMINA, remote_address="")])

    assert given == "10.64.9.9"
    assert statuses(outcomes) == [("amina", Status.CHANGED)]
    assert "remote-address" not in secrets(farm)["amina"]


def test_a_customer_who_is_not_on_line_needs_no_kick(farm, router):
    farm.active("r1")
    farm.set_cpe("r1", "amina", False)

    outcomes = router.apply([change(AMINA, is_disabled=True)])

    assert outcomes == [Outcome(name="amina", status=Status.CHANGED)]


def test_one_bad_desired_state_does_not_spoil_the_others(farm, router):
    outcomes = router.apply(
        [change(AMINA, profile="Renamed"), change(NUMERIC, profile="Home 50"), DULAL]
    )

    assert statuses(outcomes) == [
        ("amina", Status.FAILED),
        ("12345", Status.CHANGED),
        ("dulal", Status.CREATED),
    ]
    assert outcomes[0].detail == "input does not match any value of profile"


def test_a_bulk_change_the_router_refuses_is_tried_one_by_one(farm, router):
    farm.fault("r1", "trap", command="/ppp/secret/set", times=1)

    outcomes = router.apply([change(AMINA, profile="Home 50"), change(NUMERIC, profile="Home 50")])

    assert statuses(outcomes) == [("amina", Status.CHANGED), ("12345", Status.CHANGED)]


def test_a_secret_somebody_else_makes_meanwhile_is_changed_instead(farm, router, monkeypatch):
    from network.gateways import routeros_secrets

    look = routeros_secrets._secrets
    looks = []

    def look_before_the_other_writes(link, names):
        found = look(link, names)
        if not looks:
            farm.add_secret("r1", "dulal", profile="Home 30", comment="ispbill:4")
        looks.append(names)
        return found

    monkeypatch.setattr(routeros_secrets, "_secrets", look_before_the_other_writes)

    outcomes = router.apply([DULAL])

    assert statuses(outcomes) == [("dulal", Status.CHANGED)]
    assert secrets(farm)["dulal"]["profile"] == "Home 50"


def test_a_session_that_ends_by_itself_meanwhile_is_no_failure(farm, router):
    farm.active("r1")
    farm.fault("r1", "trap", command="/ppp/active/remove", times=1)

    outcomes = router.apply([change(AMINA, profile="Home 50")])

    assert outcomes == [Outcome(name="amina", status=Status.CHANGED, has_dropped_session=True)]


def test_a_write_whose_answer_is_lost_is_decided_by_reading_back(farm, router):
    farm.active("r1")
    farm.fault("r1", "drop_after", command="/ppp/secret/set", times=1)

    outcomes = router.apply([change(AMINA, is_disabled=True)])

    assert statuses(outcomes) == [("amina", Status.UNCHANGED)]
    assert outcomes[0].status.is_done
    assert secrets(farm)["amina"]["disabled"] is True
    assert online(farm) == ["12345", "office"]


def test_a_lost_change_of_profile_still_makes_the_customer_redial(farm, router):
    farm.active("r1")
    farm.fault("r1", "drop_after", command="/ppp/secret/set", times=1)

    outcomes = router.apply([change(AMINA, profile="Home 50")])

    assert outcomes[0].has_dropped_session
    session = next(row for row in farm.active("r1") if row["name"] == "amina")
    assert session["rate_limit"] == "15M/50M"


def test_a_change_carried_out_by_half_is_completed(farm, router):
    farm.fault("r1", "half", command="/ppp/secret/set", times=1)
    desired_states = [change(AMINA, profile="Home 50"), change(NUMERIC, profile="Home 50")]

    outcomes = router.apply(desired_states)

    assert all(outcome.status.is_done for outcome in outcomes)
    assert [secrets(farm)[name]["profile"] for name in ("amina", "12345")] == ["Home 50"] * 2
    assert [row["rate_limit"] for row in farm.active("r1")] == ["15M/50M"] * 3


def test_an_addition_whose_answer_is_lost_is_not_made_twice(farm, router):
    farm.fault("r1", "drop_after", command="/ppp/secret/add", times=1)

    outcomes = router.apply([DULAL])

    assert outcomes[0].status.is_done
    assert writes(farm).count("/ppp/secret/add") == 1
    assert "dulal" in secrets(farm)


def test_when_the_router_stays_away_the_doubtful_users_are_named(farm, router):
    farm.active("r1")
    farm.fault("r1", "drop_after", command="/ppp/secret/set", times=1)
    farm.fault("r1", "drop_before", command="/ppp/active")
    moved = change(AMINA, profile="Home 50")

    with pytest.raises(RouterUnreachable) as lost:
        router.apply([moved, NUMERIC])
    farm.clear_faults("r1")
    again = router.apply([change(moved, drop_session=True), NUMERIC])

    assert lost.value.unsure == frozenset({"amina"})
    assert statuses(again) == [("amina", Status.UNCHANGED), ("12345", Status.UNCHANGED)]
    assert [outcome.has_dropped_session for outcome in again] == [True, False]
    session = next(row for row in farm.active("r1") if row["name"] == "amina")
    assert session["rate_limit"] == "15M/50M"


def test_a_router_that_only_says_done_is_not_believed(farm, router):
    farm.active("r1")
    farm.fault("r1", "ignore", command="/ppp/secret/set")
    farm.fault("r1", "ignore", command="/ppp/active/remove")

    changed, suspended = router.apply(
        [change(AMINA, profile="Home 50"), change(CHITRA, is_disabled=False)]
    )

    assert changed.status is Status.FAILED
    assert changed.detail == "the session is still on line"
    assert suspended == Outcome(
        name="chitra", status=Status.FAILED, detail="the router did not keep the change"
    )


def test_without_permission_everything_stops(farm, router):
    farm.fault("r1", "no_permission", command="/ppp/secret/set")

    with pytest.raises(RouterNoPermission):
        router.apply([change(AMINA, profile="Home 50")])


def test_ids_that_moved_with_a_reboot_never_hit_another_customer(farm, router):
    router.apply([AMINA])
    farm.reboot("r1")

    router.apply([change(AMINA, is_disabled=True)])

    disabled = [name for name, row in secrets(farm).items() if row["disabled"]]
    assert disabled == ["amina", "chitra"]


@pytest.mark.parametrize("field", ["username", "profile", "password", "remote_address", "owner"])
def test_line_pauses_in_a_desired_state_are_refused(farm, router, field):
    with pytest.raises(ForbiddenCharacters):
        router.apply([change(DULAL, **{field: "x\r\nSET y 1"})])

    assert len(secrets(farm)) == 4


def test_an_old_router_and_a_new_one_take_the_same_desired_states():
    for version in ("6.42.12", "7.18.2 (stable)"):
        with RouterFarm([make_spec(version=version)]) as farm:
            with MikrotikRouter(login_to(farm.endpoint("r1")), QUICK) as router:
                outcomes = router.apply([change(AMINA, is_disabled=True), DULAL])

            assert statuses(outcomes) == [("amina", Status.CHANGED), ("dulal", Status.CREATED)]


def test_a_thousand_customers_are_suspended_in_a_few_commands():
    many = tuple(
        SecretSpec(name=f"user{n}", profile="Home 30", comment=f"ispbill:{n}") for n in range(1_000)
    )
    patient = Limits(connect=2, read=10, overall=30, bulk=60)
    with RouterFarm([make_spec(secrets=many)]) as farm:
        farm.active("r1")
        farm.slow("r1", 0.01)
        login = login_to(farm.endpoint("r1"))

        def suspend(numbers):
            desired_states = [
                DesiredSecret(
                    username=f"user{n}", owner=str(n), profile="Home 30", is_disabled=True
                )
                for n in numbers
            ]
            with MikrotikRouter(login, patient) as router:
                outcomes = router.apply(desired_states)
            assert {outcome.status for outcome in outcomes} == {Status.CHANGED}

        suspend(range(1_000))

        assert writes(farm).count("/ppp/secret/set") == 10
        assert online(farm) == []


def test_profiles_are_made_changed_and_then_left_in_peace(farm, router):
    desired_states = [
        DesiredProfile(name="Home 100", rate_limit="20M/100M", remote_address="pppoe-pool"),
        DesiredProfile(name="Home 30", rate_limit="10000k/30000k"),
    ]

    first = router.ensure_profiles(desired_states)
    faster = [dataclasses.replace(desired_states[0], rate_limit="25M/100M"), desired_states[1]]
    second = router.ensure_profiles(faster)
    third = router.ensure_profiles(faster)

    assert [outcome.status for outcome in first] == [Status.CREATED, Status.UNCHANGED]
    assert [outcome.status for outcome in second] == [Status.CHANGED, Status.UNCHANGED]
    assert [outcome.status for outcome in third] == [Status.UNCHANGED, Status.UNCHANGED]
    rates = {row["name"]: row["rate-limit"] for row in farm.profiles("r1") if "rate-limit" in row}
    assert (rates["Home 100"], rates["Home 30"]) == ("25M/100M", "10M/30M")


def test_a_profile_somebody_made_is_changed_only_by_adoption(farm, router):
    desired = DesiredProfile(name="Home 30", rate_limit="12M/30M")

    left = router.ensure_profiles([desired])
    adopted = router.ensure_profiles([dataclasses.replace(desired, may_adopt=True)])

    assert left[0].status is Status.NOT_OURS
    assert adopted[0].status is Status.CHANGED


def test_a_profile_the_router_refuses_is_told(farm, router):
    farm.fault("r1", "trap", command="/ppp/profile/add")

    outcomes = router.ensure_profiles([DesiredProfile(name="New", rate_limit="1M/1M")])

    assert outcomes == [Outcome(name="New", status=Status.FAILED, detail="action failed (6)")]
