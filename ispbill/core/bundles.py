"""Scripts that go to a phone as one file: those of the technician's app, one after the other."""

import hashlib
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.urls import reverse

_BASE = ("field-store", "field-phone", "field-files", "field-queue", "field-parts")
_ROUND = ("money", "field-print", "field-round")
_APP = ("field-map", "field-door", "field-pin", "field-app", "technician")
BUNDLES: dict[str, tuple[str, ...]] = {
    "field": (*_BASE, *_APP),
    "round": (*_BASE, *_ROUND, *_APP),  # who collects
}


@cache
def content(name: str) -> str:
    """Return the scripts of a bundle. Raises KeyError for an unknown one."""
    return "\n".join(_script(part) for part in BUNDLES[name])


@cache
def address(name: str) -> str:
    """Return where a bundle is found: by what is in it, so that browsers may keep it for good."""
    return reverse("technician:scripts", args=[name, digest(name)])


@cache
def digest(name: str) -> str:
    """Tell one content of a bundle from another."""
    return hashlib.sha256(content(name).encode()).hexdigest()[:12]


def _script(part: str) -> str:
    found = finders.find(f"js/{part}.js")
    if not isinstance(found, str):
        raise LookupError(part)
    return Path(found).read_text(encoding="utf-8")
