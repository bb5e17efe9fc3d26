"""What a row of orders, payments or bills of the former system says."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal

from ispbill.core.marking import gettext_noop
from signup.imports.rules.reading import Problem, Way, read_amount, read_day

# Field → what people call it. The order is the one of the page.
FIELDS: Mapping[str, str] = {
    "source_id": gettext_noop("Number there"),
    "customer": gettext_noop("Customer's id there, or account number here"),
    "name": gettext_noop("Name"),
    "phone": gettext_noop("Phone"),
    "email": gettext_noop("E-mail"),
    "address": gettext_noop("Address"),
    "area": gettext_noop("Area"),
    "package": gettext_noop("Package"),
    "on": gettext_noop("Date"),
    "amount": gettext_noop("Amount"),
    "status": gettext_noop("State there"),
    "note": gettext_noop("Remark"),
}
NEEDED: Mapping[str, Sequence[str]] = {
    "ORDERS": ("source_id",),
    "PAYMENTS": ("source_id", "customer", "on", "amount"),
    "BILLS": ("source_id", "customer", "on", "amount"),
}
_CALLED: Mapping[str, Sequence[str]] = {
    "source_id": ("order_number", "order number", "receipt", "receipt_number", "invoice_number",
                  "invoice number", "number", "id"),
    "customer": ("customer_id", "customer id", "customerid", "customer", "userident", "clientid"),
    "name": ("name", "customer_name", "full name", "fullname"),
    "phone": ("phone", "customer_phone", "mobile", "phonenumber"),
    "email": ("email", "customer_email", "e-mail"),
    "address": ("address", "installation_address", "street"),
    "area": ("area", "zone", "city"),
    "package": ("package", "plan", "service", "product"),
    "on": ("date", "created_at", "created at", "order_date", "paid_at", "issued_on", "createddate"),
    "amount": ("amount", "total", "total_amount", "price"),
    "status": ("status", "state", "method"),
    "note": ("note", "notes", "comment", "remark"),
}  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """What a row says, contacts as they are written."""

    source_id: str
    customer: str = ""
    name: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    area: str = ""
    package: str = ""
    status: str = ""
    note: str = ""
    on: date | None = None
    amount: Decimal | None = None
    problems: tuple[Problem, ...] = field(default=(), compare=False)

    @property
    def digest(self) -> str:
        """Return a fingerprint of what is said."""
        told = {name: str(value) for name, value in asdict(self).items() if name != "problems"}
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def guess(columns: Sequence[str]) -> dict[str, int]:
    """Return which column (from 0) each field stands in, by its usual names."""
    known = {name.strip().lower(): place for place, name in reversed(list(enumerate(columns)))}
    found = {
        name: next((known[one] for one in called if one in known), None)
        for name, called in _CALLED.items()
    }
    return {name: place for name, place in found.items() if place is not None}


def read(cells: Sequence[str], way: Way, kind: str) -> Entry:
    """Read a row; what cannot be read is among its problems."""
    problems: list[Problem] = []
    text = {name: _cell(cells, way.mapping.get(name)) for name in FIELDS}
    for name in NEEDED[kind]:
        if not text[name]:
            problems.append(Problem(name, "missing", gettext_noop("This is missing.")))
    return Entry(
        source_id=text["source_id"][:80],
        customer=text["customer"][:80],
        name=text["name"][:120],
        phone=text["phone"][:40],
        email=text["email"][:254],
        address=text["address"][:240],
        area=text["area"][:120],
        package=text["package"][:120],
        status=text["status"][:60],
        note=text["note"][:300],
        on=read_day("on", text, way, problems),
        amount=read_amount("amount", text, way, problems),
        problems=tuple(problems),
    )


def _cell(cells: Sequence[str], place: int | None) -> str:
    text = cells[place] if place is not None and place < len(cells) else ""
    return " ".join(text.split())
