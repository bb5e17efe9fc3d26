"""A menu offers what a person may open, and marks where they are."""

import re
from pathlib import Path

import pytest

from ispbill.accounts.capabilities import CAPABILITIES
from ispbill.inbox.queries import sources
from ispbill.portals import menus, navigation
from ispbill.portals.navigation import Entry, Group

SPRITE = Path(__file__).parents[2] / "static" / "icons.svg"
HOME = Entry("Home", "home", is_home=True)
CUSTOMERS = Entry("Customers", "customers", "customers.view")
LEADS = Entry("Leads", "leads", "leads.view")
ADDRESSES = {"home": "/admin/", "customers": "/admin/customers/", "leads": "/admin/leads/"}
GROUPS = (
    Group("start", "Start", "home", (HOME,)),
    Group("people", "People", "users", (CUSTOMERS, LEADS)),
)


@pytest.fixture(autouse=True)
def _addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "address", lambda name: ADDRESSES.get(name, ""))


def labels(sections: list[navigation.Section]) -> list[str]:
    return [str(item.label) for section in sections for item in section.items]


def test_an_entry_without_permission_is_left_out():
    shown = navigation.sections(GROUPS, may=lambda name: name != "leads.view", path="/")

    assert labels(shown) == ["Home", "Customers"]


def test_an_entry_whose_page_does_not_exist_is_left_out(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delitem(ADDRESSES, "leads")

    assert labels(navigation.sections(GROUPS, may=lambda _name: True, path="/")) == [
        "Home",
        "Customers",
    ]


def test_a_group_with_nothing_to_offer_is_not_shown():
    shown = navigation.sections(GROUPS, may=lambda _name: False, path="/")

    assert [section.key for section in shown] == ["start"]


@pytest.mark.parametrize(
    ("path", "here"),
    [
        ("/admin/", ["Home"]),
        ("/admin/customers/", ["Customers"]),
        ("/admin/customers/CT-2026-00012/", ["Customers"]),
        ("/admin/elsewhere/", []),
    ],
)
def test_the_current_page_marks_its_entry(path: str, here: list[str]):
    shown = navigation.sections(GROUPS, may=lambda _name: True, path=path)

    assert [str(item.label) for part in shown for item in part.items if item.is_current] == here


def test_every_permission_of_the_menu_is_a_capability():
    asked = {
        name
        for group in menus.STAFF
        for place in group.entries
        for entry in (place, *place.also)
        for name in (*entry.permission.split("|"), entry.add_permission)
        if name
    }

    assert asked - set(CAPABILITIES) == set()


def test_every_symbol_of_the_menus_exists():
    symbols = set(re.findall(r'<symbol id="([^"]+)"', SPRITE.read_text()))
    used = {group.symbol for group in (*menus.STAFF, *menus.RESELLER)}
    used |= {entry.symbol for entry in (*menus.CUSTOMER, *menus.TECHNICIAN)}

    assert used - symbols == set()


def test_a_group_holds_at_most_seven_entries():
    assert {group.key: len(group.entries) for group in menus.STAFF if len(group.entries) > 7} == {}


def test_no_page_stands_in_the_menu_twice():
    names = [
        entry.url_name
        for group in menus.STAFF
        for place in group.entries
        for entry in (place, *place.also)
    ]

    assert sorted(names) == sorted(set(names))


PLACES = (
    Group(
        "customers",
        "Customers",
        "users",
        (
            Entry(
                "Customers", "customers", tab="All", also=(Entry("Leads", "leads", "leads.view"),)
            ),
        ),
    ),
)


def test_pages_of_one_place_are_tabs_of_each_other_and_one_entry_of_the_menu():
    may = {"may": lambda _name: True}

    assert [item.label for item in navigation.sections(PLACES, path="/", **may)[0].items] == [
        "Customers"
    ]
    beside = navigation.beside(PLACES, path="/admin/leads/", **may)
    assert [(item.label, item.is_current) for item in beside] == [("All", False), ("Leads", True)]


def test_a_page_under_a_place_has_no_tabs_and_marks_its_entry():
    may = {"may": lambda _name: True}

    assert navigation.beside(PLACES, path="/admin/customers/CT-1/", **may) == []
    assert navigation.sections(PLACES, path="/admin/leads/", **may)[0].items[0].is_current


def test_who_may_not_see_a_place_s_first_page_enters_by_the_next():
    groups = (
        Group(
            "x",
            "X",
            "users",
            (Entry("Customers", "customers", "customers.view", also=(Entry("Leads", "leads"),)),),
        ),
    )
    shown = navigation.sections(groups, may=lambda name: name != "customers.view", path="/")

    assert [(item.label, item.url) for item in shown[0].items] == [("Leads", "/admin/leads/")]
    assert navigation.beside(groups, may=lambda _name: False, path="/admin/leads/") == []


def test_the_inbox_is_offered_to_whoever_decides_about_something():
    entry = next(group.entries[0] for group in menus.STAFF if group.key == "inbox")

    assert set(entry.permission.split("|")) == {source.capability for source in sources.every()}
