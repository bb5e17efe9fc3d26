"""Routers that answer less, more or other than they should: a typed error or a sound reading."""

import pytest

from ispbill.devtools.sandbox.routeros.wire import encode_sentence
from network.gateways.base import (
    ActiveRow,
    DesiredSecret,
    InterfaceRow,
    RouterNoPermission,
    RouterRejected,
    RouterUnreachable,
    Status,
)
from network.gateways.mikrotik import MikrotikRouter
from tests.network.gateways.conftest import QUICK
from tests.network.parrot import Parrot, table

SECRETS, ACTIVE = "/ppp/secret/print", "/ppp/active/print"
RESOURCE, IDENTITY = "/system/resource/print", "/system/identity/print"
OPEN = DesiredSecret(username="amina", owner="1", profile="Home 30", password="p")
CLOSED = DesiredSecret(username="amina", owner="1", profile="Home 30", is_disabled=True)


def secret(**changes):
    row = {
        ".id": "*1",
        "name": "amina",
        "profile": "Home 30",
        "disabled": "false",
        "comment": "ispbill:1",
    }
    return {name: value for name, value in {**row, **changes}.items() if value is not None}


def ask(says, question):
    with Parrot(says) as parrot, MikrotikRouter(parrot.login, QUICK) as router:
        return question(router)


def commands_of(parrot):
    return [words for words in parrot.heard if words[0] not in ("/login", SECRETS, ACTIVE)]


@pytest.mark.parametrize("nothing", [[["!done"]], [["!empty"], ["!done"]]])
@pytest.mark.parametrize("menu", [RESOURCE, IDENTITY])
def test_a_router_that_says_nothing_of_itself_is_no_router(nothing, menu):
    says = {RESOURCE: table([{"uptime": "1d"}]), IDENTITY: table([{"name": "r"}]), menu: nothing}

    with pytest.raises(RouterUnreachable):
        ask(says, lambda router: router.resource())


@pytest.mark.parametrize("nothing", [[["!done"]], [["!empty"], ["!done"]], [["!re"], ["!done"]]])
def test_empty_tables_and_empty_rows_are_nothing(nothing):
    says = dict.fromkeys((SECRETS, ACTIVE, "/interface/print", "/ppp/profile/print"), nothing)

    read = ask(says, lambda one: (one.secrets(), one.actives(), one.interfaces(), one.profiles()))

    assert read == ([], [], [], [])


def test_missing_fields_of_the_state_are_unknown_not_fatal():
    says = {RESOURCE: table([{"version": "7.1"}]), IDENTITY: table([{}])}

    resource = ask(says, lambda router: router.resource())

    assert (resource.version, resource.identity, resource.cpu_load) == ("7.1", "", 0)


@pytest.mark.parametrize("text", ["", "n/a", "1.5", "-1", "²", "true"])
def test_values_that_are_no_numbers_are_not_counted(text):
    says = {
        RESOURCE: table([{"cpu-load": text, "free-memory": text, "uptime": text}]),
        IDENTITY: table([{"name": "r"}]),
        "/interface/print": table(
            [
                {"name": "<pppoe-amina>", "rx-byte": text, "tx-byte": "5"},
                {"name": "<pppoe-babul>", "rx-byte": "7", "tx-byte": "8"},
            ]
        ),
        "/interface/monitor-traffic": table(
            [{"rx-bits-per-second": text, "tx-bits-per-second": "5"}]
        ),
        ACTIVE: table([{"name": "amina", "uptime": text}]),
    }

    with Parrot(says) as parrot, MikrotikRouter(parrot.login, QUICK) as router:
        assert router.resource().cpu_load == 0
        # A counter that cannot be read would look like one that began anew.
        assert router.interfaces() == [InterfaceRow("<pppoe-babul>", "babul", 7, 8)]
        assert router.live_rate("amina") is None
        assert router.actives() == [ActiveRow("amina", "", "", "", 0, "")]


