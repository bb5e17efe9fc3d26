import hashlib
import json
import signal
import subprocess
import sys

import librouteros
import pytest
from librouteros.exceptions import MultiTrapError, TrapError

from ispbill.devtools.sandbox.routeros import (
    Control,
    ControlError,
    ProfileSpec,
    RouterFarm,
    RouterSpec,
    SecretSpec,
    UserSpec,
)
from ispbill.devtools.sandbox.routeros.wire import encode_sentence
from tests.devtools.sandbox.talker import Talker

PROFILES = (
    ProfileSpec(name="Home 30", rate_limit="10M/30M"),
    ProfileSpec(name="EXPIRED", rate_limit="1M/1M", pool="expired-pool", address_list="unpaid"),
)
SECRETS = (
    SecretSpec(name="amina", profile="Home 30", comment="ispbill:1"),
    SecretSpec(name="12345", profile="Home 30"),
    SecretSpec(name="chitra", profile="Home 30", is_disabled=True),
)


def spec(name="r1", **changes):
    values = {"profiles": PROFILES, "secrets": SECRETS, "dial_delay": (0.0, 0.0), **changes}
    return RouterSpec(name=name, **values)


@pytest.fixture
def farm():
    with RouterFarm([spec()]) as farm:
        yield farm


@pytest.fixture
def talker(farm):
    with Talker(farm.endpoint("r1")) as talker:
        yield talker.log_in(farm.endpoint("r1"))


def library(endpoint, **changes):
    return librouteros.connect(
        endpoint["host"],
        endpoint["username"],
        endpoint["password"],
        **{"port": endpoint["port"], "encoding": "utf-8", "timeout": 5, **changes},
    )


def test_the_public_client_library_logs_in_and_reads(farm):
    api = library(farm.endpoint("r1"))

    names = [str(row["name"]) for row in api.path("ppp", "secret")]
    api.close()

    assert names == ["amina", "12345", "chitra"]


def test_an_old_router_wants_the_challenge_answered():
    with RouterFarm([spec(version="6.42.12", password="secret")]) as farm:
        with Talker(farm.endpoint("r1")) as talker:
            challenge = talker.ask("/login")[0][1].removeprefix("=ret=")
            mixed = b"\x00secret" + bytes.fromhex(challenge)
            response = f"00{hashlib.md5(mixed).hexdigest()}"  # noqa: S324 - RouterOS has it so
            answer = talker.ask("/login", "=name=ispbill", f"=response={response}")

        assert answer == [["!done"]]


def test_an_old_router_does_not_take_a_password_in_clear():
    with RouterFarm([spec(version="6.42.12")]) as farm, Talker(farm.endpoint("r1")) as talker:
        talker.ask("/login", "=name=ispbill", "=password=router-password")

        answer = talker.ask("/ppp/secret/print")

    assert answer == [["!fatal", "not logged in"]]


def test_a_wrong_password_is_refused(farm):
    with Talker(farm.endpoint("r1")) as talker:
        answer = talker.ask("/login", "=name=ispbill", "=password=wrong")

    assert answer == [["!trap", "=message=invalid user name or password (6)"], ["!done"]]


def test_a_command_before_login_ends_the_connection(farm):
    with Talker(farm.endpoint("r1")) as talker:
        assert talker.ask("/ppp/secret/print", ".tag=1") == [["!fatal", "not logged in"]]


@pytest.mark.parametrize("version", ["7.16.2 (stable)", "6.44.6", "6.43.8"])
def test_a_tag_on_the_login_comes_back_as_on_every_sentence(version):
    with RouterFarm([spec(version=version)]) as farm, Talker(farm.endpoint("r1")) as talker:
        words = ("=name=ispbill", "=password=router-password", ".tag=1")

        assert talker.ask("/login", *words) == [["!done", ".tag=1"]]


def test_a_tag_on_a_refused_login_comes_back_too(farm):
    with Talker(farm.endpoint("r1")) as talker:
        answer = talker.ask("/login", "=name=ispbill", "=password=wrong", ".tag=1")

    assert answer == [
        ["!trap", ".tag=1", "=message=invalid user name or password (6)"],
        ["!done", ".tag=1"],
    ]


