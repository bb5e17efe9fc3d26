"""What each audience finds in its menu.

An entry is named by its URL name. One whose address does not exist, or whose permission the person
lacks, is left out, so a menu never leads to a refusal; the guard on the page itself still decides.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Word = str | Promise
May = Callable[[str], bool]


@dataclass(frozen=True)
class Entry:
    """A page to offer: its words, its URL name, who may see it, the key that leads there."""

    label: Word
    url_name: str
    permission: str = ""
    symbol: str = ""
    hotkey: str = ""
    add_url_name: str = ""
    add_permission: str = ""
    add_label: Word = ""
    is_home: bool = False
    """The start page of its audience: current only on its very address, not on all under it."""


@dataclass(frozen=True)
class Group:
    """Entries under one heading; a group of one titled like itself is shown as a plain link."""

    key: str
    label: Word
    symbol: str
    entries: Sequence[Entry]


@dataclass(frozen=True)
class Item:
    """An entry as shown to one person on one page."""

    label: Word
    url: str
    symbol: str = ""
    hotkey: str = ""
    add_url: str = ""
    add_label: Word = ""
    is_current: bool = False


@dataclass(frozen=True)
class Section:
    """A group as shown to one person on one page."""

    key: str
    label: Word
    symbol: str
    items: list[Item] = field(default_factory=list)
    is_single: bool = False

    @property
    def is_current(self) -> bool:
        """Tell whether the page being shown lies in this section."""
        return any(item.is_current for item in self.items)


STAFF: Sequence[Group] = (
    Group(
        "dashboard",
        _("Dashboard"),
        "layout-dashboard",
        (Entry(_("Dashboard"), "staff:dashboard", hotkey="g d", is_home=True),),
    ),
    Group(
        "customers",
        _("Customers"),
        "users",
        (
            Entry(
                _("Customers"),
                "staff_customers:index",
                "customers.view",
                hotkey="g c",
                add_url_name="staff_customers:add",
                add_permission="customers.edit",
                add_label=_("Add customer"),
            ),
            Entry(
                _("Leads"),
                "staff_customers:leads",
                "leads.view",
                add_url_name="staff_customers:add-lead",
                add_permission="leads.edit",
                add_label=_("Add lead"),
            ),
            Entry(_("Orders"), "staff_customers:orders", "customers.view"),
            Entry(_("Package requests"), "staff_billing:package-changes", "billing.view"),
            Entry(_("Breaks asked for"), "staff_billing:breaks", "billing.view"),
            Entry(_("Duplicates"), "staff_customers:duplicates", "customers.edit"),
            Entry(_("Import"), "staff_customers:import", "customers.edit"),
        ),
    ),
    Group(
        "billing",
        _("Billing"),
        "file-invoice",
        (
            Entry(_("Cash desk"), "staff_payments:cash-desk", "payments.take"),
            Entry(_("Collect"), "staff_payments:collect", "payments.take"),
            Entry(_("Shifts"), "staff_payments:shifts", "payments.view"),
            Entry(_("Invoices"), "staff_billing:invoices", "billing.view", hotkey="g i"),
            Entry(_("Payments"), "staff_payments:index", "payments.view", hotkey="g p"),
            Entry(_("Credits & adjustments"), "staff_billing:credits", "billing.view"),
            Entry(_("Deposits held"), "staff_payments:deposits", "payments.view"),
            Entry(_("Approvals"), "staff_billing:approvals", "billing.view"),
            Entry(_("Billing runs"), "staff_billing:runs", "billing.run"),
            Entry(_("Rehearsals"), "staff_billing:rehearsals", "billing.run"),
            Entry(_("Parked services"), "staff_billing:parked", "billing.run"),
            Entry(_("Due & suspension queue"), "staff_billing:dunning", "billing.view"),
            Entry(_("Dunning policies"), "staff_billing:dunning-policies", "settings.view"),
            Entry(_("Ledger"), "staff_billing:ledger", "ledger.view"),
            Entry(_("Leaks"), "staff_books:leaks", "ledger.view"),
            Entry(_("Uncovered days"), "staff_books:coverage", "ledger.view"),
            Entry(_("Prepaid services"), "staff_payments:prepaid", "billing.view"),
            Entry(
                _("Recharge cards"),
                "staff_payments:vouchers",
                "vouchers.view",
                add_url_name="staff_payments:add-voucher-batch",
                add_permission="vouchers.edit",
                add_label=_("Make cards"),
            ),
            Entry(_("Gateway transactions"), "staff_payments:checkouts", "payments.view"),
            Entry(
                _("Bank statements"),
                "staff_payments:bank",
                "bank.view",
                add_url_name="staff_payments:upload-statement",
                add_permission="bank.edit",
                add_label=_("Import statement"),
            ),
            Entry(_("Unmatched money"), "staff_payments:unmatched", "bank.view"),
            Entry(
                _("Payouts of gateways"),
                "staff_payments:payouts",
                "bank.view",
                add_url_name="staff_payments:upload-payout",
                add_permission="bank.edit",
                add_label=_("Import settlement"),
            ),
            Entry(_("Held by gateways"), "staff_payments:clearing", "bank.view"),
            Entry(_("Mandates & debit orders"), "staff_payments:mandates", "payments.view"),
            Entry(_("Referrals"), "staff_payments:referrals", "customers.view"),
            Entry(_("Day close"), "staff_payments:day-close", "cash.view"),
        ),
    ),
    Group(
        "services",
        _("Services"),
        "package",
        (
            Entry(_("Services"), "staff_customers:services", "customers.view"),
            Entry(_("Packages"), "staff_customers:packages", "packages.view"),
            Entry(_("Add-ons"), "staff_customers:addons", "packages.view"),
            Entry(_("Fees"), "staff_customers:fees", "packages.view"),
            Entry(_("Promotions"), "staff_billing:promotions", "packages.view"),
            Entry(_("Discounts"), "staff_billing:discounts", "billing.view"),
            Entry(_("Price changes"), "staff_billing:price-changes", "packages.view"),
            Entry(_("Contracts"), "staff_contracts:index", "customers.view"),
            Entry(_("Contract templates"), "staff_contracts:agreements", "packages.edit"),
        ),
    ),
    Group(
        "support",
        _("Support"),
        "ticket",
        (
            Entry(
                _("Tickets"),
                "staff_tickets:index",
                "customers.view",
                hotkey="g t",
                add_url_name="staff_tickets:add",
                add_permission="customers.view",
                add_label=_("New ticket"),
            ),
            Entry(
                _("Outages"),
                "staff_network:outages",
                "network.view",
                hotkey="g o",
                add_url_name="staff_network:add-outage",
                add_permission="network.edit",
                add_label=_("New outage"),
            ),
            Entry(_("Surveys"), "staff_tickets:surveys", "customers.view"),
        ),
    ),
    Group(
        "field",
        pgettext_lazy("menu", "Field"),
        "truck",
        (
            Entry(
                _("Jobs"),
                "staff_fieldservice:index",
                "customers.view",
                hotkey="g j",
                add_url_name="staff_fieldservice:add",
                add_permission="customers.view",
                add_label=_("New job"),
            ),
            Entry(_("Calendar"), "staff_fieldservice:calendar", "customers.view"),
            Entry(_("Map"), "staff_fieldservice:map", "customers.view"),
            Entry(_("Completion reports"), "staff_fieldservice:reports", "customers.view"),
        ),
    ),
    Group(
        "network",
        _("Network"),
        "router",
        (
            Entry(_("Routers"), "staff_network:routers", "network.view", hotkey="g n"),
            Entry(_("Sessions"), "staff_network:sessions", "network.view"),
            Entry(_("Bandwidth & FUP"), "staff_network:bandwidth", "network.view"),
            Entry(_("Usage sync"), "staff_network:usage-sync", "network.view"),
            Entry(_("Speed tests"), "staff_network:speed-tests", "network.view"),
            Entry(_("Sync queue"), "staff_network:sync-queue", "network.view"),
        ),
    ),
    Group(
        "partners",
        _("Partners"),
        "building-store",
        (
            Entry(_("Resellers"), "staff_resellers:index", "resellers.view"),
            Entry(_("Commissions"), "staff_resellers:commissions", "resellers.view"),
            Entry(_("Payouts"), "staff_resellers:payouts", "resellers.view"),
        ),
    ),
    Group(
        "insights",
        _("Insights"),
        "chart-bar",
        (
            Entry(_("Revenue"), "staff_reports:revenue", "reports.view", hotkey="g r"),
            Entry(_("Churn risk"), "staff_churn:index", "reports.view"),
            Entry(_("SLA"), "staff_reports:sla", "reports.view"),
            Entry(_("Staff performance"), "staff_reports:staff", "reports.view"),
            Entry(_("Report library"), "staff_reports:library", "reports.view"),
        ),
    ),
    Group(
        "messages",
        _("Messages"),
        "message",
        (
            Entry(_("Compose"), "staff_notifications:compose", "messages.edit"),
            Entry(_("Templates"), "staff_notifications:wordings", "messages.edit"),
            Entry(_("Outbox"), "staff_notifications:outbox", "messages.view"),
        ),
    ),
    Group(
        "settings",
        _("Settings"),
        "settings",
        (
            Entry(_("Settings"), "staff:settings", "settings.view"),
            Entry(_("Branches"), "staff_accounts:branches", "settings.edit"),
            Entry(_("Areas"), "staff_customers:areas", "settings.edit"),
            Entry(_("Taxes"), "staff_customers:taxes", "packages.view"),
            Entry(_("Payment gateways"), "staff_payments:gateways", "settings.view"),
            Entry(_("Users & roles"), "staff_accounts:staff", "staff.view"),
            Entry(_("API & webhooks"), "staff_accounts:api", "settings.edit"),
        ),
    ),
    Group(
        "system",
        _("System"),
        "heartbeat",
        (
            Entry(_("Audit log"), "staff_audit:index", "audit.view"),
            Entry(_("Job runs"), "staff_audit:job-runs", "jobs.view"),
            Entry(_("Health"), "staff:health", "audit.view"),
            Entry(_("Data quality"), "staff_reports:data-quality", "audit.view"),
            Entry(_("About"), "staff:about"),
        ),
    ),
)

RESELLER: Sequence[Group] = tuple(
    Group(
        key,
        label,
        symbol,
        (Entry(label, url_name, hotkey=hotkey, is_home=key == "dashboard"),),
    )
    for key, label, symbol, url_name, hotkey in (
        ("dashboard", _("Dashboard"), "layout-dashboard", "reseller:dashboard", "g d"),
        ("customers", _("Customers"), "users", "reseller:customers", "g c"),
        ("requests", _("Package requests"), "package", "reseller_billing:package", ""),
        ("collect", _("Collect payment"), "cash", "reseller:collect", "p"),
        ("vouchers", _("Recharge cards"), "credit-card", "reseller:vouchers", ""),
        ("commissions", _("Commissions"), "percentage", "reseller:commissions", ""),
        ("payouts", _("Payouts"), "wallet", "reseller:payouts", ""),
        ("reports", _("Reports"), "report", "reseller:reports", "g r"),
        ("help", _("Help"), "help", "reseller:help", ""),
        ("profile", _("Profile"), "user-circle", "reseller:profile", ""),
    )
)

CUSTOMER: Sequence[Entry] = (
    Entry(pgettext_lazy("tab", "Home"), "portal:home", symbol="home", is_home=True),
    Entry(_("Bills"), "portal:bills", symbol="file-invoice"),
    Entry(_("Usage"), "portal:usage", symbol="activity"),
    Entry(_("Support"), "portal:support", symbol="messages"),
    Entry(_("More"), "portal:more", symbol="dots"),
)

TECHNICIAN: Sequence[Entry] = (
    Entry(_("Today"), "technician:today", symbol="checklist", is_home=True),
    Entry(_("Map"), "technician:map", symbol="map-2"),
    Entry(_("Schedule"), "technician:schedule", symbol="calendar"),
    Entry(_("Sync"), "technician:sync", symbol="cloud-upload"),
    Entry(pgettext_lazy("tab", "Me"), "technician:me", symbol="user-circle"),
)

PUBLIC: Sequence[Entry] = (
    Entry(_("Packages"), "public:packages"),
    Entry(_("Pay bill"), "public:pay"),
    Entry(pgettext_lazy("menu", "Status"), "public:status"),
    Entry(_("Sign in"), "accounts:portal-login"),
)


def sections(groups: Sequence[Group], *, may: May, path: str) -> list[Section]:
    """Return the groups a person sees, with the entry the path belongs to marked as current."""
    shown = [(group, _allowed(group.entries, may)) for group in groups]
    here = current([pair for _group, pairs in shown for pair in pairs], path)
    return [
        Section(
            key=group.key,
            label=group.label,
            symbol=group.symbol,
            items=[_item(entry, url, may=may, here=here) for entry, url in pairs],
            is_single=len(group.entries) == 1,
        )
        for group, pairs in shown
        if pairs
    ]


def reachable(groups: Sequence[Group], *, may: May) -> list[tuple[Entry, str]]:
    """Return the entries a person sees in all groups, each with its address."""
    return [pair for group in groups for pair in _allowed(group.entries, may)]


def tabs(entries: Sequence[Entry], *, may: May, path: str) -> list[Item]:
    """Return the flat menu of a portal, with the tab the path belongs to marked as current."""
    pairs = _allowed(entries, may)
    here = current(pairs, path)
    return [_item(entry, url, may=may, here=here) for entry, url in pairs]


def current(pairs: Sequence[tuple[Entry, str]], path: str) -> str:
    """Return the address the path lies at or under; the longest wins, "" when there is none."""
    matching = [
        url for entry, url in pairs if path == url or (not entry.is_home and path.startswith(url))
    ]
    return max(matching, key=len, default="")


def _allowed(entries: Sequence[Entry], may: May) -> list[tuple[Entry, str]]:
    pairs = [
        (entry, address(entry.url_name))
        for entry in entries
        if not entry.permission or may(entry.permission)
    ]
    return [(entry, url) for entry, url in pairs if url]


def _item(entry: Entry, url: str, *, may: May, here: str) -> Item:
    may_add = bool(entry.add_url_name) and (not entry.add_permission or may(entry.add_permission))
    return Item(
        label=entry.label,
        url=url,
        symbol=entry.symbol,
        hotkey=entry.hotkey,
        add_url=address(entry.add_url_name) if may_add else "",
        add_label=entry.add_label,
        is_current=url == here,
    )


def address(url_name: str, *args: object) -> str:
    """Return the address of a URL name, or "" when nothing answers to it."""
    return _address(url_name, args, get_urlconf(), get_script_prefix())


@lru_cache(maxsize=1000)  # the menu alone asks for eighty, on every page
def _address(url_name: str, args: tuple[object, ...], _urlconf: str | None, _prefix: str) -> str:
    try:
        return reverse(url_name, args=args or None)
    except NoReverseMatch:
        return ""
