"""What a row of another system's sheet says, and what its columns are called there.

Sources: exports of Splynx (customers), PHPNuxBill (customers with their newest recharge) and
UISP CRM (clients); growth-api-rules 6 has what their words mean.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ispbill.core.marking import gettext_noop

# Field → what people call it. The order is the one of the page.
FIELDS: Mapping[str, str] = {
    "source_id": gettext_noop("Customer's id there"),
    "name": gettext_noop("Name"),
    "phone": gettext_noop("Phone"),
    "alternate_phone": gettext_noop("Second phone"),
    "email": gettext_noop("E-mail"),
    "national_id": gettext_noop("National id (kept sealed)"),
    "address": gettext_noop("Address"),
    "area": gettext_noop("Area"),
    "customer_since": gettext_noop("Customer since"),
    "notes": gettext_noop("Remark"),
    "package": gettext_noop("Package"),
    "status": gettext_noop("State of the service"),
    "connection_id": gettext_noop("Connection (user name)"),
    "billing_day": gettext_noop("Billing day"),
    "price": gettext_noop("Price without tax"),
    "next_billing_date": gettext_noop("Next billing date"),
    "activated_on": gettext_noop("Active since"),
    "balance": gettext_noop("Balance (positive: owes)"),
    "credit": gettext_noop("Credit (taken off the balance)"),
    "next_bill": gettext_noop("Next bill with tax (to compare)"),
}
NEEDED = ("source_id", "name", "phone")


@dataclass(frozen=True)
class System:
    """Another system: what its columns are called and what its words mean."""

    columns: Mapping[str, Sequence[str]]
    statuses: Mapping[str, str]
    """Its word in small letters → PENDING, ACTIVE, SUSPENDED or CANCELLED."""
    otherwise: str = ""
    """What every other word means; "" is an error."""
    is_credit_positive: bool = False
    """Its balance is what the customer has, not what the customer owes."""
    is_prepaid: bool = False
    nothing: Mapping[str, str] = field(default_factory=dict)
    """What stands for an empty cell, by field."""
    skips: Mapping[str, str] = field(default_factory=dict)
    """Column → the word (small letters) of rows that are left out."""
    leads: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Column → the words (small letters) of rows that are no customers yet."""


_PLAIN_WORDS = {
    "": "ACTIVE",
    "active": "ACTIVE",
    "enabled": "ACTIVE",
    "on": "ACTIVE",
    "pending": "PENDING",
    "new": "PENDING",
    "suspended": "SUSPENDED",
    "blocked": "SUSPENDED",
    "cancelled": "CANCELLED",
    "canceled": "CANCELLED",
    "disabled": "CANCELLED",
    "ended": "CANCELLED",
}

SYSTEMS: Mapping[str, System] = {
    "PLAIN": System(
        columns={
            "source_id": ("id", "customer id", "customer no", "customer number", "account"),
            "name": ("name", "customer", "full name"),
            "phone": ("phone", "mobile", "phone number"),
            "alternate_phone": ("second phone", "alternate phone", "phone 2"),
            "email": ("email", "e-mail"),
            "national_id": ("national id", "nid", "nid no", "national_id"),
            "address": ("address",),
            "area": ("area", "zone"),
            "customer_since": ("customer since", "since", "joined"),
            "notes": ("notes", "remark"),
            "package": ("package", "plan"),
            "status": ("status", "state"),
            "connection_id": ("connection", "username", "user name", "pppoe", "login"),
            "billing_day": ("billing day", "bill day"),
            "price": ("price", "monthly price"),
            "next_billing_date": ("next billing date", "next bill", "expires"),
            "activated_on": ("active since", "activated on"),
            "balance": ("balance", "due"),
            "credit": ("credit",),
            "next_bill": ("next bill amount", "next amount"),
        },
        statuses=_PLAIN_WORDS,
    ),
    "SPLYNX": System(
        columns={
            "source_id": ("id",),
            "name": ("name", "full name"),
            "phone": ("phone",),
            "email": ("email",),
            "address": ("street_1", "street"),
            "area": ("location", "city"),
            "customer_since": ("date_add",),
            "package": ("tariff", "service", "plan"),
            "status": ("status",),
            "connection_id": ("login",),
            "balance": ("deposit",),
        },
        statuses={
            "new": "PENDING",
            "active": "ACTIVE",
            "blocked": "SUSPENDED",
            "disabled": "CANCELLED",
        },
        is_credit_positive=True,
    ),
    "PHPNUXBILL": System(
        columns={
            "source_id": ("id", "customer_id"),
            "name": ("fullname",),
            "phone": ("phonenumber",),
            "email": ("email",),
            "address": ("address",),
            "area": ("city", "district"),
            "customer_since": ("created_at",),
            "package": ("namebp",),
            "status": ("status",),
            "connection_id": ("pppoe_username", "username"),
            "next_billing_date": ("expiration",),
            "balance": ("balance",),
        },
        statuses={"active": "ACTIVE", "on": "ACTIVE"},
        otherwise="SUSPENDED",
        is_credit_positive=True,
        is_prepaid=True,
        nothing={"phone": "0", "email": "1"},
        skips={"type": "hotspot"},
    ),
    "UISP": System(
        columns={
            "source_id": ("useridentifier", "userident", "id"),
            "name": ("clientname", "companyname", "name"),
            "phone": ("phone", "contacts[0].phone"),
            "email": ("email", "contacts[0].email"),
            "address": ("street1", "address", "fulladdress"),
            "area": ("city",),
            "customer_since": ("registrationdate",),
            "package": ("serviceplanname", "service"),
            "status": ("status", "servicestatus"),
            "connection_id": ("username",),
            "balance": ("accountoutstanding",),
            "credit": ("accountcredit",),
        },
        statuses={
            "0": "PENDING",
            "4": "PENDING",
            "1": "ACTIVE",
            "6": "ACTIVE",
            "3": "SUSPENDED",
            "2": "CANCELLED",
        },
        leads={"islead": ("1", "true", "yes")},
    ),
}


def guess(system: str, columns: Sequence[str]) -> dict[str, int]:
    """Return which column (from 0) each field stands in, by what the system calls it."""
    known = {name.strip().lower(): place for place, name in reversed(list(enumerate(columns)))}
    found = {}
    for name, called in SYSTEMS[system].columns.items():
        place = next((known[one] for one in called if one in known), None)
        if place is not None:
            found[name] = place
    return found
