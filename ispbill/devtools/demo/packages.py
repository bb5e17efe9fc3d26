"""What the demo company sells: market prices of Bangladesh, VAT on top."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from customers.models import OttApp, Package, PackagePrice
from customers.services import packages
from customers.services.packages import Offer
from ispbill.core.acts import Act
from ispbill.core.money import Taxed
from ispbill.devtools.demo.ground import Ground

APPS = ("Bongo", "Chorki", "Hoichoi", "Toffee", "Binge", "iScreen")
# Paying for longer is cheaper: part of the price of as many single months.
LONGER = {
    "MONTHLY": (1, Decimal(1)),
    "QUARTERLY": (3, Decimal("0.97")),
    "ANNUAL": (12, Decimal("0.90")),
}


@dataclass(frozen=True)
class Sold:
    """A package as the demo sells it; `share` is how many of a hundred services have it."""

    code: str
    name: str
    local_name: str
    download: int
    upload: int
    monthly: Decimal
    share: int
    apps: tuple[str, ...] = ()
    channels: int = 0
    sla: str = ""
    is_for_business: bool = False
    technology: str = "FIBER"


RANGE = [
    Sold("ST10", "Student 10", "স্টুডেন্ট ১০", 10, 10, Decimal(500), 14),
    Sold("H20", "Home 20", "হোম ২০", 20, 20, Decimal(700), 22, ("Toffee",)),
    Sold("W15", "Air 15", "এয়ার ১৫", 15, 5, Decimal(650), 5, technology="WIRELESS"),
    Sold("F40", "Family 40", "ফ্যামিলি ৪০", 40, 40, Decimal(1000), 26, ("Bongo", "Toffee"), 80),
    Sold("P60", "Power 60", "পাওয়ার ৬০", 60, 60, Decimal(1200), 16,
         ("Bongo", "Chorki", "Toffee"), 120),
    Sold("PR100", "Pro 100", "প্রো ১০০", 100, 100, Decimal(1800), 11,
         ("Bongo", "Chorki", "Hoichoi", "Binge"), 150),
    Sold("B50", "Business 50", "বিজনেস ৫০", 50, 50, Decimal(6000), 4, sla="99.5 %",
         is_for_business=True),
    Sold("B200", "Business 200", "বিজনেস ২০০", 200, 200, Decimal(15000), 2, sla="99.9 %",
         is_for_business=True),
]  # fmt: skip


@dataclass(frozen=True)
class Offered:
    """A package row with its net prices by cycle, in taka."""

    package_id: int
    sold: Sold
    prices: Mapping[str, Decimal]


def build(base: Ground, *, tax_rate: Decimal, since: date, at: datetime) -> list[Offered]:
    """Make packages with prices that hold from `since`, the first day of the history."""
    apps = {app.name: app for app in OttApp.objects.bulk_create(OttApp(name=n) for n in APPS)}
    offered, rows = [], []
    for sold in RANGE:
        package = packages.create(
            offer=Offer(
                code=sold.code,
                name=sold.name,
                local_name=sold.local_name,
                technology=Package.Technology(sold.technology),
                download_mbps=sold.download,
                upload_mbps=sold.upload,
                installation_fee=Decimal("500.00"),
                live_channels=sold.channels,
                sla_class=sold.sla,
                description=(
                    f"{sold.download} Mbit/s down, {sold.upload} up, unlimited."
                    " Shared at no worse than 1:8."
                ),
            ),
            ott_apps=tuple(apps[name] for name in sold.apps),
            act=Act(base.owner, at),
        )
        prices = {
            cycle: (sold.monthly * months * part).quantize(Decimal("0.01"))
            for cycle, (months, part) in LONGER.items()
        }
        for cycle, net in prices.items():
            taxed = Taxed.from_net(net, tax_rate)
            rows.append(
                PackagePrice(
                    package=package,
                    cycle=cycle,
                    effective_from=since,
                    net_amount=taxed.net,
                    tax_rate=tax_rate,
                    gross_amount=taxed.gross,
                )
            )
        offered.append(Offered(package.pk, sold, prices))
    PackagePrice.objects.bulk_create(rows)
    return offered
