"""People who may become customers, in every stage of becoming one."""

import random
from collections.abc import Sequence
from datetime import timedelta

from customers.models import Lead
from ispbill.devtools.demo import names
from ispbill.devtools.demo.days import Calendar, moment
from ispbill.devtools.demo.ground import Ground
from ispbill.devtools.demo.packages import Offered
from ispbill.devtools.demo.places import Site

STAGES = {"NEW": 24, "CONTACTED": 22, "SURVEY": 16, "OFFER": 12, "WON": 14, "LOST": 12}
OPEN_STAGES = {"NEW", "CONTACTED", "SURVEY", "OFFER"}


def make(
    count: int,
    *,
    seed: int,
    calendar: Calendar,
    base: Ground,
    sites: Sequence[Site],
    packages: Sequence[Offered],
) -> int:
    """Write `count` leads of the last weeks; the same ones for the same seed."""
    rng = random.Random(f"{seed} leads")
    owner = base.staff["sales@demo.test"]
    rows = []
    for place in range(1, count + 1):
        first, last = rng.choice(names.FIRST_NAMES), rng.choice(names.LAST_NAMES)
        stage = rng.choices(list(STAGES), list(STAGES.values()))[0]
        if place <= len(STAGES):
            stage = list(STAGES)[place - 1]  # every stage has somebody, however few there are
        site = rng.choice(sites)
        born = calendar.today - timedelta(days=rng.randrange(1, 70))
        rows.append(
            Lead(
                name=f"{first[0]} {last[0]}",
                phone=f"+88018{50_000_000 + place:08d}",
                email=f"{first[0].lower()}.lead{place}@leads.test" if rng.random() < 0.4 else "",
                address=f"House {rng.randrange(1, 120)}, {site.place.name}, {site.place.town}",
                area_id=site.area_id,
                branch_id=site.branch_id,
                source=rng.choice(names.LEAD_SOURCES),
                package_id=rng.choice(packages).package_id,
                stage=stage,
                lost_reason=rng.choice(names.LOST_REASONS) if stage == "LOST" else "",
                owner=owner if stage != "NEW" or rng.random() < 0.5 else None,
                next_action_on=calendar.today + timedelta(days=rng.randrange(-3, 10))
                if stage in OPEN_STAGES
                else None,
                notes=rng.choice(names.NOTES) if rng.random() < 0.3 else "",
                created_at=moment(born, 9 + rng.randrange(9), rng.randrange(60)),
            )
        )
    Lead.objects.bulk_create(rows, batch_size=500)
    return len(rows)
