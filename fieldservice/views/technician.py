"""/technician/: the shell of the app, and the day it keeps on the phone."""

import json
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from fieldservice.models import Visit, WorkOrder
from fieldservice.queries import orders, to_sign
from fieldservice.queries import week as weeks
from fieldservice.rounds.views import words as round_words
from fieldservice.rules.lifecycle import CANCELLED
from fieldservice.stock.queries import stock
from fieldservice.views import field_words, maps
from ispbill.accounts.access import may, technician_only
from ispbill.accounts.http import Request
from ispbill.core import clock, phones, rls, typed_days
from ispbill.core.models import Company

DAYS_BACK, DAYS = 1, 4  # yesterday to the day after tomorrow


@technician_only
@require_safe
def app(request: Request) -> HttpResponse:
    """T-01, T-02, T-04, T-06: one page for what lies on the phone; it has no customer in it."""
    return _shell(request)


@technician_only
@require_safe
def job(request: Request, number: str) -> HttpResponse:
    """The same page for one job; another technician's is not there."""
    get_object_or_404(orders.visible_to(request.user).exclude(state=CANCELLED), number=number)
    return _shell(request)


@technician_only
@require_safe
def day(request: Request) -> JsonResponse:
    """The jobs a phone keeps: own ones from yesterday to two days ahead, and older unfinished."""
    today = clock.today()
    zone = clock.zone()
    start, end = orders.bounds(today - timedelta(days=DAYS_BACK), DAYS, zone)
    found = orders.day_of_technician(
        request.user, start=start, end=end, since=start - timedelta(days=30)
    )
    past = orders.past_visits(found)
    papers = to_sign.of({order.customer_id for order in found})
    with rls.as_house():
        lines, swaps = orders.with_lines(found), orders.swaps_asked(found, request.user)
        van, sent = stock.van(request.user), len(stock.to_accept(request.user))
    jobs = [
        {
            **_job(order, request.user.pk),
            "has_line": order.pk in lines,
            "swap_asked": order.pk in swaps,
            "history": _history(past[order.pk]),
            "to_sign": papers.get(order.customer_id, []),
        }
        for order in found
    ]
    return JsonResponse(
        {
            "user": request.user.pk,
            "today": today.isoformat(),
            "jobs": jobs,
            "van": van,
            "to_accept": sent,
        }
    )


@technician_only
@require_safe
def week(request: Request) -> HttpResponse:
    """T-05: the own seven days from today on, or from another day; asked of the office."""
    first = typed_days.read(request.GET.get("from", "")) or clock.today()
    step = timedelta(days=weeks.DAYS)
    context = {
        "days": weeks.own(request.user, first),
        "before": first - step,
        "after": first + step,
        "is_now": first == clock.today(),
    }
    return render(request, "fieldservice/technician/week.html", context)


def _shell(request: Request) -> HttpResponse:
    collects = "only" if may(request.user, "payments.take") else ""
    known = {**field_words.WORDS, **(round_words.WORDS if collects else {})}
    words = json.dumps({key: str(word) for key, word in known.items()})
    failures = json.dumps([[code, str(word)] for code, word in Visit.Failure.choices])
    context = {"words": words, "user_id": request.user.pk, "failures_json": failures}
    context["needs_pin"] = _needs_pin(collects=bool(collects))
    context |= {"collects": collects, "scripts": "round" if collects else "field"}
    context |= {"tiles": settings.MAP_TILES_URL, "attribution": settings.MAP_TILES_ATTRIBUTION}
    response = render(request, "fieldservice/technician/app.html", context)
    origin = maps.tile_origin(settings.MAP_TILES_URL)
    if origin:
        response._csp_update = {"img-src": [origin]}  # type: ignore[attr-defined]
    return response


def _needs_pin(*, collects: bool) -> bool:
    """Tell whether the app asks for a PIN where none is set yet."""
    rule = Company.current().field_pin
    return rule == Company.FieldPin.EVERYBODY or (rule == Company.FieldPin.COLLECTORS and collects)


def _job(order: WorkOrder, technician_id: int) -> dict[str, Any]:
    """Return what of a job may lie on a phone: no national id, no e-mail, no money."""
    zone = clock.zone()
    service = order.subscription
    own = [visit for visit in order.visits.all() if visit.technician_id == technician_id]
    visit = max(own, key=lambda visit: visit.visit_no, default=None)
    start, end = order.window_start, order.window_end
    return {
        "number": order.number,
        "kind": order.kind,
        "kind_label": order.get_kind_display(),
        "state": order.state,
        "version": order.version,
        "day": start.astimezone(zone).date().isoformat() if start else "",
        "window": f"{start.astimezone(zone):%H:%M}–{end.astimezone(zone):%H:%M}"
        if start and end
        else "",
        "minutes": order.planned_minutes,
        "priority": order.priority,
        "priority_label": order.get_priority_display(),
        "customer": order.customer.name,
        "phone": order.customer.phone,
        "phone_shown": phones.national(order.customer.phone),
        "address": order.address,
        "area": order.customer.area.name,
        "lat": float(order.latitude) if order.latitude is not None else None,
        "lon": float(order.longitude) if order.longitude is not None else None,
        "instructions": order.instructions,
        "package": service.package.name if service else "",
        "mbps": service.download_mbps if service else None,
        "login": service.connection_id if service else "",
        "checklist": [{**item, "label": _(item["label"])} for item in order.checklist],
        "visit": _visit(visit),
    }


def _history(past: list[Visit]) -> list[dict[str, str]]:
    zone = clock.zone()
    return [
        {
            "what": f"{one.order.get_kind_display()}: {one.get_result_display()}",
            "day": one.ended_at.astimezone(zone).date().isoformat() if one.ended_at else "",
            "notes": one.notes[:200],
        }
        for one in past
    ]


def _visit(visit: Visit | None) -> dict[str, Any] | None:
    if visit is None:
        return None
    return {
        "result": visit.result,
        "answers": visit.answers,
        "photos": [one.item for one in visit.photos.all()],
        "materials": [str(one) for one in visit.materials.all()],
        "signed": bool(visit.signature or visit.signed_name or visit.no_signature_reason),
        "distance": visit.distance_m,
        "accuracy": visit.accuracy_m,
    }
