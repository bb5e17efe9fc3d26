"""What both profiles stand on: the company, its offices, people, routers and partners."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.contrib.auth.hashers import make_password

from billing.ledger.services import ledger
from customers.models import Area
from ispbill.accounts.models import Branch, User
from ispbill.core import crypto, phones
from ispbill.core.models import Company
from ispbill.devtools.demo.logins import PASSWORD, STAFF
from ispbill.devtools.sandbox import config
from network.models import Router
from resellers.models import Reseller

HQ, CHATTOGRAM = "HQ", "CTG"
NAMES = {
    "owner@demo.test": "Rezaul Karim",
    "billing@demo.test": "Farhana Akter",
    "cashier@demo.test": "Nadia Islam",
    "support@demo.test": "Tanvir Hasan",
    "noc@demo.test": "Imran Chowdhury",
    "sales@demo.test": "Sabina Yasmin",
    "manager.ctg@demo.test": "Mahbub Alam",
    "auditor@demo.test": "Shirin Sultana",
    "tech1@demo.test": "Jamal Uddin",
    "tech2@demo.test": "Rafiq Mia",
    "collector@demo.test": "Habibur Rahman",
}


@dataclass(frozen=True)
class Ground:
    """The rows everything else hangs on, by the names the profiles use."""

    branches: Mapping[str, Branch]
    staff: Mapping[str, User]
    routers: Mapping[str, Router]
    password_hash: str

    @property
    def owner(self) -> User:
        return self.staff["owner@demo.test"]

    @property
    def cashier(self) -> User:
        return self.staff["cashier@demo.test"]


def lay(*, tax_rate: Decimal, at: datetime) -> Ground:
    """Make the company, two branches, its staff and two of the sandbox's routers.

    `tax_rate` is a fraction added on top of prices. `at` is the moment the routers were last seen.
    """
    _company(tax_rate)
    ledger.open_chart()
    branches = {
        HQ: Branch.objects.create(
            code=HQ,
            name="Dhaka HQ",
            phone="09612-000000",
            address="House 12, Road 3, Block C, Mirpur-10, Dhaka 1216",
        ),
        CHATTOGRAM: Branch.objects.create(
            code=CHATTOGRAM,
            name="Chattogram",
            phone="09612-000001",
            address="15 Sheikh Mujib Road, Agrabad, Chattogram 4100",
        ),
    }
    hashed = make_password(PASSWORD)
    staff = _staff(branches, hashed)
    Branch.objects.filter(pk=branches[HQ].pk).update(manager=staff["owner@demo.test"])
    Branch.objects.filter(pk=branches[CHATTOGRAM].pk).update(manager=staff["manager.ctg@demo.test"])
    routers = {
        "sim-1": router("sim-1", branches[HQ], "Mirpur-10 exchange", at),
        "sim-2": router("sim-2", branches[CHATTOGRAM], "Agrabad exchange", at),
    }
    return Ground(branches=branches, staff=staff, routers=routers, password_hash=hashed)


def reseller(
    *, login: str, name: str, phone: str, branch: Branch, areas: Iterable[Area], ground: Ground
) -> Reseller:
    """Make a reseller who signs in with `login` and earns 10 % of the payments of his areas."""
    number = phones.normalise(phone)
    user = User.objects.create(
        login=login,
        name=name,
        role=User.Role.RESELLER,
        phone=number,
        email=login,
        password=ground.password_hash,
        branch=branch,
    )
    row = Reseller.objects.create(
        user=user, name=name, phone=number, branch=branch, commission_rate=Decimal("0.10")
    )
    row.areas.set(areas)
    return row


def _company(tax_rate: Decimal) -> None:
    Company.objects.update_or_create(
        pk=1,
        defaults={
            "name": "Demo Net",
            "legal_name": "Demo Net Limited",
            "address": "House 12, Road 3, Block C, Mirpur-10, Dhaka 1216",
            "phone": "09612-000000",
            "email": "care@demo.test",
            "website": "https://demo.test",
            "tax_number": "000000000-0000",
            "bank_details": "Demo Bank, Mirpur branch, account 000-0000-0000",
            "currency": "BDT",
            "number_style": Company.NumberStyle.BDT,
            "time_zone": "Asia/Dhaka",
            "phone_region": "BD",
            "rest_weekdays": [4, 5],  # Friday and Saturday
            "default_language": "en",
            "tax_name": "VAT",
            "tax_rate": tax_rate,
            "rewards_referrals": True,
            "invoice_lead_days": 7,
            "grace_days": 3,
            "reminder_offsets": [-3, -1, 0],
            "proration": Company.Proration.ANCHOR,
            "first_bill": Company.FirstBill.ON_ACTIVATION,
            "reactivation": Company.Reactivation.NOTHING_OVERDUE,
            "suspend_from_hour": 0,
            "suspend_until_hour": 24,
            "minimum_suspend_amount": Decimal("0.00"),
        },
    )
    Company.forget_cached()


def _staff(branches: Mapping[str, Branch], hashed: str) -> dict[str, User]:
    """The branch manager belongs to Chattogram, everybody else to the head office."""
    people = [
        User(
            login=login,
            name=NAMES[login],
            role=role,
            email=login,
            phone=f"+88017000000{place:02d}",
            password=hashed,
            branch=branches[CHATTOGRAM] if role == User.Role.BRANCH_MANAGER else branches[HQ],
            is_staff=role == User.Role.OWNER,
            is_superuser=role == User.Role.OWNER,
        )
        for place, (_label, login, role) in enumerate(STAFF, start=1)
    ]
    return {user.login: user for user in User.objects.bulk_create(people)}


def router(name: str, branch: Branch, site: str, at: datetime, **columns: object) -> Router:
    """Make a router of the sandbox, at the address its simulator will listen on."""
    entry = config.router(settings.SANDBOX_DIR, name)
    made = Router(
        name=name,
        host=entry["host"],
        port=entry["port"],
        username=entry["username"],
        branch=branch,
        site=site,
        address_pool="pppoe-pool",
        walled_pool="expired-pool",
        local_address="10.64.0.1",
        status=Router.Status.ONLINE,
        identity=name,
        last_seen_at=at,
        **columns,
    )
    made.sealed_password = crypto.seal(entry["password"], context=f"network.router:{made.seal_id}")
    made.save()
    return made
