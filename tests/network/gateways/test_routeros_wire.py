import logging
import random
import socket
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ispbill.devtools.sandbox.routeros.wire import SentenceReader, encode_sentence
from network.gateways.base import ForbiddenCharacters
from network.gateways.routeros_wire import (
    BlockProtocol,
    BufferedTransport,
    plain,
    sentence,
    text_of,
)


def read_back(data, columns, *, pieces=None):
    """Send bytes through a real socket and read them as the rows of one answer."""
    ours, theirs = socket.socketpair()
    protocol = BlockProtocol(BufferedTransport(ours, read_seconds=5.0), "utf-8")

    def send():
        size = pieces or len(data)
        for start in range(0, len(data), size):
            theirs.sendall(data[start : start + size])

    sender = threading.Thread(target=send)
    sender.start()
    try:
        return protocol.read_rows(columns)
    finally:
        sender.join()
        ours.close()
        theirs.close()


def answer(rows):
    words = [["!re", *(f"={k}={v}" for k, v in row.items())] for row in rows]
    return b"".join(map(encode_sentence, [*words, ["!done"]]))


@pytest.mark.parametrize("pieces", [None, 1, 7, 100])
def test_rows_are_read_however_they_arrive(pieces):
    rows = [{"name": f"user{n}", "rx-byte": str(n * 1000)} for n in range(200)]

    found, traps = read_back(answer(rows), ("name", "rx-byte"), pieces=pieces)

    assert found == [(f"user{n}", str(n * 1000)) for n in range(200)]
    assert traps == []


def test_columns_may_be_missing_or_in_another_order():
    rows = [
        {"name": "a", "comment": "x"},
        {"comment": "y", "name": "b"},
        {"name": "c"},
        {"comment": "z"},
        {},
        {"name": "d", "extra": "1", "comment": "w"},
    ]

    found, _traps = read_back(answer(rows), ("name", "comment"))

    assert found == [("a", "x"), ("b", "y"), ("c", ""), ("", "z"), ("", ""), ("d", "w")]


def test_values_may_hold_anything_a_word_can():
    values = [
        "=",
        "a=b=c",
        "x\x00\x03!re=name=evil",
        "\x05!done\x00",
        "a" * 61,
        "b" * 126,
        "c" * 128,
        "d" * 255,
        "e" * 16_383,
        "f" * 20_000,
        "আমিনা বেগম",
        "ক" * 300,
        "",
    ]
    rows = [{"name": value, "comment": value[::-1]} for value in values]

    found, _traps = read_back(answer(rows), ("name", "comment"), pieces=1_000)

    assert found == [(value, value[::-1]) for value in values]


def test_random_tables_are_read_as_they_were_written():
    dice = random.Random(7)
    names = ["name", "profile", "comment", "remote-address"]
    alphabet = "ab=\x00!রক "
    rows = []
    for _ in range(500):
        chosen = [name for name in names if dice.random() < 0.8]
        if dice.random() < 0.1:
            dice.shuffle(chosen)
        rows.append({n: "".join(dice.choices(alphabet, k=dice.randrange(200))) for n in chosen})

    found, _traps = read_back(answer(rows), names, pieces=4_001)

    assert found == [tuple(row.get(name, "") for name in names) for row in rows]


def test_a_broken_word_is_not_read_as_the_beginning_of_the_next():
    comment = "c" * 52  # its word is 61 bytes long, and 61 is the code of "="
    data = encode_sentence(["!re", "=name=a", "=comment=b"])
    data += encode_sentence(["!re", "=name", f"=comment={comment}"])
    data += encode_sentence(["!done"])

    found, _traps = read_back(data, ("name", "comment"))

    assert found == [("a", "b"), ("", comment)]


def test_a_trap_after_some_rows_is_reported():
    data = encode_sentence(["!re", "=name=a"])
    data += encode_sentence(["!trap", "=category=2", "=message=interrupted"])
    data += encode_sentence(["!done"])

    found, traps = read_back(data, ("name",))

    assert found == [("a",)]
    assert traps == [{"category": "2", "message": "interrupted"}]


@pytest.mark.parametrize("reply", [["!empty"], []])
def test_an_empty_table_is_no_rows(reply):
    data = encode_sentence(reply) + encode_sentence(["!done"])

    assert read_back(data, ("name",)) == ([], [])


@pytest.mark.parametrize(
    "size", [0x7F, 0x80, 0x3FFF, 0x4000, 0x1FFFFF, 0x200000, 0x200001], ids=hex
)
def test_a_word_is_read_back_at_the_edges_of_every_form_of_its_length(size):
    value = "v" * (size - len("=name="))

    assert read_back(answer([{"name": value}]), ("name",), pieces=65_536) == ([(value,)], [])
    assert SentenceReader(max_sentence_bytes=0x400000).feed(sentence("/x", f"=name={value}")) == [
        ["/x", f"=name={value}"]
    ]


# Sent as UTF-8 by us; surrogates and control characters never leave (see below).
WORDS = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=400)


@given(values=st.lists(WORDS, min_size=1, max_size=6))
def test_what_we_send_is_what_a_router_reads(values):
    words = [f"=name={value}" for value in values]

    reader = SentenceReader(max_sentence_bytes=1_000_000)

    assert reader.feed(sentence("/x", *words)) == [["/x", *words]]


@given(raw=st.binary(max_size=200))
def test_any_bytes_of_a_router_are_some_text(raw):
    text = text_of(raw)

    assert isinstance(text.encode("utf-8"), bytes)
    assert plain(text) == plain(plain(text))


@pytest.mark.parametrize("character", ["\r", "\n", "\x00", "\t", "\x1b", "\x7f", "\x85", "\ud800"])
def test_control_characters_are_refused_before_anything_is_sent(character):
    with pytest.raises(ForbiddenCharacters, match="name"):
        sentence("/ppp/secret/add", f"=name=a{character}SET x 1")


def test_the_word_that_is_refused_is_not_shown():
    with pytest.raises(ForbiddenCharacters) as refused:
        sentence("/login", "=password=hush\nhush")

    assert "hush" not in str(refused.value)


def test_the_library_s_log_never_shows_words():
    assert not logging.getLogger("librouteros").isEnabledFor(logging.DEBUG)
