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
    from ispbill.portals.shell import Shell

_MOST = 500
_kept: dict[tuple[object, ...], SafeString] = {}
_menus: dict[tuple[object, ...], list[tuple[Entry, str]]] = {}


def markup(shell: "Shell", *, may: May, path: str) -> SafeString:
    """Return the menu of the shell's audience and role, the entry `path` lies under marked."""
    places = (shell.audience, shell.role_key, get_urlconf())
    if places not in _menus:
        groups = navigation.RESELLER if shell.audience == "reseller" else navigation.STAFF
        _menus[places] = navigation.reachable(groups, may=may)
    key = (*places, shell.company, get_language(), navigation.current(_menus[places], path))
    if key not in _kept:
        if len(_kept) >= _MOST:
            _kept.clear()
        _kept[key] = narrow(render_to_string("staff/_sidebar.html", {"shell": shell}))
    return _kept[key]
