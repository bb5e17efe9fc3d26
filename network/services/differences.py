"""How a router and what we want there differ, in words."""

from dataclasses import dataclass
from enum import Enum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Kind(Enum):
    """How router and desired state differ."""

    MISSING = "missing"
    WRONG_STATE = "wrong state"
    WRONG_PROFILE = "wrong profile"
    WRONG_SPEED = "wrong speed"
    WRONG_ADDRESS = "wrong address"
    WRONG_NAME = "wrong name"
    STILL_THERE = "should be gone"
    STILL_ONLINE = "still on line"
    NOT_OURS = "made by hand, same name"
    EXTRA = "not known to us"


_WORDS = {
    Kind.MISSING: _("Not on the router"),
    Kind.WRONG_STATE: _("Wrong state"),
    Kind.WRONG_PROFILE: _("Wrong profile"),
    Kind.WRONG_SPEED: _("Profile with another speed"),
    Kind.WRONG_ADDRESS: _("Another fixed address"),
    Kind.WRONG_NAME: _("Another name"),
    Kind.STILL_THERE: _("Should be gone"),
    Kind.STILL_ONLINE: _("Still on line"),
    Kind.NOT_OURS: _("Made by hand, same name"),
    Kind.EXTRA: _("Not known to us"),
}


def words_of(kind: Kind) -> str | Promise:
    """Return what differs, for the reader."""
    return _WORDS[kind]


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One thing that differs. `line_id` is the line that puts it right; None: leave it alone.

    `menu` is the router's, where it is none of PPP. `is_pending`: we know, and the router is about
    to be told.
    """

    kind: Kind
    name: str
    wanted: str
    actual: str
    menu: str = ""
    line_id: int | None = None
    customer_number: str = ""
    is_pending: bool = False

    @property
    def words(self) -> str | Promise:
        """What differs, for the reader."""
        return _WORDS[self.kind]

    @property
    def can_be_fixed(self) -> bool:
        return self.line_id is not None and self.kind is not Kind.NOT_OURS


def state_words(is_disabled: bool | None) -> str:
    """Return a login's state as it is kept in a finding."""
    if is_disabled is None:
        return "unknown"
    return "disabled" if is_disabled else "enabled"
