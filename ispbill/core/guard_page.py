"""`docs/guards.md`: what the database itself refuses and keeps, written from the guards' files."""

import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from ispbill.core import guard_files
from ispbill.core.guard_files import GuardFile

PLACE = "docs/guards.md"

_HEAD = """# What the database itself refuses and keeps

Written by `manage.py guards --write` from `<room>/guards/*.sql` (or `<app>/guards/*.sql`); how
they are installed and changed is in [ADR 44](adr/0044-guards-are-files.md). A guard stands behind
the Python rule named beside it: the rule decides and explains, the guard refuses what went past it.
The last column is where it is taken away and a violation gets through; a function without one is
tried through the guards that call it.
"""
_TABLE = """
## {app}

| Guard | What it refuses or keeps | Rule beside it | Tried by |
|---|---|---|---|
"""
_TRIGGER = re.compile(r"\bTRIGGER (?!IF EXISTS)(\w+)")
_FUNCTION = re.compile(r"CREATE OR REPLACE FUNCTION (\w+)")


def render() -> str:
    """Return the page."""
    return "".join(_parts())


def write() -> None:
    (settings.BASE_DIR / PLACE).write_text(render())


def tried_by(file: GuardFile, tests: dict[str, str]) -> str:
    """Return the test that takes a guard away: the one its file names, or that names it."""
    if file.test:
        return file.test
    for name in (*_TRIGGER.findall(file.text), *_FUNCTION.findall(file.text)):
        for place, text in tests.items():
            if f'"{name}"' in text:
                return place
    return ""


def tests() -> dict[str, str]:
    """Return every test module's text by its place, the laws first."""
    root: Path = settings.BASE_DIR
    found = sorted(root.glob("tests/**/*.py"), key=lambda path: ("laws" not in path.parts, path))
    return {path.relative_to(root).as_posix(): path.read_text() for path in found}


def _parts() -> Iterator[str]:
    yield _HEAD
    known = tests()
    for app in guard_files.apps_with_guards():
        yield _TABLE.format(app=app.name)
        for file in sorted(guard_files.read(app), key=lambda file: file.name):
            rule = f"`{file.rule}`" if file.rule else ""
            by = tried_by(file, known)
            cells = (f"[{file.name}](../{file.place})", file.says, rule, by and f"[{by}](../{by})")
            yield f"| {' | '.join(cells)} |\n"
