"""The age format: what we write opens, what was altered, cut short or meant for others does not."""

import io
import shutil
import subprocess

import pytest

from ispbill.core import age

# The pair that the format's own test kit uses.
IDENTITY = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX"
THEIRS = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"
CHUNK = 64 * 1024


def sealed(content, *recipients):
    out = io.BytesIO()
    writer = age.Writer(out, recipients)
    writer.write(content)
    writer.close()
    return out.getvalue()


def opened(raw, *identities):
    return age.Reader(io.BytesIO(raw), identities).read()


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_what_was_sealed_opens_for_each_of_its_recipients_alone(size):
    first, second, stranger = age.new_identity(), age.new_identity(), age.new_identity()
    content = bytes(range(251)) * (size // 251 + 1)
    content = content[:size]
    raw = sealed(content, age.recipient_of(first), age.recipient_of(second))

    assert opened(raw, first) == opened(raw, stranger, second) == content
    with pytest.raises(age.Unopened):
        opened(raw, stranger)


def test_a_file_altered_cut_short_or_lengthened_does_not_open():
    identity = age.new_identity()
    raw = sealed(b"x" * (2 * CHUNK + 10), age.recipient_of(identity))
    head = raw.index(b"\n---")
    spoilt = [raw[:-1], raw[: -10 - 16], raw + b"y", raw[: head + 3]]
    spoilt += [raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :] for at in (30, head + 10, -5)]

    for one in spoilt:
        with pytest.raises(age.Unopened):
            opened(one, identity)


def test_keys_read_as_age_writes_them():
    assert age.recipient_of(IDENTITY) == THEIRS
    assert age.identities_in(f"# made today\n{IDENTITY}\n\n") == [IDENTITY]
    with pytest.raises(ValueError, match="wrong"):
        age.recipient_of(IDENTITY[:-1] + "A")


@pytest.mark.skipif(not shutil.which("age"), reason="the age program is not installed")
def test_the_age_program_and_we_read_each_other(tmp_path):
    identity = age.new_identity()
    (tmp_path / "key").write_text(identity)
    raw = sealed(b"taka" * 50_000, age.recipient_of(identity))

    theirs = subprocess.run(
        ["age", "-d", "-i", tmp_path / "key"], input=raw, capture_output=True, check=True
    )
    made = subprocess.run(
        ["age", "-r", age.recipient_of(identity)], input=b"taka", capture_output=True, check=True
    )

    assert theirs.stdout == b"taka" * 50_000
    assert opened(made.stdout, identity) == b"taka"
