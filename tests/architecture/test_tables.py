"""The tables of security requirements and of faults: every row once, everything they name there."""

import re
from collections import Counter

from tests.architecture.test_translations import ROOT

TEXT = (ROOT / "docs/asvs.md").read_text()
ROWS = re.findall(r"^\| (\d+\.\d+\.\d+) \| (.+) \|$", TEXT, re.MULTILINE)
# Rows of levels 1 and 2 in OWASP ASVS 5.0.0, by chapter.
COUNTS = {
    1: 27, 2: 11, 3: 19, 4: 10, 5: 9, 6: 35, 7: 18, 8: 7, 9: 7, 10: 29, 11: 14, 12: 9, 13: 13,
    14: 9, 15: 13, 16: 16, 17: 7,
}  # fmt: skip
# What looks like a path and is an address.
_ADDRESSES = {"/metrics", "/health", "/api/docs/"}


def test_every_row_of_the_two_levels_stands_once():
    numbers = [number for number, _words in ROWS]

    assert Counter(int(number.split(".")[0]) for number in numbers) == COUNTS
    assert len(set(numbers)) == len(numbers)


def test_what_a_row_names_is_there():
    named = set(re.findall(r"`([^` ]*/[^` ]*)`|(docs/[\w./-]*\w)", TEXT))
    paths = {one or other for one, other in named} - _ADDRESSES

    assert {path for path in paths if not (ROOT / path).exists()} == set()


def test_what_is_open_is_said_at_the_top():
    top = re.search(r"^\| open \| (.+) \|$", TEXT, re.MULTILINE)

    assert top is not None
    still = {number for number, words in ROWS if words.startswith("**Open**")}
    assert top[1] == (", ".join(sorted(still)) or "none")


def test_each_fault_has_a_row_and_each_test_it_names_is_there():
    text = (ROOT / "docs/faults.md").read_text()

    assert re.findall(r"^\| (F-\d\d) \|", text, re.MULTILINE) == [
        f"F-{number:02d}" for number in range(1, 37)
    ]
    assert {
        path for path in re.findall(r"`(tests/[^`]+)`", text) if not (ROOT / path).exists()
    } == (set())
