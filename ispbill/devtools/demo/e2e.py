"""The fixture `e2e`: six customers on Saturday 10 January 2026, told by the product's own verbs.

Every row of history is written by the service that writes it in real life, at the moment it
would have happened; nothing is put into the books by hand.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from billing.changes.services import activation
from billing.dunning.services import dunning, steps
from billing.invoices.models import Invoice
from billing.receivables.services import settlement
from billing.receivables.services.admission import Asked
from billing.run.services import cycle, notices
from customers.models import Area, Customer, Package, Subscription
from customers.services import areas, packages, portal_access, registration, subscriptions
from customers.services.packages import Offer
from customers.services.profile import Details
from ispbill.accounts.models import User
from ispbill.core.acts import Act
from ispbill.devtools.demo import gateways, ground, messages, quiet, tills
from ispbill.devtools.demo.ground import CHATTOGRAM, HQ, Ground
from ispbill.devtools.demo.progress import Say
from network.services import lines
from resellers.models import Reseller

ZONE = ZoneInfo("Asia/Dhaka")
BUSINESS_DATE = date(2026, 1, 10)
TAX_RATE = Decimal("0.15")
REGISTERED = date(2025, 11, 22)

PACKAGES = [  # code, name, local name, Mbit/s, net a month
    ("ST10", "Student 10", "স্টুডেন্ট ১০", 10, Decimal("600.00")),
    ("H30", "Home 30", "হোম ৩০", 30, Decimal("1000.00")),
    ("H50", "Home 50", "হোম ৫০", 50, Decimal("1500.00")),
    ("H100", "Home 100", "হোম ১০০", 100, Decimal("2500.00")),
]
AREAS = [
    ("Mirpur-10", "মিরপুর-১০", HQ),
    ("Uttara-4", "উত্তরা-৪", HQ),
    ("Agrabad", "আগ্রাবাদ", CHATTOGRAM),
]


@dataclass(frozen=True)
class Person:
    """A row of the fixture's table; `paid_on` are the days each invoice in turn was paid."""

    name: str
    local_name: str
    phone: str
    package: str
    area: str
    address: str
    billing_day: int
    active_from: date
    paid_on: tuple[date, ...]
    username: str
    language: str = "en"
    reseller: str = ""


PEOPLE = [
    Person("Amina Begum", "আমিনা বেগম", "01711000001", "H30", "Mirpur-10",
           "House 7, Road 2, Block A, Mirpur-10", 5, date(2025, 12, 5),
           (date(2025, 12, 5), date(2026, 1, 4)), "amina", language="bn"),
    Person("Babul Hossain", "বাবুল হোসেন", "01711000002", "H30", "Mirpur-10",
           "House 21, Road 5, Block D, Mirpur-10", 25, date(2025, 11, 25),
           (date(2025, 11, 26), date(2025, 12, 24)), "babul"),
    Person("Chitra Roy", "চিত্রা রায়", "01711000003", "H50", "Uttara-4",
           "House 3, Road 11, Sector 4, Uttara", 5, date(2025, 12, 5),
           (date(2025, 12, 7),), "chitra", reseller=""),
    Person("Dulal Mia", "দুলাল মিয়া", "01711000004", "ST10", "Uttara-4",
           "House 40, Road 6, Sector 4, Uttara", 1, date(2025, 12, 1),
           (date(2025, 12, 2), date(2025, 12, 31)), "dulal", reseller="r1@demo.test"),
    Person("Eva Das", "ইভা দাস", "01711000005", "H100", "Agrabad",
           "15 Agrabad Access Road, Chattogram", 30, date(2025, 11, 30),
           (date(2025, 11, 30), date(2025, 12, 29)), "eva"),
    Person("Faruk Ahmed", "ফারুক আহমেদ", "01711000006", "H30", "Mirpur-10",
           "House 9, Road 14, Block B, Mirpur-10", 5, date(2025, 12, 5),
           (date(2025, 12, 6), date(2026, 1, 3)), "faruk"),
]  # fmt: skip


def seed(*, say: Say) -> None:
    """Fill an empty database with the fixture; the business clock stands at its date already."""
    with say.step("Company, staff, areas, packages"), quiet.history():
        base = ground.lay(tax_rate=TAX_RATE, at=moment(BUSINESS_DATE))
        gateways.connect(base, at=moment(REGISTERED))
        places = _areas(base)
        sold = _packages(base)
        dealers = _resellers(base, places)
    with say.step("Six customers and their history"), quiet.history():
        services = {p.phone: _register(p, base, places, sold, dealers) for p in PEOPLE}
        _live(services, base)
        User.objects.filter(role=User.Role.CUSTOMER).update(password=base.password_hash)
    with say.step("Messages already sent"):
        messages.deliver_what_is_past()
    quiet.shorten_job_runs()


def moment(on: date, hour: int = 10, minute: int = 0) -> datetime:
    """Return the UTC moment of a local time of day in Dhaka."""
    return datetime.combine(on, time(hour, minute), ZONE).astimezone(UTC)


