"""P-09, /status: what everybody may see, in both languages, also while the database is away."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from ispbill.accounts.access import public
from ispbill.core import clock, outages
from network.outages.services import publishing

_MOMENTS = ("started_at", "expected_at", "restored_at")


@public
@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """Show how each area does, what is disturbed and what was said of it."""
    # The clock itself may be the simulated one, which the database keeps: it too may be away.
    try:
        kept, is_stale = publishing.picture(at=clock.now())
        context = _worded(kept) | {"is_stale": is_stale}
        if is_stale:
            return _plain(context)
        is_part = getattr(request, "htmx", False)
        name = "_status.html" if is_part else "status.html"
        return render(request, f"network/outages/public/{name}", context)
    except Exception as error:
        if outages.of(error) is None:
            raise
        last = publishing.last()
        if last is None:
            raise
        return _plain(_worded(last) | {"is_stale": True})


@public
@require_safe
def as_json(_request: HttpRequest) -> JsonResponse:
    """Give the same to machines."""
    kept, is_stale = publishing.picture(at=clock.now())
    hidden = {"area_ids"}
    for key in ("open", "past"):
        kept = kept | {
            key: [
                {name: value for name, value in one.items() if name not in hidden}
                for one in kept[key]
            ]
        }
    return JsonResponse(kept | {"is_stale": is_stale})


def _plain(context: dict[str, Any]) -> HttpResponse:
    """Show the last picture without anything that asks the database."""
    return HttpResponse(render_to_string("network/outages/public/alone.html", context))


def _worded(kept: dict[str, Any]) -> dict[str, Any]:
    """Return the picture in the reader's language, with moments."""
    local = "local_" if (get_language() or "en") == "bn" else ""

    def said(one: dict[str, Any], name: str) -> str:
        return str(one[local + name] or one[name])

    def told(one: dict[str, Any]) -> dict[str, Any]:
        moments = {name: datetime.fromisoformat(one[name]) for name in _MOMENTS if one[name]}
        updates = [
            {
                "state": each["state"],
                "text": said(each, "text"),
                "at": datetime.fromisoformat(each["at"]),
            }
            for each in one["updates"]
        ]
        places = one[local + "areas"] or one["areas"]
        words = {"title": said(one, "title"), "places": ", ".join(places)}
        return one | moments | words | {"updates": updates}

    return {
        "at": datetime.fromisoformat(kept["at"]),
        "areas": [{"name": said(one, "name"), "state": one["state"]} for one in kept["areas"]],
        "open": [told(one) for one in kept["open"]],
        "past": [told(one) for one in kept["past"]],
    }
