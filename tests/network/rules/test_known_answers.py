"""What we know of routers holds at least what was recorded of them."""

import pytest

from network.rules import known_answers
from tests.network.recordings import recorded, rows_of

MENUS = {
    "/ppp/secret": "ppp_secret",
    "/ppp/active": "ppp_active",
    "/ppp/profile": "ppp_profile",
    "/system/resource": "system_resource",
}


def test_every_menu_that_is_watched_was_recorded():
    assert set(known_answers.COLUMNS) == set(known_answers.STATES) == set(MENUS)


@pytest.mark.parametrize(("menu", "name"), MENUS.items())
def test_no_recorded_column_or_state_is_new_to_us(menu, name):
    columns = {column for row in rows_of(name) for column in row} | set(recorded(name)["optional"])
    states = known_answers.STATES[menu]

    assert columns - known_answers.COLUMNS[menu] == set()
    for row in rows_of(name):
        assert {c: row[c] for c in states if c in row and row[c] not in states[c]} == {}
    for column, words in recorded(name).get("states", {}).items():
        assert set(words) - states[column] == set()
