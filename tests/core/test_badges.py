"""Every status reads the same everywhere, and none can break a page."""

import re
from pathlib import Path

import pytest

from ispbill.core import badges

SPRITE = Path(__file__).parents[2] / "static" / "icons.svg"


def test_a_status_is_an_icon_a_word_and_a_tone():
    badge = badges.find("OVERDUE", "invoice")

    assert (badge.tone, badge.icon, str(badge.word)) == ("danger", "alert-circle", "Overdue")


@pytest.mark.parametrize("written", ["in progress", "IN-PROGRESS", "In_Progress"])
def test_the_spelling_of_a_code_does_not_matter(written: str):
    assert badges.find(written, "ticket") == badges.VOCABULARY["ticket"]["IN_PROGRESS"]


def test_an_unknown_status_is_neutral_and_still_readable():
    badge = badges.find("HALF_DONE", "invoice")

    assert (badge.tone, str(badge.word)) == ("neutral", "Half done")


@pytest.mark.parametrize("nothing", [None, ""])
def test_no_status_at_all_is_said_to_be_unknown(nothing: str | None):
    assert str(badges.find(nothing, "no such kind").word) == "Unknown"


def test_every_badge_uses_a_symbol_that_exists():
    symbols = set(re.findall(r'<symbol id="([^"]+)"', SPRITE.read_text()))
    used = {badge.icon for words in badges.VOCABULARY.values() for badge in words.values()}

    assert used - symbols == set()
