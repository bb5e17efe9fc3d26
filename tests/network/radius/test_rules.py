"""Accounting, replies, orders and packets, each by the table that decides it."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from network.radius.rules import accounting, orders, packets, replies
from network.radius.rules.accounting import Kind, Packet, Session, Verdict
from network.radius.rules.orders import Order, Stand
from network.radius.rules.packets import Code, Malformed
from network.radius.rules.replies import Wish

AT = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)


def minutes(number):
    return AT + timedelta(minutes=number)


def packet(kind, at, upload=0, download=0, began=AT):
    seconds = int((at - began).total_seconds())
    return Packet(kind=kind, at=at, seconds=seconds, upload=upload, download=download)


def played(*packets_):
    """Return the session after all of them, and what they added together."""
    known, verdicts, upload = None, [], 0
    for one in packets_:
        judged = accounting.judge(known, one)
        known, upload = judged.session, upload + judged.upload
        verdicts.append(judged.verdict)
    return known, upload, verdicts


# --- accounting: a row of the table each


def test_a_counter_comes_in_two_halves():
    assert accounting.total(1_000, 3) == 12_884_902_888


def test_it_happened_before_it_was_told():
    assert accounting.happened_at(AT, 90) == AT - timedelta(seconds=90)


def test_start_and_stop_again_do_nothing():
    start, stop = packet(Kind.START, AT), packet(Kind.STOP, minutes(10), 500)

    session, upload, verdicts = played(start, start, stop, stop, start)

    assert (session.began_at, session.ended_at, upload) == (AT, minutes(10), 500)
    assert verdicts == [Verdict.NEW, Verdict.REPEATED, Verdict.COUNTED] + [Verdict.REPEATED] * 2


def test_a_stop_of_zeros_takes_nothing_back():
    session, upload, _ = played(
        packet(Kind.START, AT),
        packet(Kind.UPDATE, minutes(5), 700),
        Packet(kind=Kind.STOP, at=minutes(6)),
    )

    assert (session.upload, upload, session.ended_at) == (700, 700, minutes(6))


def test_an_update_without_a_start_opens_when_it_began():
    session, upload, verdicts = played(packet(Kind.UPDATE, minutes(20), 900))

    assert (session.began_at, upload, verdicts) == (AT, 900, [Verdict.NEW])


def test_an_update_after_the_stop_never_reopens_but_larger_counters_count():
    session, upload, _ = played(
        packet(Kind.START, AT),
        packet(Kind.STOP, minutes(10), 500),
        packet(Kind.UPDATE, minutes(10), 650),
    )

    assert (session.ended_at, upload) == (minutes(10), 650)


def test_a_smaller_session_time_is_late():
    known, upload, verdicts = played(
        packet(Kind.UPDATE, minutes(10), 500), packet(Kind.UPDATE, minutes(5), 300)
    )

    assert (known.upload, upload, verdicts[-1]) == (500, 500, Verdict.LATE)


def test_a_known_id_with_a_new_start_is_a_new_session():
    later = minutes(600)

    session, upload, verdicts = played(
        packet(Kind.START, AT),
        packet(Kind.STOP, minutes(10), 500),
        packet(Kind.START, later, began=later),
        packet(Kind.UPDATE, later + timedelta(minutes=5), 40, began=later),
    )

    assert (session.began_at, session.ended_at, upload) == (later, None, 540)
    assert verdicts[2] is Verdict.NEW


def test_a_newer_update_revives_what_was_lost():
    lost = Session(
        began_at=AT, last_at=minutes(5), seconds=300, upload=10, ended_at=minutes(5), is_lost=True
    )

    judged = accounting.judge(lost, packet(Kind.UPDATE, minutes(40), 90))

    assert (judged.session.ended_at, judged.session.is_lost, judged.upload) == (None, False, 80)


# --- replies


def wish(**changes):
    values = {"state": "OPEN", "disables": False, "download_mbps": 30, "upload_mbps": 5}
    return Wish(**values | {"pool": "pppoe", "walled_pool": "expired"} | changes)


def test_an_open_line_is_answered_its_speed_upload_first_and_its_pool():
    assert replies.reply(wish()) == [
        ("Mikrotik-Rate-Limit", "5M/30M"),
        ("Framed-Pool", "pppoe"),
        ("Acct-Interim-Interval", "300"),
    ]


def test_a_fixed_address_takes_the_place_of_the_pool():
    names = dict(replies.reply(wish(address="203.0.113.9", ipv6_pool="six")))

    assert names["Framed-IP-Address"] == "203.0.113.9"
    assert names["Mikrotik-Delegated-IPv6-Pool"] == "six"
    assert "Framed-Pool" not in names


def test_a_fixed_prefix_takes_the_place_of_the_pool_of_prefixes():
    names = dict(replies.reply(wish(prefix="2001:db8:1200::/56", ipv6_pool="six")))

    assert names["Delegated-IPv6-Prefix"] == "2001:db8:1200::/56"
    assert "Mikrotik-Delegated-IPv6-Pool" not in names
    assert "Delegated-IPv6-Prefix" not in dict(replies.reply(wish(ipv6_pool="six")))


def test_a_suspended_line_lands_in_the_walled_garden():
    closed = wish(state="WALLED", address="203.0.113.9", prefix="2001:db8:1200::/56")
    assert replies.reply(closed) == [
        ("Mikrotik-Rate-Limit", "1M/1M"),
        ("Mikrotik-Address-List", "ispbill-suspended"),
        ("Framed-Pool", "expired"),
        ("Acct-Interim-Interval", "300"),
    ]


@pytest.mark.parametrize("changes", [{"state": "WALLED", "disables": True}, {"state": "REMOVED"}])
def test_a_disabled_or_removed_line_is_not_let_in(changes):
    assert not replies.may_sign_on(wish(**changes))
    assert replies.reply(wish(**changes)) == []


# --- orders


def stand(**changes):
    values = {
        "wanted": "OPEN",
        "confirmed": "OPEN",
        "is_let_in": True,
        "is_other_profile": False,
        "is_in_doubt": False,
        "fixed_address": "",
        "session_address": "10.0.0.7",
    }
    return Stand(**values | changes)


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({}, None),
        ({"is_other_profile": True}, Order.CHANGE),
        ({"wanted": "WALLED"}, Order.DISCONNECT),
        ({"confirmed": "WALLED"}, Order.DISCONNECT),
        ({"wanted": "WALLED", "confirmed": "WALLED", "is_other_profile": True}, None),
        ({"is_let_in": False}, Order.DISCONNECT),
        ({"is_in_doubt": True}, Order.DISCONNECT),
        ({"fixed_address": "203.0.113.9"}, Order.DISCONNECT),
        ({"fixed_address": "10.0.0.7"}, None),
    ],
)
def test_a_session_is_told_only_what_changed(changes, wanted):
    assert orders.order(stand(**changes)) is wanted


def test_a_session_that_should_have_ended_proves_that_it_did_not():
    assert orders.is_proof(Kind.UPDATE, is_new=False, was_disconnected=True) is None
    assert orders.is_proof(Kind.UPDATE, is_new=False, was_disconnected=False) is True
    assert orders.is_proof(Kind.STOP, is_new=False, was_disconnected=True) is True
    assert orders.is_proof(Kind.START, is_new=True, was_disconnected=True) is True


# --- packets


def answered(code, *, asked, secret=b"s", body=b""):
    head = bytes((code, asked[1])) + (20 + len(body)).to_bytes(2, "big")
    return head + hashlib.md5(head + asked[4:20] + body + secret).digest() + body  # noqa: S324


def test_a_request_is_signed_over_zeros_in_the_place_of_its_proof():
    body = packets.attribute("User-Name", "rahim")

    made = packets.request(Code.COA_REQUEST, identifier=7, attributes=body, secret=b"s")

    assert made[:4] == bytes((43, 7, 0, 27))
    assert made[4:20] == hashlib.md5(made[:4] + bytes(16) + body + b"s").digest()  # noqa: S324
    assert made[20:] == b"\x01\x07rahim"


def test_a_makers_attribute_stands_in_an_attribute_of_its_own():
    made = packets.attribute("Mikrotik-Rate-Limit", "5M/30M")

    assert made == b"\x1a\x0e\x00\x00\x3a\x8c\x08\x08" + b"5M/30M"


def test_an_answer_is_read_with_its_cause():
    asked = packets.request(Code.DISCONNECT_REQUEST, identifier=1, attributes=b"", secret=b"s")
    gone = answered(42, asked=asked, body=bytes((101, 6)) + (503).to_bytes(4, "big"))

    assert packets.answer(answered(41, asked=asked), asked=asked, secret=b"s").is_ack
    assert packets.answer(gone, asked=asked, secret=b"s").is_gone


@pytest.mark.parametrize("spoil", ["secret", "identifier", "code", "short", "length"])
def test_what_is_not_the_routers_answer_is_refused(spoil):
    asked = packets.request(Code.DISCONNECT_REQUEST, identifier=1, attributes=b"", secret=b"s")
    data = answered(44 if spoil == "code" else 41, asked=asked)
    if spoil == "secret":
        data = answered(41, asked=asked, secret=b"other")
    elif spoil == "identifier":
        data = data[:1] + b"\x02" + data[2:]
    elif spoil == "short":
        data = data[:10]
    elif spoil == "length":
        data = data[:2] + (90).to_bytes(2, "big") + data[4:]

    with pytest.raises(Malformed):
        packets.answer(data, asked=asked, secret=b"s")
