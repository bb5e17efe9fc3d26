"""What the list is narrowed by of how customers use their lines and what they think of us."""

from decimal import Decimal

from django.db.models import Q

# What somebody last said of recommending us, from 0 to 10.
NPS = {"promoter": (9, 10), "passive": (7, 8), "detractor": (0, 6)}
NAMES = (
    "stars_to", "value_from", "value_to", "speed_to", "uptime_to", "ott", "nps", "peak",
)  # fmt: skip
_HOURS = 3  # of the busiest stretch


def asked(
    *,
    stars_to: Decimal | None,
    value_from: Decimal | None,
    value_to: Decimal | None,
    speed_to: Decimal | None,
    uptime_to: Decimal | None,
    ott: str,
    nps: str,
    peak: int | None,
) -> Q:
    """Return the condition on account states; an empty one when nothing is asked."""
    found = Q()
    for lookup, value in (
        ("satisfaction__lte", stars_to),
        ("lifetime_value_amount__gte", value_from),
        ("lifetime_value_amount__lte", value_to),
        ("average_mbps__lte", speed_to),
        ("uptime_percent__lte", uptime_to),
    ):
        if value is not None:
            found &= Q(**{lookup: value})
    if ott:
        found &= Q(top_ott_app=ott)
    if nps in NPS:
        least, most = NPS[nps]
        found &= Q(nps__gte=least, nps__lte=most)
    return found if peak is None else found & _busy_at(peak)


def _busy_at(hour: int) -> Q:
    """Return the condition that an hour of the day is among the busiest stretch."""
    found = Q()
    for back in range(_HOURS):
        found |= Q(peak_hours__startswith=f"{(hour - back) % 24:02d}")
    return found