def test_tags_on_the_old_login_come_back_too():
    old = spec(version="6.42.12", password="secret")
    with RouterFarm([old]) as farm, Talker(farm.endpoint("r1")) as talker:
        done, tag, challenge = talker.ask("/login", ".tag=1")[0]
        mixed = b"\x00secret" + bytes.fromhex(challenge.removeprefix("=ret="))
        response = f"00{hashlib.md5(mixed).hexdigest()}"  # noqa: S324 - RouterOS has it so
        words = ("=name=ispbill", f"=response={response}", ".tag=2")

        assert (done, tag) == ("!done", ".tag=1")
        assert talker.ask("/login", *words) == [["!done", ".tag=2"]]


def test_from_6_45_on_there_is_no_challenge(farm):
    with Talker(farm.endpoint("r1")) as talker:
        assert talker.ask("/login")[0][0] == "!trap"


def test_several_commands_in_one_packet_are_answered_in_order(talker):
    first = encode_sentence(["/system/identity/print"])
    second = encode_sentence(["/ppp/profile/print", "=count-only="])

    talker.socket.sendall(first + second)

    answers = [talker.receive() for _ in range(3)]
    assert answers == [["!re", "=name=r1"], ["!done"], ["!done", "=ret=4"]]


def test_a_tag_comes_back_with_each_sentence(talker):
    answer = talker.ask("/system/identity/print", ".tag=a7")

    assert answer == [["!re", ".tag=a7", "=name=r1"], ["!done", ".tag=a7"]]


def test_an_endless_command_runs_until_cancelled(talker):
    talker.send("/interface/monitor-traffic", "=interface=ether1", ".tag=m")
    first = talker.receive()

    talker.send("/cancel", "=tag=m", ".tag=c")

    assert first[0:3] == ["!re", ".tag=m", "=name=ether1"]
    assert [talker.receive() for _ in range(3)] == [
        ["!trap", ".tag=m", "=category=2", "=message=interrupted"],
        ["!done", ".tag=c"],
        ["!done", ".tag=m"],
    ]


def test_an_untagged_command_is_cancelled_with_all(talker):
    talker.send("/interface/monitor-traffic", "=interface=ether1")
    talker.receive()

    talker.send("/cancel", ".tag=c")

    assert [talker.receive() for _ in range(3)] == [
        ["!trap", "=category=2", "=message=interrupted"],
        ["!done", ".tag=c"],
        ["!done"],
    ]
    assert talker.ask("/system/identity/print") == [["!re", "=name=r1"], ["!done"]]


def test_quit_says_good_bye_and_closes(talker):
    talker.send("/quit")

    assert talker.receive() == ["!fatal", "session terminated on request"]
    assert talker.receive() is None


def test_only_the_columns_asked_for_are_sent(talker):
    answer = talker.ask("/ppp/secret/print", "=.proplist=name,profile", "?name=amina")

    assert answer == [["!re", "=name=amina", "=profile=Home 30"], ["!done"]]


def test_getall_is_print(talker):
    assert talker.ask("/ppp/secret/getall", "=.proplist=name") == talker.ask(
        "/ppp/secret/print", "=.proplist=name"
    )


@pytest.mark.parametrize(
    ("version", "answer"),
    [("7.18.2 (stable)", [["!empty"], ["!done"]]), ("7.16.2 (stable)", [["!done"]])],
)
def test_a_print_without_rows_says_so_only_from_7_18(version, answer):
    with RouterFarm([spec(version=version)]) as farm, Talker(farm.endpoint("r1")) as talker:
        talker.log_in(farm.endpoint("r1"))

        assert talker.ask("/ppp/secret/print", "?name=nobody") == answer


@pytest.mark.parametrize(
    ("words", "trap"),
    [
        (("/ppp/secret/add", "=name=amina"), "failure: secret with the same name already exists"),
        (
            ("/ppp/secret/add", "=name=x", "=profile=No"),
            "input does not match any value of profile",
        ),
        (("/ppp/secret/add", "=name=x", "=foo=1"), "unknown parameter foo"),
        (("/ppp/secret/set", "=.id=*FFFF", "=disabled=yes"), "no such item"),
        (("/ppp/secret/set", "=.id=*1", "=disabled=maybe"), "invalid value for argument disabled"),
        (("/ppp/secret/fly",), "no such command"),
        (("/ppp/nothing/print",), "no such command prefix"),
        (("/ppp/active/remove", "=.id=*FFFF"), "no such item"),
    ],
)
def test_a_refusal_has_the_router_s_own_words(talker, words, trap):
    answer = talker.ask(*words)

    assert f"=message={trap}" in answer[0]
    assert [sentence[0] for sentence in answer] == ["!trap", "!done"]


