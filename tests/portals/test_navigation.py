"""A menu offers what a person may open, and marks where they are."""

import re
from pathlib import Path

import pytest

from ispbill.accounts import access
from ispbill.portals import navigation
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
        for group in navigation.STAFF
        for entry in group.entries
        for name in (entry.permission, entry.add_permission)
        if name
    }

    assert asked - set(access.CAPABILITIES) == set()


def test_every_symbol_of_the_menus_exists():
    symbols = set(re.findall(r'<symbol id="([^"]+)"', SPRITE.read_text()))
    used = {group.symbol for group in (*navigation.STAFF, *navigation.RESELLER)}
    used |= {entry.symbol for entry in (*navigation.CUSTOMER, *navigation.TECHNICIAN)}

    assert used - symbols == set()
