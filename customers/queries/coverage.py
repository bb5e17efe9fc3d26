"""Where a line can be had: by area, by a pin on the map, and as a choice for everybody."""

from dataclasses import dataclass

from customers.models import Area
from customers.rules import coverage as rules
from customers.rules.coverage import Centre, Degrees


@dataclass(frozen=True)
class Served:
    """An area in its place, and whether a line can be had there (`Area.Coverage`)."""

    area: Area
    depth: int
    coverage: str


def all_areas() -> list[Served]:
    """Return the living areas, parents before children and siblings by name."""
    areas = list(Area.objects.filter(archived_at__isnull=True).select_related("branch"))
    by_id = {area.pk: area for area in areas}
    found = []
    for area in sorted(areas, key=lambda one: _names(one, by_id)):
        above = _above(area, by_id)
        said = rules.effective(one.coverage for one in above)
        found.append(Served(area, len(above) - 1, said))
    return found


def of(area: Area) -> str:
    """Return whether a line can be had in an area."""
    said = dict(Area.objects.filter(pk__in=area.lineage).values_list("pk", "coverage"))
    return rules.effective(said.get(pk, "") for pk in area.lineage)


def at(pin: Degrees) -> Area | None:
    """Return the area a pin lies in: the nearest centre, when it is near enough."""
    rows = Area.objects.filter(archived_at__isnull=True, latitude__isnull=False)
    centres = [
        Centre(pk, (float(north), float(east)))
        for pk, north, east in rows.values_list("pk", "latitude", "longitude")
        if north is not None and east is not None
    ]
    found = rules.nearest(pin, centres)
    return None if found is None else Area.objects.select_related("branch").get(pk=found)


def choices() -> list[tuple[int, str]]:
    """Return the areas as options for somebody who lives in one of them."""
    return [(one.area.pk, "\u2003" * one.depth + (one.area.name)) for one in all_areas()]


def _above(area: Area, by_id: dict[int, Area]) -> list[Area]:
    """Return an area and the living ones it lies in, from the root."""
    return [by_id[pk] for pk in area.lineage if pk in by_id] or [area]


def _names(area: Area, by_id: dict[int, Area]) -> list[tuple[str, int]]:
    return [(one.name.lower(), one.pk) for one in _above(area, by_id)]
