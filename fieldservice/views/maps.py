"""/admin/field-jobs/map/: the jobs of a day as points, and beside them the same as a list."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from fieldservice.models import WorkOrder
from fieldservice.queries import map as queries
from fieldservice.queries.map import Seen
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock, formats, typed_days


@require_GET
@staff_only("field.view")
def show(request: Request) -> HttpResponse:
    """A day's jobs on a map; without an address of tiles the points stand on an empty ground."""
    on = typed_days.read(request.GET.get("day", "")) or clock.today()
    jobs = queries.jobs(request.user, on)
    seen = queries.seen(request.user, on)
    points = [_job(job) for job in jobs if job.latitude is not None]
    context = {
        "on": on,
        "jobs": jobs,
        "seen": seen,
        "points": json.dumps([*points, *map(_seen, seen)]),
        "tiles": settings.MAP_TILES_URL,
        "attribution": settings.MAP_TILES_ATTRIBUTION,
        "before": (on - timedelta(days=1)).isoformat(),
        "after": (on + timedelta(days=1)).isoformat(),
    }
    response = render(request, "fieldservice/staff/map.html", context)
    origin = tile_origin(settings.MAP_TILES_URL)
    if origin:  # the pictures come from there, and on this page alone
        response._csp_update = {"img-src": [origin]}  # type: ignore[attr-defined]
    return response


def tile_origin(address: str) -> str:
    """Return whose pictures may be shown: scheme and host of the tiles; "" for our own or none."""
    parts = urlsplit(address.replace("{s}", "*"))
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in {"http", "https"} else ""


def _job(job: WorkOrder) -> dict[str, Any]:
    return {
        "kind": "job",
        "lat": float(job.latitude or 0),
        "lon": float(job.longitude or 0),
        "state": job.state,
        "label": f"{job.number} · {job.get_kind_display()} · {job.get_state_display()}",
        "text": f"{job.customer.name}, {job.technician.name if job.technician else _('nobody')}",
        "url": reverse("staff_fieldservice:detail", args=[job.number]),
    }


def _seen(one: Seen) -> dict[str, Any]:
    return {
        "kind": "person",
        "lat": float(one.visit.latitude or 0),
        "lon": float(one.visit.longitude or 0),
        "accuracy": one.visit.accuracy_m or 0,
        "label": one.technician.name,
        "text": _("arrived here %(at)s") % {"at": formats.moment(one.at)},
        "url": reverse("staff_fieldservice:detail", args=[one.visit.order.number]),
    }
