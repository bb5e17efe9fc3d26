import pytest
from hypothesis import given
from hypothesis import strategies as st

from ispbill.devtools.sandbox.routeros.wire import (
    SentenceReader,
    WireError,
    decode_length,
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
    (0xFFFFFFFF, "F0 FF FF FF FF"),
]
# One range for each form a length is written in, one to five bytes long.
FORMS = [
    (0, 0x7F),
    (0x80, 0x3FFF),
    (0x4000, 0x1FFFFF),
    (0x200000, 0xFFFFFFF),
    (0x10000000, 0xFFFFFFFF),
]
LENGTHS = st.one_of(*(st.integers(least, most) for least, most in FORMS))


@pytest.mark.parametrize(("length", "prefix"), VECTORS)
def test_a_length_is_written_as_the_manual_has_it(length, prefix):
    assert encode_length(length) == bytes.fromhex(prefix)


@given(length=LENGTHS, before=st.binary(max_size=3), after=st.binary(max_size=3))
def test_a_length_of_any_form_is_read_back_and_takes_as_many_bytes_as_its_form(
    length, before, after
):
    prefix = encode_length(length)

    size = next(n for n, (least, most) in enumerate(FORMS, 1) if least <= length <= most)
    assert len(prefix) == size
    start = len(before) + size
    assert decode_length(before + prefix + after, len(before)) == (length, start)


@given(length=LENGTHS)
def test_a_length_that_has_not_all_come_is_waited_for(length):
    prefix = encode_length(length)

    assert [decode_length(prefix[:size]) for size in range(len(prefix))] == [None] * len(prefix)


@given(words=st.lists(st.text(min_size=1, max_size=300), min_size=1), size=st.integers(1, 50))
def test_any_words_are_read_back_in_whatever_pieces_they_come(words, size):
    reader = SentenceReader(max_sentence_bytes=1_000_000)
    data = encode_sentence(words)

    found = [reader.feed(data[at : at + size]) for at in range(0, len(data), size)]

    assert [sentence for piece in found for sentence in piece] == [words]


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