def test_names_in_windows_1252_are_read_as_they_were_typed():
    rows = b""
    for name, comment in ((b"Jos\xe9", b"Caf\xe9 \x96 2"), ("আমিনা".encode(), b"ok")):
        words = [b"!re", b"=name=" + name, b"=comment=" + comment]
        rows += b"".join(bytes((len(word),)) + word for word in words) + b"\x00"
    says = {SECRETS: rows + encode_sentence(["!done"])}

    read = ask(says, lambda router: [(row.name, row.comment) for row in router.secrets()])

    assert read == [("José", "Café – 2"), ("আমিনা", "ok")]


@pytest.mark.parametrize(
    "broken",
    [
        encode_sentence(["!re", "=name=amina"])[:-4],
        encode_sentence(["!re", "=name=amina"]),
        b"\x03!re\x7f=name=",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\xff\xff\xff\xff",
        b"\xf0\x7f\xff\xff\xff",
        b"\xef\xff\xff\xffabc",
        encode_sentence(["!fatal"]),
        b"",
    ],
    ids=[
        "half a word",
        "no end",
        "half a length",
        "a web server",
        "reserved",
        "five",
        "huge",
        "fatal",
        "nothing",
    ],
)
def test_an_answer_that_pauses_off_is_a_typed_error(broken):
    with pytest.raises(RouterUnreachable):
        ask({SECRETS: broken}, lambda router: router.secrets())


def test_a_word_of_gigabytes_is_refused_at_its_length():
    with pytest.raises(RouterUnreachable, match="not a RouterOS API"):
        ask({SECRETS: b"\x03!re\xef\xff\xff\xff"}, lambda router: router.secrets())


def test_a_refusal_without_words_is_a_refusal():
    with pytest.raises(RouterRejected):
        ask({SECRETS: [["!trap"], ["!done"]]}, lambda router: router.secrets())


def test_the_words_of_a_refusal_are_fit_to_be_kept():
    says = {SECRETS: [["!trap", "=message=not permitted\x00 by\n    you"], ["!done"]]}

    with pytest.raises(RouterNoPermission) as refused:
        ask(says, lambda router: router.secrets())

    assert refused.value.detail == "not permitted by you"


def test_a_user_that_already_exists_but_is_not_to_be_found_is_not_done():
    says = {
        SECRETS: table([]),
        "/ppp/secret/add": [
            ["!trap", "=message=failure: secret with the same name already exists"],
            ["!done"],
        ],
    }

    outcomes = ask(says, lambda router: router.apply([OPEN]))

    assert [outcome.status for outcome in outcomes] == [Status.FAILED]


def test_a_user_without_an_id_is_not_ordered_about():
    with (
        Parrot({SECRETS: table([secret(**{".id": None})])}) as parrot,
        MikrotikRouter(parrot.login, QUICK) as router,
    ):
        outcomes = router.apply([CLOSED])

    assert [outcome.status for outcome in outcomes] == [Status.FAILED]
    assert commands_of(parrot) == []


def test_a_session_without_an_id_is_reported_as_still_on_line():
    says = {SECRETS: table([secret(disabled="true")]), ACTIVE: table([{"name": "amina"}])}
    with Parrot(says) as parrot, MikrotikRouter(parrot.login, QUICK) as router:
        outcomes = router.apply([CLOSED])

    assert [outcome.status for outcome in outcomes] == [Status.FAILED]
    assert commands_of(parrot) == []


@pytest.mark.parametrize("disabled", [None, "", "maybe"])
def test_a_user_of_unknown_state_is_never_taken_for_closed_or_open(disabled):
    says = {SECRETS: table([secret(disabled=disabled)])}

    closed = ask(says, lambda router: router.apply([CLOSED]))
    opened = ask(says, lambda router: router.apply([OPEN]))

    assert [one.status for one in (*closed, *opened)] == [Status.FAILED, Status.FAILED]
