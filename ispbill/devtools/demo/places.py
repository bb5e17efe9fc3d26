"""Where the demo company works: zones, areas and blocks that exist, with invented addresses."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from customers.models import Area
from customers.services import areas
from ispbill.core.acts import Act
from ispbill.devtools.demo.ground import CHATTOGRAM, HQ, Ground


@dataclass(frozen=True)
class Place:
    """An area of the tree; `share` is how many of a hundred customers live there."""

    name: str
    local_name: str
    zone: str
    latitude: Decimal
    longitude: Decimal
    share: int
    town: str


ZONES = [  # name, local name, branch
    ("Dhaka North", "ঢাকা উত্তর", HQ),
    ("Dhaka South", "ঢাকা দক্ষিণ", HQ),
    ("Chattogram", "চট্টগ্রাম", CHATTOGRAM),
]
PLACES = [
    Place("Mirpur-10", "মিরপুর-১০", "Dhaka North", Decimal("23.8069"), Decimal("90.3687"), 16,
          "Dhaka 1216"),
    Place("Uttara-4", "উত্তরা-৪", "Dhaka North", Decimal("23.8688"), Decimal("90.4003"), 13,
          "Dhaka 1230"),
    Place("Banani", "বনানী", "Dhaka North", Decimal("23.7937"), Decimal("90.4066"), 5,
          "Dhaka 1213"),
    Place("Bashundhara", "বসুন্ধরা", "Dhaka North", Decimal("23.8193"), Decimal("90.4526"), 9,
          "Dhaka 1229"),
    Place("Badda", "বাড্ডা", "Dhaka North", Decimal("23.7806"), Decimal("90.4267"), 8,
          "Dhaka 1212"),
    Place("Dhanmondi", "ধানমন্ডি", "Dhaka South", Decimal("23.7461"), Decimal("90.3742"), 8,
          "Dhaka 1209"),
    Place("Mohammadpur", "মোহাম্মদপুর", "Dhaka South", Decimal("23.7662"), Decimal("90.3589"), 10,
          "Dhaka 1207"),
    Place("Khilgaon", "খিলগাঁও", "Dhaka South", Decimal("23.7509"), Decimal("90.4257"), 7,
          "Dhaka 1219"),
    Place("Jatrabari", "যাত্রাবাড়ী", "Dhaka South", Decimal("23.7104"), Decimal("90.4344"), 6,
          "Dhaka 1204"),
    Place("Agrabad", "আগ্রাবাদ", "Chattogram", Decimal("22.3245"), Decimal("91.8123"), 8,
          "Chattogram 4100"),
    Place("Halishahar", "হালিশহর", "Chattogram", Decimal("22.3375"), Decimal("91.7756"), 6,
          "Chattogram 4216"),
    Place("Nasirabad", "নাসিরাবাদ", "Chattogram", Decimal("22.3667"), Decimal("91.8270"), 4,
          "Chattogram 4000"),
]  # fmt: skip
BLOCKS = {"Mirpur-10": ("Block A", "Block B"), "Bashundhara": ("Block C", "Block D")}


@dataclass(frozen=True)
class Site:
    """Where a customer may live: the row of the area, and the place it lies in."""

    area_id: int
    branch_id: int
    place: Place
    block: str = ""


def build(base: Ground, *, at: datetime) -> tuple[list[Site], dict[str, Area]]:
    """Make the tree of areas; return the sites customers live at, and the areas by name."""
    zones = {
        name: areas.create(
            name=name,
            local_name=local,
            kind=Area.Kind.ZONE,
            branch=base.branches[branch],
            act=Act(base.owner, at),
        )
        for name, local, branch in ZONES
    }
    sites, by_name = [], {}
    for place in PLACES:
        zone = zones[place.zone]
        area = areas.create(
            name=place.name,
            local_name=place.local_name,
            parent=zone,
            branch=zone.branch,
            act=Act(base.owner, at),
        )
        Area.objects.filter(pk=area.pk).update(latitude=place.latitude, longitude=place.longitude)
        by_name[place.name] = area
        sites.append(Site(area.pk, area.branch_id, place))
        for block in BLOCKS.get(place.name, ()):
            child = areas.create(
                name=block,
                kind=Area.Kind.BLOCK,
                parent=area,
                branch=zone.branch,
                act=Act(base.owner, at),
            )
            sites.append(Site(child.pk, area.branch_id, place, block))
    return sites, by_name
