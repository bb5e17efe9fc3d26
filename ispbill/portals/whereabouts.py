"""Where the person is: menus, tabs, pins, branches."""

from collections.abc import Sequence
from functools import cached_property

from django.utils.safestring import SafeString

from ispbill.accounts import access, own_pages
from ispbill.accounts.models import Branch
from ispbill.core.models import Company
from ispbill.portals import menus, navigation, sidebar
from ispbill.portals.navigation import Group, Item, Section
from ispbill.portals.visitor import Visitor


class Whereabouts(Visitor):
    """What the menus of a page hold for this person."""

    @property
    def menu(self) -> Sequence[Group]:
        """Return the menu of the staff or the reseller console."""
        return menus.RESELLER if self.audience == "reseller" else menus.STAFF

    @cached_property
    def navigation(self) -> list[Section]:
        """Return the left menu of the staff or the reseller console."""
        return navigation.sections(self.menu, may=self._may, path=self._request.path)

    @cached_property
    def sidebar(self) -> SafeString:
        """Return the left menu as markup: made once for each role, language and place."""
        return sidebar.markup(self, may=self._may, path=self._request.path)

    @cached_property
    def on_top(self) -> list[Section]:
        """Return what stands above the menu's groups: home and the inbox."""
        groups = [group for group in self.menu if group.key in sidebar.ON_TOP]
        return navigation.sections(groups, may=self._may, path=self._request.path)

    @cached_property
    def beside(self) -> list[Item]:
        """Return the pages that share the place of this one, as tabs above its heading."""
        if not self.is_first_level:
            return []
        return navigation.beside(self.menu, may=self._may, path=self._request.path)

    @cached_property
    def page_label(self) -> str:
        """Return what the menu calls the page being shown; "" for one it does not lead to."""
        pages = sidebar.pages(self, may=self._may)
        found = (str(entry.label) for entry, url in pages if url == self._request.path)
        return next(found, "")

    @property
    def is_first_level(self) -> bool:
        """Tell whether the menu itself leads here, so that no way back need be shown."""
        return bool(self.page_label)

    @cached_property
    def create(self) -> list[Item]:
        """Return what may be begun from every page."""
        pages = navigation.pages(self.menu, may=self._may)
        return [item for _group, item in pages if item.add_url]

    @cached_property
    def pins(self) -> list[dict[str, str]]:
        """Return the pages this person pinned, label and address each."""
        return own_pages.pinned(self._user) if self.is_signed_in else []

    @cached_property
    def recent(self) -> list[dict[str, str]]:
        """Return what this person looked at last, the pins and the page being shown left out."""
        if not self.is_signed_in or self.audience != "staff":
            return []
        taken = {page["url"] for page in self.pins} | {self._request.path}
        found = [page for page in own_pages.recent(self._user) if page["url"] not in taken]
        return found[: max(0, own_pages.MOST_SHOWN - len(self.pins))]

    @cached_property
    def is_pinned(self) -> bool:
        """Tell whether the page being shown is among the pins."""
        return any(page["url"] == self._request.get_full_path() for page in self.pins)

    @cached_property
    def tabs(self) -> list[Item]:
        """Return the tabs of the customer's or the technician's pages."""
        entries = menus.TECHNICIAN if self.audience == "technician" else menus.CUSTOMER
        return navigation.tabs(entries, may=self._may, path=self._request.path)

    @cached_property
    def public_links(self) -> list[Item]:
        """Return the menu of the pages for everybody."""
        return navigation.tabs(menus.PUBLIC, may=self._may, path=self._request.path)

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
    def acting_as(self) -> str:
        """Return the name of the customer or reseller being viewed, when a staff member does."""
        return str(getattr(self._request, "acting_as_name", ""))

    @cached_property
    def pin_url(self) -> str:
        """Return where pinning a page is posted to, for those who have a menu to pin it in."""
        return navigation.address("accounts:pin") if self.audience == "staff" else ""

    @cached_property
    def branch_url(self) -> str:
        """Return where the branch choice is posted to."""
        return navigation.address("staff:switch-branch")

    @cached_property
    def company(self) -> str:
        """Return the company's name."""
        return self._company.name

    @cached_property
    def _company(self) -> Company:
        return Company.current()
