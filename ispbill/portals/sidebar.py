"""The left menu as markup, kept in this process: the same for everybody of a role in one place.

Thirty entries take longer to write than the rows of a short list (docs/performance.md).
"""

from typing import TYPE_CHECKING

from django.template.loader import render_to_string
from django.urls import get_urlconf
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from ispbill.core.templating import narrow
from ispbill.portals import navigation
from ispbill.portals.navigation import Entry, May

if TYPE_CHECKING:
    from ispbill.portals.whereabouts import Whereabouts

_MOST = 500
ON_TOP = {"home", "inbox"}
"""Groups that stand above the others, with what is counted for each person."""
_kept: dict[tuple[object, ...], SafeString] = {}
_menus: dict[tuple[object, ...], list[tuple[Entry, str]]] = {}


def pages(shell: "Whereabouts", *, may: May) -> list[tuple[Entry, str]]:
    """Return the pages people of the shell's audience and role find in their menu."""
    key = (shell.audience, shell.role_key, get_urlconf())
    if key not in _menus:
        _menus[key] = navigation.reachable(shell.menu, may=may)
    return _menus[key]


def markup(shell: "Whereabouts", *, may: May, path: str) -> SafeString:
    """Return the menu of the shell's audience and role, the entry `path` lies under marked."""
    here = navigation.current(pages(shell, may=may), path)
    key = (shell.audience, shell.role_key, get_urlconf(), shell.company, get_language(), here)
    if key not in _kept:
        if len(_kept) >= _MOST:
            _kept.clear()
        groups = [part for part in shell.navigation if part.key not in ON_TOP]
        _kept[key] = narrow(render_to_string("staff/_sidebar.html", {"groups": groups}))
    return _kept[key]
