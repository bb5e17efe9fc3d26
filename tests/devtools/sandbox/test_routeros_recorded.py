"""The router sandbox answers as real routers were recorded to (tests/network/recorded)."""

import re

import pytest

from ispbill.devtools.sandbox.routeros import ProfileSpec, RouterFarm, RouterSpec, SecretSpec
from tests.devtools.sandbox.talker import Talker
from tests.network.recordings import TABLES, recorded

KINDS = (
    ("id", r"\*[0-9A-F]+"),
    ("switch", r"true|false"),
    ("whole", r"\d+"),
    ("pair", r"\d+/\d+"),
    ("number", r"\d+\.\d+"),
    ("hexadecimal", r"0x[0-9a-f]+"),
    ("network", r"\d+\.\d+\.\d+\.\d+/\d+"),
    ("address", r"\d+\.\d+\.\d+\.\d+"),
    ("mac", r"([0-9A-F]{2}:){5}[0-9A-F]{2}"),
    ("date", r"[a-z]{3}/\d\d/\d{4} \d\d:\d\d:\d\d|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"),
    ("duration", r"(\d+[wdhms])+|\d+d\d\d:\d\d:\d\d"),
    ("empty", r""),
)
# Where recorded values of one column are of several kinds, the router allows them all.
MIXED = {"name", "caller-id", "last-caller-id", "comment", "target", "address", "remote-address",
         "profile", "encoding", "on-up", "list", "password", "address-list", "rate-limit",
         "message", "local-address"}  # fmt: skip


def kind_of(value):
    return next((kind for kind, form in KINDS if re.fullmatch(form, value)), "text")


@pytest.fixture
def talk():
    """Return a function that opens a conversation with a lived-in router of some version."""
    farms = []

    def open_talk(version="7.16.2 (stable)", *, is_logged_in=True):
        farm = RouterFarm(
            [
                RouterSpec(
                    name="r1",
                    version=version,
                    dial_delay=(0.0, 0.0),
                    profiles=(ProfileSpec(name="Home 30", rate_limit="10M/30M"),),
                    secrets=(SecretSpec(name="taken", profile="Home 30", comment="ours"),),
                )
            ]
        ).__enter__()
        farms.append(farm)
        talker = Talker(farm.endpoint("r1"))
        farms.append(talker)
        if is_logged_in:
            talker.log_in(farm.endpoint("r1"))
        return talker

    yield open_talk
    for one in reversed(farms):
        one.__exit__(None, None, None)


def live_in(talker):
    """Make what people make on a router: a queue, a listed address, an address of its own."""
    talker.ask(
        "/queue/simple/add", "=name=taken", "=target=10.0.0.5", "=max-limit=1M/2M", "=comment=ours"
    )
    talker.ask("/ip/firewall/address-list/add", "=list=unpaid", "=address=10.0.0.5")
    talker.ask("/ip/address/add", "=address=192.0.2.1/24", "=interface=ether1")
    talker.ask("/ppp/active/remove", "=numbers=taken")  # it dials again


def rows_in(answer):
    return [
        dict(word[1:].split("=", 1) for word in sentence[1:])
        for sentence in answer
        if sentence[0] == "!re"
    ]


@pytest.mark.parametrize("name", TABLES)
def test_rows_have_the_columns_and_the_forms_that_were_recorded(talk, name):
    talker = talk()
    live_in(talker)
    recording = recorded(name)
    known = {}
    for row in (row for answer in recording["answers"] for row in answer["rows"]):
        for column, value in row.items():
            known.setdefault(column, set()).add(kind_of(value))
    always = set.intersection(
        *(set(row) for answer in recording["answers"] for row in answer["rows"])
    ) - set(recording["optional"])

    rows = rows_in(talker.ask(recording["command"]))

    assert rows
    for row in rows:
        assert always - set(row) == set()
        assert set(row) - set(known) - set(recording["optional"]) == set()
        wrong = {
            column: value
            for column, value in row.items()
            if column in known and column not in MIXED and kind_of(value) not in known[column]
        }
        assert {c: v for c, v in wrong.items() if kind_of(v) != "empty" or c == ".id"} == {}


@pytest.mark.parametrize("name", TABLES)
def test_columns_come_in_the_order_that_was_recorded(talk, name):
    talker = talk()
    live_in(talker)
    recording = recorded(name)

    rows = rows_in(talker.ask(recording["command"]))

    for answer in recording["answers"]:
        if answer["is_ordered"]:
            for row in rows:
                common = [column for column in answer["rows"][0] if column in row]
                assert [column for column in row if column in common] == common


@pytest.mark.parametrize("trap", recorded("traps"), ids=lambda trap: " ".join(trap["send"]))
def test_a_refusal_is_the_recorded_one(talk, trap):
    talker = talk(trap.get("version", "7.16.2 (stable)"))
    live_in(talker)

    answer = talker.ask(*trap["send"])

    expected = [
        ["!trap", *(f"={name}={one[name]}" for name in ("category", "message") if name in one)]
        for one in trap["traps"]
    ]
    assert answer == [*expected, ["!done"]]


@pytest.mark.parametrize("one", recorded("conversations"), ids=lambda one: one["name"])
def test_a_conversation_goes_as_it_was_recorded(talk, one):
    talker = talk(one["version"], is_logged_in=one["is_logged_in"])
    if one["is_logged_in"]:
        live_in(talker)

    for sent, expected in one["talk"]:
        talker.send(*sent)
        answer = [talker.receive() for _ in expected]

        assert [left_open(*pair) for pair in zip(answer, expected, strict=True)] == expected


def left_open(sentence, pattern):
    """Return the sentence with `?` for the values that the pattern leaves open."""
    open_names = {word.removesuffix("?") for word in pattern if word.endswith("=?")}
    return [
        next((f"{name}?" for name in open_names if word.startswith(name)), word)
        for word in sentence
    ]


def test_a_state_of_a_gone_session_is_one_that_exists(talk):
    talker = talk()
    live_in(talker)

    row = rows_in(talker.ask("/ppp/secret/print"))[0]

    assert (
        row["last-disconnect-reason"] in recorded("ppp_secret")["states"]["last-disconnect-reason"]
    )
