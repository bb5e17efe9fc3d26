"""What everybody may see: areas, phases and words; no routers, no numbers of customers."""

from datetime import datetime, timedelta
from typing import Any

from customers.models import Area
from network.models import Access, Router
from network.outages.models import Outage
from network.outages.rules import moves

_DAYS = timedelta(days=90)
_MOST = 20


def snapshot(*, at: datetime) -> dict[str, Any]:
    """Return plain values to keep and to show when the database is away; moments as ISO text."""
    shown = _told(Outage.objects.filter(state__in=moves.SHOWN).order_by("started_at"))
    past = _told(
        Outage.objects.filter(state__in=moves.OVER, restored_at__gte=at - _DAYS).order_by(
            "-restored_at"
        )[:_MOST]
    )
    return {"at": at.isoformat(), "areas": _areas(shown), "open": shown, "past": past}


def _told(found: Any) -> list[dict[str, Any]]:
    rows = list(found.prefetch_related("scopes__area", "scopes__router", "updates"))
    near = _areas_of_routers(
        {one.router_id for row in rows for one in row.scopes.all() if one.router_id is not None}
    )
    return [_one(row, near) for row in rows]


def _one(row: Outage, near: dict[int, list[Area]]) -> dict[str, Any]:
    places: dict[int, Area] = {}
    for scope in row.scopes.all():
        if row.is_open and scope.ended_at is not None:
            continue
        found = [scope.area] if scope.area else near.get(scope.router_id or 0, [])
        places |= {one.pk: one for one in found if one is not None}
    return {
        "number": row.number,
        "state": row.state,
        "is_planned": row.is_planned,
        "is_down": row.severity == Outage.Severity.DOWN,
        "title": row.title,
        "local_title": row.local_title,
        "started_at": row.started_at.isoformat(),
        "expected_at": row.expected_at.isoformat() if row.expected_at else None,
        "restored_at": row.restored_at.isoformat() if row.restored_at else None,
        "area_ids": sorted(places),
        "areas": sorted(one.name for one in places.values()),
        "local_areas": sorted(one.local_name or one.name for one in places.values()),
        "updates": [
            {
                "state": one.state,
                "text": one.text,
                "local_text": one.local_text,
                "at": one.at.isoformat(),
            }
            for one in sorted(row.updates.all(), key=lambda one: -one.pk)
            if one.text
        ],
    }


def _areas_of_routers(router_ids: set[int]) -> dict[int, list[Area]]:
    """Return the areas whose lines hang on these routers: what a router is to the public."""
    pairs = (
        Access.objects.filter(router__in=router_ids)
        .exclude(desired_state=Access.State.REMOVED)
        .values_list("router_id", "customer__area_id")
        .distinct()
        .order_by()
    )
    found = list(pairs)
    areas = Area.objects.in_bulk({area_id for _router, area_id in found})
    near: dict[int, list[Area]] = {}
    for router_id, area_id in found:
        near.setdefault(router_id, []).append(areas[area_id])
    return near


def _areas(shown: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return each living area that is served with how it does, the disturbed ones first."""
    state_of: dict[int, str] = {}
    order = ("OPERATIONAL", "MAINTENANCE", "DEGRADED", "OUTAGE")
    for one in shown:
        if one["state"] == moves.SCHEDULED:
            continue
        state = "MAINTENANCE" if one["is_planned"] else "OUTAGE" if one["is_down"] else "DEGRADED"
        for area_id in one["area_ids"]:
            known = state_of.get(area_id, "OPERATIONAL")
            state_of[area_id] = max(known, state, key=order.index)
    areas = Area.objects.filter(archived_at=None)
    is_watched = Router.objects.filter(is_enabled=True, archived_at=None).exists()
    served = set(
        Access.objects.exclude(desired_state=Access.State.REMOVED)
        .values_list("customer__area_id", flat=True)
        .distinct()
        .order_by()
    )
    rows = []
    for area in areas:
        states = [state_of[pk] for pk in area.lineage if pk in state_of]
        if not states and not (is_watched and area.pk in served):
            continue
        state = max(states, key=order.index) if states else "OPERATIONAL"
        rows.append({"name": area.name, "local_name": area.local_name or area.name, "state": state})
    return sorted(rows, key=lambda row: (-order.index(row["state"]), row["name"]))
