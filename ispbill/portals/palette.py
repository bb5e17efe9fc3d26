"""What the search box answers: customers, bills, payments, routers, things to do, pages.

Each group asks the app that knows, through the one door that says what the person may see.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from ipaddress import ip_address

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from billing.invoices.queries import bills
from customers.queries import directory, listing
from customers.queries.directory import Filters
from customers.rules import identifiers
from ispbill.accounts.access import may
from ispbill.accounts.models import User
from ispbill.core import balances, clock, formats, phones
from ispbill.portals import menus, navigation
from ispbill.portals.queries import handbook
from network.addresses.queries import tracing
from network.queries import lines
from payments.desk.queries import register

MOST = 6
_SHORTEST = 2
_DOCUMENT = re.compile(r"(inv|rcp)[-\s#]*(?:(\d{4})[-\s]+)?0*(\d{1,9})", re.IGNORECASE)
_YEARS = range(2000, 2100)
_IPV6 = 6
_IP_OR_MAC = re.compile(r"[0-9.]{7,15}|(?=.*:.*:)[0-9a-fA-F:]{3,39}")


@dataclass(frozen=True)
class Hit:
    """One line of the answer."""

    title: str
    url: str
    detail: str = ""
    symbol: str = "arrow-right"
    status: str = ""
    status_kind: str = ""
    action_url: str = ""
    action_label: str = ""


@dataclass(frozen=True)
class Group:
    """Hits of one kind under their heading."""

    label: str
    hits: list[Hit] = field(default_factory=list)


@dataclass(frozen=True)
class Answer:
    """All groups that have something; `empty_url` offers to add who was not found."""

    groups: list[Group]
    empty_url: str = ""
    empty_label: str = ""

    @property
    def count(self) -> int:
        return sum(len(group.hits) for group in self.groups)


def answer(user: User, text: str, *, on: date) -> Answer:
    """Look for `text` in everything the person may see; `on` is the company's date."""
    text = text.strip()[: identifiers.MAX_LENGTH]
    groups = [Group(_("Pages"), _pages(user, text)), Group(_("Actions"), _actions(user, text))]
    if len(text) >= _SHORTEST or text.isdigit():
        groups = [
            Group(_("Customers"), _customers(user, text, on)),
            Group(_("Invoices"), _invoices(user, text)),
            Group(_("Payments"), _payments(user, text)),
            Group(_("Lines"), _lines(user, text)),
            Group(_("Routers"), _routers(user, text)),
            *reversed(groups),
            Group(_("Help"), _help(text)),
        ]
    found = Answer([group for group in groups if group.hits])
    return found if found.groups else _nothing(user, text)


def _help(text: str) -> list[Hit]:
    return [
        Hit(
            title=place.title,
            url=f"{reverse('staff:help-book', args=[place.book])}#{place.anchor}",
            detail=place.book_title,
            symbol="help",
        )
        for place in handbook.search(text, most=3)
    ]


def _customers(user: User, text: str, on: date) -> list[Hit]:
    if not may(user, "customers.view"):
        return []
    found = listing.listed(
        directory.visible_to(user),
        Filters(q=text),
        window=listing.Window(size=MOST),
        on=on,
        extras=(),
    )
    pay = navigation.address("staff_payments:pay") if may(user, "payments.take") else ""
    return [
        Hit(
            title=row["name"],
            url=reverse("staff_customers:customer", args=[row["number"]]),
            detail=" · ".join(
                [
                    row["number"],
                    _phone(row["phone"]),
                    balances.words(row["account_state__balance_amount"]),
                ]
            ),
            symbol="user",
            status=row["status"],
            status_kind="account",
            action_url=f"{pay}?customer={row['number']}" if pay else "",
            action_label=_("Record payment") if pay else "",
        )
        for row in found.page.rows[:MOST]
    ]


def _invoices(user: User, text: str) -> list[Hit]:
    numbers = _numbers("INV", text)
    if not numbers or not may(user, "billing.view"):
        return []
    rows = bills.visible_to(user).filter(number__in=numbers).select_related("customer")
    return [
        Hit(
            title=str(invoice.number),
            url=navigation.address("staff_billing:invoice", str(invoice.number))
            or reverse("staff_customers:customer", args=[invoice.customer.number]),
            detail=f"{invoice.customer.name} · {formats.money(invoice.total_amount)}",
            symbol="file-invoice",
        )
        for invoice in rows.order_by("-pk")[:MOST]
    ]


