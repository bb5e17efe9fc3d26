"""Who looks at a page, and how they like it: what of the shell asks nothing but the user."""

from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from ispbill.accounts import access
from ispbill.accounts.models import User

_ROLES = dict(User.Role.choices)  # a model's own way to say it builds this anew each time


class Visitor:
    """The person and the pages they are on; each answer is computed once per request."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._user: Any = getattr(request, "user", None)

    @cached_property
    def audience(self) -> str:
        """Return whose pages these are: by the first step of the address, or as the view says."""
        if getattr(self._request, "is_inside_portal", False):
            return "customer"
        for prefix, audience in (
            ("/admin/", "staff"),
            ("/portal/", "customer"),
            ("/reseller-portal/", "reseller"),
            ("/technician", "technician"),
        ):
            if self._request.path.startswith(prefix):
                return audience
        return "public"

    # Who

    @cached_property
    def is_signed_in(self) -> bool:
        """Tell whether somebody is signed in."""
        return bool(self._user is not None and self._user.is_authenticated)

    @cached_property
    def user_name(self) -> str:
        """Return the name of the person who is signed in, or ""."""
        if not self.is_signed_in:
            return ""
        return str(self._user.name)

    @cached_property
    def initials(self) -> str:
        """Return up to two first letters of the name."""
        return "".join(word[0] for word in self.user_name.split()[:2]).upper()

    @cached_property
    def role(self) -> str:
        """Return the role in words."""
        return str(_ROLES.get(self._user.role, "")) if self.is_signed_in else ""

    @cached_property
    def role_key(self) -> str:
        """Return the role's name in the program; it decides what the menus hold."""
        return str(self._user.role) if self.is_signed_in else ""

    @cached_property
    def has_simulators(self) -> bool:
        """Tell whether simulators stand at the other end of every line (never in production)."""
        return bool(settings.SIMULATORS)

    # How they like it

    @cached_property
    def theme(self) -> str:
        """Return `auto`, `light` or `dark`."""
        return str(self._of_user("theme", "") or "auto")

    @cached_property
    def density(self) -> str:
        """Return `compact` or `comfortable`."""
        return str(self._of_user("density", "") or "compact")

    @cached_property
    def hotkeys(self) -> bool:
        """Tell whether single-key shortcuts are on."""
        return bool(self._of_user("has_hotkeys", True))

    @cached_property
    def has_density(self) -> bool:
        """Tell whether these pages have dense tables and keys to set."""
        return self.audience in {"staff", "reseller"}

    def _may(self, permission: str) -> bool:
        return self.is_signed_in and access.may(self._user, permission)

    def _of_user(self, name: str, default: Any) -> Any:
        return getattr(self._user, name, default) if self.is_signed_in else default
