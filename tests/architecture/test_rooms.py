"""Each room has its page in `docs/rooms`, of ten lines at most, and what the page names exists."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "rooms"
MOST_LINES = 10
WIDEST = 120  # or ten lines would be any number
FLOORS = ("billing", "payments", "network", "fieldservice", "signup")
WHOLE_APPS = (
    "customers",
    "network",
    "resellers",
    "contracts",
    "churn",
    "fieldservice",
    "signup",
    "tickets",
    "ispbill.accounts",
    "ispbill.audit",
    "ispbill.core",
    "ispbill.inbox",
    "ispbill.notifications",
    "ispbill.portals",
    "ispbill.reports",
    "ispbill.upkeep",
    "ispbill.api",
    "ispbill.webhooks",
)
_NAME = re.compile(r"`([^`]+)`")


def rooms():
    """Return the dotted name of every room, by the name of its page."""
    found = [
        f"{floor}.{place.name}"
        for floor in FLOORS
        for place in sorted((ROOT / floor).iterdir())
        if (place / "models").is_dir() or (place / "services").is_dir()
    ]
    return {
        name.removeprefix("ispbill.").replace(".", "-") + ".md": name
        for name in (*found, *WHOLE_APPS)
    }


ROOMS = rooms()


def faults(room, text):
    """Return what is wrong with a room's page."""
    lines = text.splitlines()
    found = [f"{len(lines)} lines"] if len(lines) > MOST_LINES else []
    found += [f"wide: {line[:30]}" for line in lines if len(line) > WIDEST]
    if not text.startswith(f"# {room}: "):
        found.append("another title")
    return found + [name for name in _NAME.findall(text) if not is_there(name, room=room)]


def is_there(name, *, room):
    """Tell whether a name is a file, a package, a module, or what a module says at its top.

    Names are the room's own (`services.ledger.post`, `freeze_line.sql`) or whole ones. A single
    word is nobody's name.
    """
    place = ROOT / room.replace(".", "/")
    if "/" in name or name.endswith(".sql"):
        return (ROOT / name).is_file() or (place / "guards" / name).is_file()
    if "." not in name:
        return True
    path = name.split(".")
    return any(_leads_somewhere(base, path) for base in (place, ROOT))


def _leads_somewhere(base, path):
    *above, last = path
    whole = base.joinpath(*path)
    if whole.with_suffix(".py").is_file() or (whole / "__init__.py").is_file():
        return True
    module = base.joinpath(*above).with_suffix(".py")
    return bool(above) and module.is_file() and last in _top_of(module)


@cache
def _top_of(module):
    """Return the names a module defines or imports at its top."""
    found = set()
    for node in ast.parse(module.read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.ImportFrom):
            found |= {alias.asname or alias.name for alias in node.names}
    return found


@pytest.mark.parametrize("page", ROOMS)
def test_a_room_has_its_page_and_what_it_names_exists(page):
    assert faults(ROOMS[page], (PAGES / page).read_text()) == []


@pytest.mark.parametrize(
    "page", [page for page, room in ROOMS.items() if room.split(".")[0] in FLOORS]
)
def test_a_page_names_its_guards(page):
    """Those of functions; a file for each table is nothing to tell."""
    text = (PAGES / page).read_text()
    guards = (ROOT / ROOMS[page].replace(".", "/") / "guards").glob("*.sql")

    assert [
        file.name
        for file in guards
        if not file.name.startswith("table_") and f"`{file.name}`" not in text
    ] == []


def test_pages_and_index_are_of_rooms_that_exist():
    pages = {file.name for file in PAGES.glob("*.md")} - {"README.md"}
    index = (PAGES / "README.md").read_text()
    named = re.findall(r"\[([\w.]+)\]\(([\w-]+\.md)\)", index)

    assert pages == set(ROOMS)
    assert sorted(named) == sorted((room, page) for page, room in ROOMS.items())


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("`services.ledger.post_twice`", "services.ledger.post_twice"),
        ("`services.old_ledger.post`", "services.old_ledger.post"),
        ("`payments.services.settlement`", "payments.services.settlement"),
        ("`freeze_nothing.sql`", "freeze_nothing.sql"),
        (
            "`billing/guards/check_postings_balance.sql`",
            "billing/guards/check_postings_balance.sql",
        ),
        ("one\nmore\nand\nanother", "12 lines"),
        ("wide" * 40, f"wide: {('wide' * 40)[:30]}"),
    ],
)
def test_a_wrong_page_is_seen(wrong, words):
    page = "# billing.ledger: the books\n" + "\n" * 7 + wrong + "\n"
    right = page.replace(wrong, "`services.ledger.post`, `check_postings_balance.sql`")

    assert faults("billing.ledger", right) == []
    assert faults("billing.ledger", page) == [words]
