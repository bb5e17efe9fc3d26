"""The database's own code, as files: `<room>/guards/*.sql` (or `<app>/guards`), one object a file.

A file begins with a comment: a sentence of what it refuses or keeps, then, where there is one,
`Rule:` the Python that keeps the same, `Test:` the test that takes the guard away, and `Needs:` the
files of the same app that come before it. An empty comment line ends what is read.
"""

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from graphlib import TopologicalSorter
from pathlib import Path

from django.apps import AppConfig, apps
from django.conf import settings

_FIELD = re.compile(r"^(Rule|Test|Needs): (.*)$")
_INSTALL = re.compile(r"""Install\(\s*["'](\w+)["'],\s*["'](\w+)["']""")


@dataclass(frozen=True)
class GuardFile:
    """One file; `text` is what the database is given."""

    path: Path
    text: str

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def place(self) -> str:
        """Its path below the checkout."""
        return self.path.relative_to(settings.BASE_DIR).as_posix()

    @property
    def says(self) -> str:
        """What it refuses or keeps."""
        return self._head["Says"]

    @property
    def rule(self) -> str:
        return self._head["Rule"]

    @property
    def test(self) -> str:
        return self._head["Test"]

    @property
    def needs(self) -> list[str]:
        return [name.strip() for name in self._head["Needs"].split(",") if name]

    @cached_property
    def _head(self) -> dict[str, str]:
        head, field = dict.fromkeys(("Says", "Rule", "Test", "Needs"), ""), "Says"
        for line in self.text.splitlines():
            if not line.startswith("-- "):
                break
            said = line.removeprefix("-- ")
            if found := _FIELD.match(said):
                field, said = found.groups()
            head[field] = f"{head[field]} {said}".strip()
        return head


def apps_with_guards() -> list[AppConfig]:
    return [app for app in apps.get_app_configs() if _paths(app)]


def read(app: AppConfig) -> list[GuardFile]:
    """Return an app's files, each after those it needs, by name otherwise."""
    files = {path.stem: GuardFile(path, path.read_text()) for path in _paths(app)}
    order = TopologicalSorter({name: file.needs for name, file in files.items()}).static_order()
    return [files[name] for name in order]


def fingerprint(app: AppConfig) -> str:
    """Tell one state of an app's files from another."""
    digest = hashlib.sha256()
    for path in _paths(app):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def migrated_fingerprint(app: AppConfig) -> str:
    """Return the fingerprint that the app's last migration with an `Install` names, or ""."""
    named = ""
    for path in sorted(Path(app.path, "migrations").glob("[0-9]*.py")):
        for label, given in _INSTALL.findall(path.read_text()):
            if label == app.label:
                named = given
    return named


def _paths(app: AppConfig) -> list[Path]:
    """Return the files of an app and its rooms, by name."""
    found = [*Path(app.path).glob("guards/*.sql"), *Path(app.path).glob("*/guards/*.sql")]
    return sorted(found, key=lambda path: (path.name, path))
