"""Every model and every room has its word in the glossary."""

import re
from pathlib import Path

from django.apps import apps

ROOT = Path(__file__).parents[2]
OURS = (
    "billing",
    "payments",
    "customers",
    "network",
    "resellers",
    "contracts",
    "fieldservice",
    "signup",
    "tickets",
    "churn",
)
# What the house calls the parts of an app (docs/architecture.md): no terms of the field.
HOUSE = {
    "urls", "views", "forms", "services", "queries", "gateways", "models", "rules", "guards",
    "migrations", "management", "templatetags", "__pycache__",
}  # fmt: skip


def test_every_model_has_a_row():
    named = {
        model.__name__
        for model in apps.get_models()
        if model.__module__.split(".")[0] in (*OURS, "ispbill")
    }

    assert without_a_row(named) == set()


def test_every_room_has_a_row():
    assert without_a_row(rooms()) == set()


def test_a_model_without_a_row_is_found():
    assert without_a_row({"Invoice", "LostAndFound"}) == {"LostAndFound"}


def rooms() -> set[str]:
    """Name the folders of an app, and of its services, that stand for a capability."""
    folders = [
        folder
        for app in OURS
        for parent in (ROOT / app, ROOT / app / "services")
        for folder in parent.glob("*/")
    ]
    return {folder.name for folder in folders if folder.name not in HOUSE}


def without_a_row(names: set[str]) -> set[str]:
    known = words()
    return {name for name in names if spoken(name) not in known}


def words() -> set[str]:
    """Return the terms in bold that begin the rows, each in small letters."""
    text = (ROOT / "docs/glossary.md").read_text()
    heads = re.findall(r"^\| \*\*(.+?)\*\*", text, re.MULTILINE)
    return {spoken(one.strip()) for head in heads for one in head.split(",")}


def spoken(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])|[_ ]+", " ", name).lower()
