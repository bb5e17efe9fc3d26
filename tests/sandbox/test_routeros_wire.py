import pytest

from ispbill.sandbox.routeros.wire import (
    SentenceReader,
    WireError,
    encode_length,
    encode_sentence,
)

VECTORS = [
    (0x00, "00"),
    (0x7F, "7F"),
    (0x80, "80 80"),
    (0x3FFF, "BF FF"),
    (0x4000, "C0 40 00"),
    (0x1FFFFF, "DF FF FF"),
    (0x200000, "E0 20 00 00"),
    (0xFFFFFFF, "EF FF FF FF"),
    (0x10000000, "F0 10 00 00 00"),
]


@pytest.mark.parametrize(("length", "prefix"), VECTORS)
def test_a_length_is_written_as_the_manual_has_it(length, prefix):
    assert encode_length(length) == bytes.fromhex(prefix)


@pytest.mark.parametrize("length", [1, 0x7F, 0x80, 0x3FFF, 0x4000, 0x1FFFFF, 0x200000])
def test_a_word_of_any_length_is_read_back(length):
    reader = SentenceReader(max_sentence_bytes=0x400000)

    assert reader.feed(encode_sentence(["/x", "a" * length])) == [["/x", "a" * length]]


def test_a_sentence_may_come_byte_by_byte():
    reader = SentenceReader(max_sentence_bytes=1_000)
    data = encode_sentence(["/login", "=name=আমিনা"])

    found = [reader.feed(data[i : i + 1]) for i in range(len(data))]

    assert found == [[]] * (len(data) - 1) + [[["/login", "=name=আমিনা"]]]


def test_several_sentences_may_come_at_once_and_empty_ones_are_ignored():
    reader = SentenceReader(max_sentence_bytes=1_000)
    data = encode_sentence(["/a"]) + b"\x00\x00" + encode_sentence(["/b", "=x=1"])

    assert reader.feed(data) == [["/a"], ["/b", "=x=1"]]


def test_a_reserved_control_byte_ends_the_conversation():
    with pytest.raises(WireError):
        SentenceReader(max_sentence_bytes=1_000).feed(b"\xf8")


def test_a_sentence_that_never_ends_is_refused():
    with pytest.raises(WireError):
        SentenceReader(max_sentence_bytes=1_000).feed(encode_length(2_000) + b"a")