def test_version_6_answers_an_unknown_menu_with_two_traps():
    with RouterFarm([spec(version="6.49.10")]) as farm:
        api = library(farm.endpoint("r1"))
        with pytest.raises(MultiTrapError):
            tuple(api("/ppp/nothing/print"))
        api.close()


def test_secrets_are_changed_by_a_list_of_ids_or_by_name(farm, talker):
    talker.ask("/ppp/secret/set", "=.id=*1,*2", "=comment=both")
    talker.ask("/ppp/secret/disable", "=numbers=amina")

    answer = [
        (row["name"], row.get("comment"), row["disabled"])
        for row in farm.secrets("r1")
        if row["name"] != "chitra"
    ]
    assert answer == [("amina", "both", True), ("12345", "both", False)]


def test_a_change_of_a_list_with_one_unknown_id_changes_nothing(farm, talker):
    talker.ask("/ppp/secret/set", "=.id=*1,*99", "=comment=x")

    assert farm.secrets("r1")[0]["comment"] == "ispbill:1"


def test_enabled_secrets_dial_in_and_disabled_ones_do_not(farm):
    assert [row["name"] for row in farm.active("r1")] == ["amina", "12345"]


def test_a_subscriber_needs_a_moment_to_dial():
    with RouterFarm([spec(dial_delay=(1.0, 5.0))]) as farm:
        before = len(farm.active("r1"))
        farm.advance(5)

        assert (before, len(farm.active("r1"))) == (0, 2)


def test_disabling_a_secret_leaves_its_session_alone_until_it_is_removed(farm, talker):
    talker.ask("/ppp/secret/set", "=numbers=amina", "=disabled=yes")
    still = [row["name"] for row in farm.active("r1")]

    talker.ask("/ppp/active/remove", "=numbers=amina")

    assert (still, [row["name"] for row in farm.active("r1")]) == (["amina", "12345"], ["12345"])


def test_a_kicked_subscriber_redials_with_new_ids_and_counters_at_zero(farm, talker):
    farm.advance(3_600)
    first = talker.ask("/interface/print", "?name=<pppoe-amina>")[0]
    session = talker.ask("/ppp/active/print", "?name=amina")[0]

    talker.ask("/ppp/active/remove", "=numbers=amina")
    second = talker.ask("/interface/print", "?name=<pppoe-amina>")[0]

    def column(row, name):
        return next(word for word in row if word.startswith(f"={name}="))

    assert int(column(first, "tx-byte").rpartition("=")[2]) > 1_000_000
    assert column(second, "tx-byte") == "=tx-byte=0"
    assert column(first, ".id") != column(second, ".id")
    assert column(session, "session-id") != column(
        talker.ask("/ppp/active/print", "?name=amina")[0], "session-id"
    )


def test_a_profile_decides_pool_queue_and_address_list_of_the_next_session(farm, talker):
    talker.ask("/ppp/secret/set", "=numbers=amina", "=profile=EXPIRED")
    talker.ask("/ppp/active/remove", "=numbers=amina")

    listed = talker.ask("/ip/firewall/address-list/print", "=.proplist=list,address")
    queue = talker.ask("/queue/simple/print", "=.proplist=max-limit", "?name=<pppoe-amina>")
    assert listed[0] == ["!re", "=list=unpaid", "=address=10.99.0.2"]
    assert queue[0] == ["!re", "=max-limit=1000000/1000000"]


