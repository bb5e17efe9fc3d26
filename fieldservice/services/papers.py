"""The report of a completed job, as the customer gets it."""

import base64
from datetime import timedelta
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from billing.invoices.services.documents import Paper, Wanted
from fieldservice.models import Visit, WorkOrder
from ispbill.core import formats, made_files, phones
from ispbill.core.models import Company

REPORT = "JOB_REPORT"
PHOTOS_SHOWN = 6


def report(wanted: Wanted) -> Paper:
    """Lay out the report of a job. Raises WorkOrder.DoesNotExist."""
    orders = WorkOrder.objects.select_related("customer", "subscription")
    order = orders.get(pk=wanted.source_id)
    visit = order.visits.select_related("technician").order_by("-visit_no").first()
    with translation.override(wanted.language):
        context: dict[str, object] = {
            "language": wanted.language,
            "company": Company.current(),
            "order": order,
            "kind": order.get_kind_display(),
            "state": order.get_state_display(),
            "phone": phones.national(order.customer.phone),
            "visit": visit,
            **(_of_visit(order, visit, wanted.language) if visit else {}),
        }
    return Paper("fieldservice/pdf/report.html", context)


def answers_of(order: WorkOrder, visit: Visit) -> list[dict[str, Any]]:
    """Return the checklist with what was answered, in words."""
    photos = set(visit.photos.values_list("item", flat=True))
    rows = []
    for item in order.checklist:
        if item["kind"] == "signature":
            continue
        answer = visit.answers.get(item["key"]) or {}
        value = answer.get("value")
        if item["kind"] == "photo":
            value = _("taken") if item["key"] in photos else ""
        elif isinstance(value, bool):
            value = _("Yes") if value else _("No")
        rows.append(
            {
                "label": _(item["label"]),
                "value": value or "",
                "impossible": answer.get("impossible", ""),
            }
        )
    return rows


def signature_path(visit: Visit) -> str:
    """Return the drawn signature as the path of an SVG picture."""
    return " ".join(
        "M" + " L".join(f"{x:.0f} {y:.0f}" for x, y in stroke)
        for stroke in visit.signature
        if stroke
    )


def _of_visit(order: WorkOrder, visit: Visit, language: str) -> dict[str, object]:
    length = (
        visit.ended_at - visit.arrived_at if visit.ended_at and visit.arrived_at else timedelta(0)
    )
    return {
        "technician": visit.technician.name,
        "arrived": formats.moment(visit.arrived_at, language=language) if visit.arrived_at else "",
        "ended": formats.moment(visit.ended_at, language=language) if visit.ended_at else "",
        "duration": formats.duration(length, language) if length else "",
        "answers": answers_of(order, visit),
        "materials": list(visit.materials.order_by("pk")),
        "photos": [
            _picture(one.path)
            for one in visit.photos.exclude(path="").order_by("pk")[:PHOTOS_SHOWN]
        ],
        "signature": signature_path(visit),
    }


def _picture(path: str) -> str:
    """Return a photo as an address with the picture inside; "" when the file is gone."""
    place = made_files.place(path)
    if place is None:
        return ""
    return "data:image/jpeg;base64," + base64.b64encode(place.read_bytes()).decode()