def _payments(user: User, text: str) -> list[Hit]:
    if not may(user, "payments.view") or " " in text and not _DOCUMENT.fullmatch(text):
        return []
    meant = Q(reference__in={text, text.upper(), text.lower()})
    if numbers := _numbers("RCP", text):
        meant = Q(receipt_number__in=numbers)
    rows = register.visible_to(user).filter(meant).select_related("customer")
    return [
        Hit(
            title=str(payment.receipt_number),
            url=reverse("staff_payments:detail", args=[payment.receipt_number]),
            detail=f"{payment.customer.name} · {formats.money(payment.amount)}",
            symbol="receipt",
            status=payment.status,
            status_kind="payment",
        )
        for payment in rows.order_by("-pk")[:MOST]
    ]


def _lines(user: User, text: str) -> list[Hit]:
    if not _IP_OR_MAC.fullmatch(text) or not may(user, "network.view"):
        return []
    try:
        address = ip_address(text)
    except ValueError:
        meant = Q(mac_address__iexact=text)
    else:
        meant = Q(static_ip=text)
        if address.version == _IPV6:
            held = tracing.holding(text, at=clock.now())
            meant |= Q(subscription__in=held.values("subscription"))
    rows = lines.visible_to(user).filter(meant).select_related("customer")
    return [
        Hit(
            title=line.username,
            url=reverse("staff_customers:customer", args=[line.customer.number]) + "?tab=network",
            detail=line.customer.name,
            symbol="plug-connected",
        )
        for line in rows.order_by("pk")[:MOST]
    ]


def _routers(user: User, text: str) -> list[Hit]:
    if not may(user, "network.view"):
        return []
    rows = lines.routers_visible_to(user).filter(
        Q(name__icontains=text) | Q(host__icontains=text) | Q(site__icontains=text)
    )
    return [
        Hit(
            title=router.name,
            url=reverse("staff_network:router", args=[router.pk]),
            detail=router.host,
            symbol="router",
            status=router.status,
            status_kind="router",
        )
        for router in rows.order_by("name")[:MOST]
    ]


def _actions(user: User, text: str) -> list[Hit]:
    offered = [
        (_("Record payment"), "staff_payments:pay", "payments.take", "cash"),
        (_("Add customer"), "staff_customers:add", "customers.edit", "user-plus"),
        (_("Add lead"), "staff_customers:add-lead", "leads.edit", "plus"),
        (_("Add package"), "staff_customers:add-package", "packages.edit", "package"),
    ]
    return [
        Hit(title=label, url=url, symbol=symbol)
        for label, name, capability, symbol in offered
        if _meant(label, text) and may(user, capability) and (url := navigation.address(name))
    ]


def _pages(user: User, text: str) -> list[Hit]:
    pages = navigation.pages(menus.STAFF, may=lambda capability: may(user, capability))
    return [
        Hit(title=str(page.label), url=page.url, detail=str(group.label), symbol=group.symbol)
        for group, page in pages
        if _meant(f"{page.label} {page.words}", text)
    ][: MOST if text else 2 * MOST]


def _nothing(user: User, text: str) -> Answer:
    digits = identifiers.read(text).phone_forms
    if not digits or not may(user, "customers.edit"):
        return Answer([])
    return Answer(
        [],
        empty_url=f"{reverse('staff_customers:add')}?phone={re.sub(r'[^0-9+]', '', text)}",
        empty_label=_("Add customer with this phone?"),
    )


def _numbers(series: str, text: str) -> list[str]:
    match = _DOCUMENT.fullmatch(text)
    if match is None or match[1].upper() != series:
        return []
    years = [int(match[2])] if match[2] else _YEARS
    return [f"{series}-{year}-{int(match[3]):05d}" for year in years]


def _meant(label: str, text: str) -> bool:
    return text.lower() in label.lower()


def _phone(e164: str) -> str:
    return phones.national(e164) if e164.startswith("+") else e164