def test_counting_often_or_seldom_gives_the_same_traffic():
    def after_an_hour(step):
        with RouterFarm([spec(secrets=SECRETS[:1])]) as farm:
            farm.active("r1")
            for _ in range(3_600 // step):
                farm.advance(step)
                farm.active("r1")
            return farm.active("r1")[0]["tx_bytes"]

    often, seldom = after_an_hour(60), after_an_hour(3_600)

    assert often == pytest.approx(seldom, rel=0.01)


def test_a_reboot_zeroes_everything_and_renumbers(farm, talker):
    farm.advance(600)
    before = talker.ask("/ppp/secret/print", "=.proplist=.id", "?name=amina")[0]

    farm.reboot("r1")

    with Talker(farm.endpoint("r1")) as again:
        again.log_in(farm.endpoint("r1"))
        after = again.ask("/ppp/secret/print", "=.proplist=.id", "?name=amina")[0]
    assert before != after
    assert farm.routers()[0]["uptime_seconds"] == 0
    assert [row["tx_bytes"] for row in farm.active("r1")] == [0, 0]


def test_an_offline_router_refuses_and_comes_back_on_the_same_port(farm):
    farm.set_offline("r1", True)
    with pytest.raises(ConnectionRefusedError):
        Talker(farm.endpoint("r1"))

    farm.set_offline("r1", False)

    with Talker(farm.endpoint("r1")) as talker:
        talker.log_in(farm.endpoint("r1"))


def test_faults_strike_as_often_as_told_and_only_the_command_named(farm, talker):
    farm.fault("r1", "trap", command="/ppp/secret/set", times=1)

    answers = [talker.ask("/ppp/secret/set", "=.id=*1", "=comment=x")[0][0] for _ in range(2)]

    assert answers == ["!trap", "!done"]
    assert farm.routers()[0]["faults"] == []


def test_a_write_may_be_carried_out_and_its_answer_lost(farm, talker):
    farm.fault("r1", "drop_after", command="/ppp/secret/set")

    assert talker.ask("/ppp/secret/set", "=.id=*1", "=comment=x") == []
    assert farm.secrets("r1")[0]["comment"] == "x"


def test_an_answer_may_be_cut_in_the_middle(farm, talker):
    farm.fault("r1", "cut", command="/ppp/secret/print")

    answer = talker.ask("/ppp/secret/print")

    assert answer[-1:] != [["!done"]]


def test_a_user_without_write_policy_may_only_read():
    reader = UserSpec(name="reader", password="p", policies=("api", "read"))
    with RouterFarm([spec(users=(reader,))]) as farm:
        api = library({**farm.endpoint("r1"), "username": "reader", "password": "p"})
        rows = tuple(api("/ppp/secret/print"))
        with pytest.raises(TrapError, match="not enough permissions"):
            tuple(api("/ppp/secret/set", **{".id": "*1", "comment": "x"}))
        api.close()

    assert "password" not in rows[0]


def test_the_log_tells_who_did_what_without_passwords(farm, talker):
    talker.ask("/ppp/secret/add", "=name=dulal", "=password=hush-hush")

    entry = farm.log("r1")[0]
    entry.pop("at")
    assert entry == {
        "user": "ispbill",
        "address": "127.0.0.1",
        "command": "/ppp/secret/add",
        "arguments": "name=dulal password=***",
        "result": "done",
    }
    assert "hush-hush" not in json.dumps(farm.log("r1"))
    assert "router-password" not in json.dumps(farm.log("r1"))


def test_ping_answers_for_subscribers_on_line(farm, talker):
    address = farm.active("r1")[0]["address"]

    rows = talker.ask("/ping", f"=address={address}", "=count=3")
    lost = talker.ask("/ping", "=address=10.1.1.1", "=count=1")

    assert [row[0] for row in rows] == ["!re", "!re", "!re", "!done"]
    assert "=packet-loss=0" in rows[2]
    assert "=status=timeout" in lost[0]


def test_hand_made_secrets_survive_a_restart(tmp_path):
    with RouterFarm([spec()], state_directory=tmp_path) as farm:
        farm.add_secret("r1", "dulal", profile="Home 30", comment="রাউটার")
        farm.remove_secret("r1", "12345")

    with RouterFarm([spec()], state_directory=tmp_path) as farm:
        names = [(row["name"], row["comment"]) for row in farm.secrets("r1")]

    assert names == [("amina", "ispbill:1"), ("chitra", ""), ("dulal", "রাউটার")]
    assert (tmp_path / "r1.json").stat().st_mode & 0o077 == 0


def test_the_program_prints_its_routers_and_obeys_the_control_socket(tmp_path):
    config = tmp_path / "routers.json"
    config.write_text(
        json.dumps(
            {
                "routers": [
                    {"name": "sim-1", "dial_delay": [0, 0], "secrets": [{"name": "amina"}]},
                    {"name": "sim-2", "password": "other"},
                ]
            }
        )
    )
    command = [sys.executable, "-m", "ispbill.devtools.sandbox.routeros", "--config", str(config)]
    command += ["--control", str(tmp_path / "control")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        try:
            told = json.loads(program.stdout.readline())
            control = Control(str(tmp_path / "control"))
            with Talker(told["routers"][1]) as talker:
                talker.log_in(told["routers"][1])
            control.set_offline("sim-1", True)

            assert [router["name"] for router in told["routers"]] == ["sim-1", "sim-2"]
            assert [row["name"] for row in control.active("sim-1")] == ["amina"]
            assert [router["is_offline"] for router in control.routers()] == [True, False]
            assert control.log("sim-2")[0]["result"] == "logged in"
            with pytest.raises(ControlError, match="no router sim-9"):
                control.secrets("sim-9")
        finally:
            program.send_signal(signal.SIGTERM)
        assert program.wait(10) == 0


def test_ten_thousand_secrets_dial_in():
    many = tuple(SecretSpec(name=f"user{number}") for number in range(10_000))
    with RouterFarm([spec(secrets=many)]) as farm:
        assert farm.routers()[0]["sessions"] == 10_000


def test_a_name_in_windows_1252_comes_back_byte_for_byte_and_is_kept(tmp_path):
    name = b"=name=Jos\xe9"
    with (
        RouterFarm([spec()], state_directory=tmp_path, control=str(tmp_path / "control")) as farm,
        Talker(farm.endpoint("r1")) as talker,
    ):
        talker.log_in(farm.endpoint("r1"))
        talker.ask("/ppp/secret/add", name.decode("utf-8", "surrogateescape"))
        told = Control(str(tmp_path / "control")).secrets("r1")

    with (
        RouterFarm([spec()], state_directory=tmp_path) as farm,
        Talker(farm.endpoint("r1")) as talker,
    ):
        talker.log_in(farm.endpoint("r1"))
        talker.socket.sendall(encode_sentence(["/ppp/secret/print", "=.proplist=name"]))
        while b"!done" not in (data := talker.socket.recv(65_536)):
            pass

    assert name in data
    assert told[-1]["name"] == "Jos?"


def test_an_export_goes_into_a_file(talker):
    talker.ask("/export", "=file=backup")

    answer = talker.ask("/file/print", "=.proplist=name,contents")

    assert answer[0][1] == "=name=backup.rsc"
    assert '/ppp secret\nadd comment=ispbill:1 name=amina profile="Home 30"' in answer[0][2]
    assert "password" not in answer[0][2]


def test_an_export_without_a_file_says_nothing_over_the_api(talker):
    assert talker.ask("/ppp/secret/export") == [["!done"]]


def test_the_router_s_own_log_tells_logins_and_sessions(farm, talker):
    with Talker(farm.endpoint("r1")) as stranger:
        stranger.ask("/login", "=name=eve", "=password=x")
    farm.kick("r1", "amina")

    lines = talker.ask("/log/print", "=.proplist=topics,message")

    assert [
        "!re",
        "=topics=system,info,account",
        "=message=user ispbill logged in from 127.0.0.1 via api",
    ] in lines
    assert [
        "!re",
        "=topics=system,error,critical",
        "=message=login failure for user eve from 127.0.0.1 via api",
    ] in lines
    assert ["!re", "=topics=pppoe,ppp,info,account", "=message=amina logged out"] in lines


def test_what_follows_a_print_is_told_as_it_changes(talker):
    talker.send("/ppp/secret/print", "=follow=", "=.proplist=name", ".tag=f")
    first = [talker.receive() for _ in SECRETS]

    talker.send("/ppp/secret/add", "=name=eva", ".tag=a")
    told = sorted(talker.receive()[:2] for _ in range(2))

    assert [row[2] for row in first] == ["=name=amina", "=name=12345", "=name=chitra"]
    assert told == [["!done", ".tag=a"], ["!re", ".tag=f"]]


def test_a_session_that_comes_or_goes_is_heard(farm, talker):
    talker.send("/ppp/active/listen", "=.proplist=name", ".tag=l")
    talker.ask("/system/identity/print")  # by now it listens
    farm.kick("r1", "amina")

    gone, back = talker.receive(), talker.receive()

    assert gone[3] == "=.dead=true"
    assert back == ["!re", ".tag=l", "=name=amina"]
