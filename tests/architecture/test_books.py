"""The books for people name what stands on the screen: a word that is no more there is found."""

import re
from pathlib import Path

import pytest

from tests.architecture.catalogue import messages
from tests.architecture.test_translations import PO, ROOT

BOOKS = sorted((ROOT / "docs/user").glob("*.md"))
# *Words* between single stars are the screen's; a comma leads from a menu to its entry.
NAMED = re.compile(r"(?<![*\w])\*([^*\s][^*]*?)\*(?![*\w])")


def plain(text: str) -> str:
    return text.strip().rstrip("…?.").lower()


def named(text: str) -> set[str]:
    """Return the words a book says are on the screen."""
    return {" ".join(found.split()) for found in NAMED.findall(text)}


def unknown(text: str, known: set[str]) -> set[str]:
    return {
        part
        for words in named(text)
        if plain(words) not in known
        for part in words.split(", ")
        if plain(part) not in known
    }


@pytest.fixture(scope="module")
def known() -> set[str]:
    return {plain(english) for message in messages(PO) for english in message.english}


@pytest.mark.parametrize("book", BOOKS, ids=lambda one: one.name)
def test_every_word_of_the_screen_is_on_it(book: Path, known: set[str]) -> None:
    text = book.read_text()

    assert unknown(text, known) == set()
    assert named(text) or book.name == "README.md"


def test_a_word_that_is_nowhere_is_found(known: set[str]) -> None:
    assert unknown("Press *Bills, Fly to the moon*.", known) == {"Fly to the moon"}


def test_the_first_page_leads_to_every_book() -> None:
    first = (ROOT / "docs/user/README.md").read_text()

    assert {book.name for book in BOOKS} - {"README.md"} == set(re.findall(r"\((\w+\.md)\)", first))
