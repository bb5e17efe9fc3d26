"""The frame around every page: who is looking, where they are, and what their menus hold.

`shell` is a template context processor. Everything is worked out only when a template asks for it,
so a fragment, an error page or a JSON answer costs nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import get_urlconf
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from ispbill.accounts import access
from ispbill.accounts.models import Branch, User
from ispbill.core import clock
from ispbill.core.models import Company
from ispbill.portals import navigation, sidebar
from ispbill.portals.navigation import Item, Section

_ROLES = dict(User.Role.choices)  # a model's own way to say it builds this anew each time


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


class Shell:
    """What the shell templates may ask for; each answer is computed once per request."""

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
        """Return the name of who is signed in, or ""."""
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
    def who(self) -> str:
        """Return all that the top bar depends on, in a word: who looks, and how they like it.

        Addresses follow from the audience, the role and the address book.
        """
        branches = [(branch.pk, str(branch)) for branch in self.branches]
        return repr(
            (get_urlconf(), self.audience, self.role_key, self.user_name, self.theme, self.density)
            + (self.hotkeys, self.unread, self.branch_id, branches, settings.SIMULATORS)
        )

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

    # Where they are

    @cached_property
    def navigation(self) -> list[Section]:
        """Return the left menu of the staff or the reseller console."""
        groups = navigation.RESELLER if self.audience == "reseller" else navigation.STAFF
        return navigation.sections(groups, may=self._may, path=self._request.path)

    @cached_property
    def sidebar(self) -> SafeString:
        """Return the left menu as markup: made once for each role, language and place."""
        return sidebar.markup(self, may=self._may, path=self._request.path)

    @cached_property
    def tabs(self) -> list[Item]:
        """Return the tabs of the customer's or the technician's pages."""
        entries = navigation.TECHNICIAN if self.audience == "technician" else navigation.CUSTOMER
        return navigation.tabs(entries, may=self._may, path=self._request.path)

    @cached_property
    def public_links(self) -> list[Item]:
        """Return the menu of the pages for everybody."""
        return navigation.tabs(navigation.PUBLIC, may=self._may, path=self._request.path)

    @cached_property
    def branches(self) -> list[Branch]:
        """Return the branches this person may switch between; none when there is no choice."""
        if not self.is_signed_in or self.audience != "staff" or not self.branch_url:
            return []
        if access.branch_scope(self._user) is not None:
            return []
        found = list(Branch.objects.filter(archived_at__isnull=True).order_by("name"))
        return found if len(found) > 1 else []

    @cached_property
    def branch_id(self) -> int | None:
        """Return the branch chosen for this session, or None for all."""
        session = getattr(self._request, "session", None)
        chosen = session.get("branch_id") if session is not None else None
        return int(chosen) if chosen else None

    @cached_property
    def may_see_all_branches(self) -> bool:
        """Tell whether "All branches" is among the choices."""
        return self.is_signed_in and access.branch_scope(self._user) is None

    @cached_property
    def unread(self) -> int:
        """Return how many notices wait behind the bell."""
        return int(getattr(self._request, "unread_notices", 0))

    @cached_property
    def acting_as(self) -> str:
        """Return the name of the customer or reseller being viewed, when a staff member does."""
        return str(getattr(self._request, "acting_as_name", ""))

    # The house

    @cached_property
    def company(self) -> str:
        """Return the company's name."""
        return self._company.name

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
    def notifications_url(self) -> str:
        """Return the address of the notices behind the bell."""
        return navigation.address("staff:notices") if self.audience == "staff" else ""

    @cached_property
    def preferences_url(self) -> str:
        """Return where theme, density, keys and language are posted to."""
        return navigation.address("accounts:preferences")

    @cached_property
    def branch_url(self) -> str:
        """Return where the branch choice is posted to."""
        return navigation.address("staff:switch-branch")

    @cached_property
    def language_url(self) -> str:
        """Return where the language choice of the portals is posted to."""
        return navigation.address("accounts:language")

    @cached_property
    def help_url(self) -> str:
        """Return the portal's help page."""
        return navigation.address("portal:help") if self.audience == "customer" else ""

    @cached_property
    def sync_url(self) -> str:
        """Return the technician's sync page."""
        return navigation.address("technician:sync")

    @cached_property
    def manifest_url(self) -> str:
        """Return the technician app's manifest."""
        return navigation.address("technician:manifest")

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

    @cached_property
    def _company(self) -> Company:
        return Company.current()

    def _may(self, permission: str) -> bool:
        return self.is_signed_in and access.may(self._user, permission)

    def _of_user(self, name: str, default: Any) -> Any:
        return getattr(self._user, name, default) if self.is_signed_in else default


def shell(request: HttpRequest) -> dict[str, Shell]:
    """Give every template `shell`."""
    return {"shell": Shell(request)}


def _links(*pairs: tuple[str, str]) -> list[Link]:
    found = [Link(label, navigation.address(name)) for label, name in pairs]
    return [link for link in found if link.url]
