"""What the profile `za` stands on: its people and what becomes of their debits, packages, names."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from customers.models import Package
from customers.services import packages
from customers.services.packages import Offer
from ispbill.accounts.models import Branch, User
from ispbill.core.acts import Act
from ispbill.core.models import Company
from ispbill.devtools.demo.ground import CHATTOGRAM, HQ, Ground

ZONE = ZoneInfo("Africa/Johannesburg")
DAYS = 27  # of history
PACKAGES = [  # code, name, Mbit/s, net a month
    ("F25", "Fibre 25", 25, Decimal("399.00")),
    ("F50", "Fibre 50", 50, Decimal("599.00")),
    ("F100", "Fibre 100", 100, Decimal("899.00")),
]
STAFF = {
    "owner@demo.test": "Pieter van Wyk",
    "billing@demo.test": "Lerato Mokoena",
    "cashier@demo.test": "Ayanda Zulu",
    "support@demo.test": "Johan Botha",
    "noc@demo.test": "Sizwe Khumalo",
    "sales@demo.test": "Naledi Molefe",
    "manager.ctg@demo.test": "Priya Naidoo",
    "auditor@demo.test": "Chantal Davids",
    "tech1@demo.test": "Bongani Sithole",
    "tech2@demo.test": "Riaan Nel",
    "collector@demo.test": "Themba Dube",
}


@dataclass(frozen=True)
class Person:
    """`returned`: unpaid codes of the first debits in turn; `end`: what became of the mandate."""

    name: str
    package: str
    returned: tuple[str, ...] = ()
    end: str = "SIGNED"
    joined: int = DAYS  # days ago


PEOPLE = [
    Person("Thandi Nkosi", "F50"),
    Person("Sipho Dlamini", "F100"),
    Person("Anika Pretorius", "F25"),
    Person("Yusuf Adams", "F50"),
    Person("Lindiwe Mahlangu", "F50", ("02",)),
    Person("Werner Steyn", "F25", ("02", "02")),
    Person("Fatima Jacobs", "F100", ("30",)),
    Person("Themba Ndlovu", "F50", ("12",)),
    Person("Marlene Fourie", "F25", ("18",)),
    Person("Kagiso Modise", "F50", end="CANCELLED"),
    Person("Zanele Mthembu", "F50", end="DECLINED"),
    Person("Deon Venter", "F25", end="EXPIRED"),
    Person("Nomsa Radebe", "F25", end="WRONG"),
    Person("Ravi Govender", "F100", end="SENT"),
    Person("Palesa Tau", "F50", end="KEPT"),
    Person("Gert Coetzee", "F50", joined=3),
    Person("Busisiwe Cele", "F100", joined=1),
]


def sell(base: Ground, *, on: date) -> dict[str, Package]:
    """Offer the packages from company date `on`; return them by code."""
    sold = {}
    for code, name, mbps, net in PACKAGES:
        offer = Offer(
            code=code,
            name=name,
            local_name="",
            technology=Package.Technology.FIBER,
            download_mbps=mbps,
            upload_mbps=mbps,
            installation_fee=Decimal("0.00"),
            description=f"{mbps} Mbit/s in both directions, unlimited.",
        )
        sold[code] = packages.create(offer=offer, act=Act(base.owner, moment(on, 7)))
        packages.set_price(
            package=sold[code],
            cycle="MONTHLY",
            effective_from=on,
            amount=net,
            includes_tax=False,
            act=Act(base.owner, moment(on, 7), on=on),
        )
    return sold


def rename(base: Ground) -> None:
    """Make the ground South African: money, time, telephone numbers, names and places."""
    Company.objects.update(
        name="Demo Fibre",
        legal_name="Demo Fibre (Pty) Ltd",
        tax_number="4000000000",
        address="1 Long Street, Cape Town 8001",
        phone="021 555 0100",
        bank_details="FNB, branch 250655, account 62000000000",
        currency="ZAR",
        number_style=Company.NumberStyle.ZAR,
        time_zone="Africa/Johannesburg",
        phone_region="ZA",
        rest_weekdays=[5, 6],
    )
    Company.forget_cached()
    places = {
        HQ: ("Cape Town", "1 Long Street, Cape Town 8001"),
        CHATTOGRAM: ("Durban", "12 Florida Road, Durban 4001"),
    }
    for code, (name, address) in places.items():
        Branch.objects.filter(pk=base.branches[code].pk).update(
            name=name, address=address, phone="021 555 0100"
        )
    for login, name in STAFF.items():
        User.objects.filter(login=login).update(name=name)


def moment(on: date, hour: int, minute: int = 0) -> datetime:
    """Return the UTC moment of a local time of day in South Africa."""
    return datetime.combine(on, time(hour, minute), ZONE).astimezone(UTC)
