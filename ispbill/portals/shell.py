"""The frame around every page: who is looking, where they are, and what their menus hold.

`shell` is a template context processor. Everything is worked out only when a template asks for it,
so a fragment, an error page or a JSON answer costs nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import cast

from django.conf import settings
from django.http import HttpRequest
from django.urls import get_urlconf
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from customers.views import own_account
from ispbill.accounts.http import Request
from ispbill.core import clock
from ispbill.notifications.queries import reading
from ispbill.portals import navigation
from ispbill.portals.whereabouts import Whereabouts


@dataclass(frozen=True)
class Ribbon:
    """A word in the top bar that says this is not the real thing."""

    label: str | Promise
    tone: str
    detail: str | Promise


@dataclass(frozen=True)
class Link:
    """A plain link of the footer or the user's menu."""

    label: str | Promise
    url: str


class Shell(Whereabouts):
    """What the shell templates may ask for; each answer is computed once per request."""

    @cached_property
    def who(self) -> str:
        """Return all that the top bar depends on, in a word: who looks, and how they like it.

        Addresses follow from the audience, the role and the address book.
        """
        branches = [(branch.pk, str(branch)) for branch in self.branches]
        return repr(
            (get_urlconf(), self.audience, self.role_key, self.user_name, self.theme, self.density)
            + (self.hotkeys, self.branch_id, branches, settings.SIMULATORS)
        )

    # The house

    @cached_property
    def ribbons(self) -> list[Ribbon]:
        """Return the warnings that this is a demo, a test gateway or a make-believe router."""
        if not settings.SIMULATORS:
            return []
        detail = _("Payments, messages and routers are simulated on this machine.")
        return [Ribbon(_("DEMO"), "violet", detail)]

    @cached_property
    def support_phone(self) -> str:
        """Return the number printed at the foot of public pages, or ""."""
        return self._company.phone

    @cached_property
    def now(self) -> datetime:
        """Return the business clock in the current time zone."""
        return timezone.localtime(clock.now())

    @cached_property
    def hour(self) -> str:
        """Return the business clock's hour and minute."""
        return f"{self.now:%H:%M}"

    @cached_property
    def time_zone(self) -> str:
        """Return the name of the current time zone."""
        return timezone.get_current_timezone_name()

    @cached_property
    def version(self) -> str:
        """Return the program's version."""
        return str(settings.VERSION)

    # Addresses

    @cached_property
    def home_url(self) -> str:
        """Return where the company's name leads."""
        return {
            "staff": "/admin/",
            "customer": "/portal/",
            "reseller": "/reseller-portal/",
            "technician": "/technician/",
        }.get(self.audience, "/")

    @cached_property
    def signin_url(self) -> str:
        """Return where this audience signs in."""
        name = {"customer": "portal-login", "reseller": "reseller-login"}.get(
            self.audience, "login"
        )
        return navigation.address(f"accounts:{name}") or "/login"

    @cached_property
    def signout_url(self) -> str:
        """Return where signing out is posted to, or ""."""
        return navigation.address("accounts:logout") if self.is_signed_in else ""

    @cached_property
    def palette_url(self) -> str:
        """Return where the search dialog asks, or "" when these pages have none."""
        name = {"staff": "staff:search", "reseller": "reseller:search"}.get(self.audience, "")
        return navigation.address(name) if name and self.is_signed_in else ""

    @cached_property
    def pay_url(self) -> str:
        """Return the dialog for taking money, for those who may, or ""."""
        if self.audience != "staff" or not self._may("payments.take"):
            return ""
        return navigation.address("staff_payments:pay")

    @cached_property
    def ticker_url(self) -> str:
        """Return the address of the outage ticker's fragment."""
        return navigation.address("staff_network:ticker") if self.audience == "staff" else ""

    @cached_property
    def inbox_url(self) -> str:
        """Return the address of what waits for a decision, behind the bell."""
        return navigation.address("staff:inbox") if self.audience == "staff" else ""

    @cached_property
    def preferences_url(self) -> str:
        """Return where theme, density, keys and language are posted to."""
        return navigation.address("accounts:preferences")

    @cached_property
    def language_url(self) -> str:
        """Return where the language choice of the portals is posted to."""
        return navigation.address("accounts:language")

    @cached_property
    def help_url(self) -> str:
        """Return the portal's help page."""
        return navigation.address("portal:help") if self.audience == "customer" else ""

    @cached_property
    def unread(self) -> int:
        """Return how many messages are new to the account a customer looks at."""
        ids = getattr(self._request, "customer_ids", [])
        if self.audience != "customer" or not ids:
            return 0
        pk = ids[0] if len(ids) == 1 else own_account.of(cast("Request", self._request)).pk
        return reading.unread(pk, at=clock.now())

    @cached_property
    def sync_url(self) -> str:
        """Return the technician's sync page."""
        return navigation.address("technician:sync")

    @cached_property
    def manifest_url(self) -> str:
        """Return the manifest of these pages as an app, or ""."""
        names = {"customer": "portal:manifest", "staff": "staff:manifest"}
        name = {**names, "technician": "technician:manifest"}.get(self.audience, "")
        return navigation.address(name) if name else ""

    @cached_property
    def foot_links(self) -> list[Link]:
        """Return the links of the console's footer."""
        return _links((_("Documentation"), "staff:docs"), (_("API documentation"), "api-docs"))

    @cached_property
    def menu_links(self) -> list[Link]:
        """Return the extra links of the user's menu."""
        name = {"staff": "accounts:profile", "reseller": "reseller:profile"}.get(self.audience)
        return _links((_("My account"), name)) if name else []

    @cached_property
    def public_foot_links(self) -> list[Link]:
        """Return the links at the foot of public pages."""
        return _links(
            (_("Terms"), "public:terms"),
            (_("Privacy"), "public:privacy"),
            (_("Coverage"), "public:coverage"),
        )


def shell(request: HttpRequest) -> dict[str, Shell]:
    """Give every template `shell`."""
    return {"shell": Shell(request)}


def _links(*pairs: tuple[str, str]) -> list[Link]:
    found = [Link(label, navigation.address(name)) for label, name in pairs]
    return [link for link in found if link.url]