def _areas(base: Ground) -> dict[str, Area]:
    return {
        name: areas.create(
            name=name,
            local_name=local,
            branch=base.branches[branch],
            act=Act(base.owner, moment(REGISTERED)),
        )
        for name, local, branch in AREAS
    }


def _packages(base: Ground) -> dict[str, Package]:
    sold = {}
    for code, name, local, mbps, net in PACKAGES:
        offer = Offer(
            code=code,
            name=name,
            local_name=local,
            technology=Package.Technology.FIBER,
            download_mbps=mbps,
            upload_mbps=mbps,
            installation_fee=Decimal("0.00"),
            description=f"{mbps} Mbit/s in both directions, unlimited.",
        )
        sold[code] = packages.create(offer=offer, act=Act(base.owner, moment(REGISTERED)))
        packages.set_price(
            package=sold[code],
            cycle="MONTHLY",
            effective_from=REGISTERED,
            amount=net,
            includes_tax=False,
            act=Act(base.owner, moment(REGISTERED), on=REGISTERED),
        )
    return sold


def _resellers(base: Ground, places: dict[str, Area]) -> dict[str, Reseller]:
    asked = [
        ("r1@demo.test", "Uttara Link", "01700000021", "Uttara-4"),
        ("r2@demo.test", "Mirpur Net Point", "01700000022", "Mirpur-10"),
    ]
    return {
        login: ground.reseller(
            login=login,
            name=name,
            phone=phone,
            branch=base.branches[HQ],
            areas=[places[area]],
            ground=base,
        )
        for login, name, phone, area in asked
    }


def _register(
    person: Person,
    base: Ground,
    places: dict[str, Area],
    sold: dict[str, Package],
    dealers: dict[str, Reseller],
) -> Subscription:
    """Sign somebody up: account, portal login, a pending service and its closed line."""
    seller, at = base.staff["sales@demo.test"], moment(REGISTERED)
    area = places[person.area]
    customer = registration.register(
        details=Details(
            name=person.name,
            local_name=person.local_name,
            phone=person.phone,
            area=area,
            address=person.address,
            language=person.language,
            reseller_id=dealers[person.reseller].pk if person.reseller else None,
            preferred_billing_day=person.billing_day,
        ),
        act=Act(seller, at, on=REGISTERED),
    )
    portal_access.open_portal_access(customer=customer, act=Act(seller, at))
    service = subscriptions.add(
        customer=customer,
        package=sold[person.package],
        act=Act(seller, at, on=REGISTERED),
        line=subscriptions.Line(connection_id=person.username, cpe_make="TP-Link XC220"),
    )
    router = base.routers["sim-2" if area.branch_id == base.branches[CHATTOGRAM].pk else "sim-1"]
    lines.provision(
        subscription=service,
        router=router,
        username=person.username,
        password=f"{person.username}-pppoe",
        act=Act(base.staff["noc@demo.test"], at, reason="new connection installed"),
    )
    return service


def _live(services: dict[str, Subscription], base: Ground) -> None:
    """Let the days from registration to the business date pass, each doing what was due."""
    on = REGISTERED
    while on <= BUSINESS_DATE:
        _night(on)
        for person in PEOPLE:
            if person.active_from == on:
                activation.activate(
                    subscription=services[person.phone],
                    on=on,
                    act=Act(
                        base.staff["noc@demo.test"],
                        moment(on, 11),
                        reason="installed and tested by the technician",
                    ),
                )
            for place, paid_on in enumerate(person.paid_on, start=1):
                if paid_on == on:
                    _pay(person, place, base, at=moment(on, 16, place))
        if on < BUSINESS_DATE:
            tills.put_away(base, at=moment(on, 20))
        on += timedelta(days=1)


def _night(on: date) -> None:
    """Do what the timetable does by itself: bill, announce, cut off, remind."""
    slot = moment(on, 2)
    outcome = cycle.run(on=on, act=Act(None, slot), trigger="SCHEDULE", scheduled_for=slot)
    if outcome.run is not None:
        notices.announce(run=outcome.run, act=Act(None, slot))
    dunning.suspend_overdue(on=on, act=Act(None, moment(on, 3)))
    steps.send(on=on, at=moment(on, 9))


def _pay(person: Person, place: int, base: Ground, *, at: datetime) -> None:
    """Pay all that is due, in cash at the counter or by bKash."""
    customer = Customer.objects.get(phone=_e164(person.phone))
    due = sum(
        Invoice.objects.filter(customer=customer, status="OPEN").values_list(
            "amount_due", flat=True
        ),
        Decimal(0),
    )
    is_cash = place % 2 == 1
    settlement.settle(
        Asked(
            customer_id=customer.pk,
            amount=due,
            method="CASH" if is_cash else "BKASH",
            received_by=base.cashier,
            received_at=at,
            key=f"e2e-{person.phone}-{place}",
            reference="" if is_cash else f"9A{person.phone[-6:]}{place}",
            act=Act(base.cashier, at),
        )
    )


def _e164(phone: str) -> str:
    return f"+88{phone}"
