"""Generate invoices for ticked customers: see what is due, then order a run narrowed to them."""

from collections import Counter
from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext_lazy
from django.views.decorators.http import require_http_methods

from billing.dunning.views import chosen
from billing.run.forms.runs import ChosenForm
from billing.run.queries import left_out, preview, runs
from billing.run.services import cycle
from billing.run.services.run_requests import Wanted
from billing.run.views.runs import order, preview_context
from customers.views import links
from ispbill.accounts import responses
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock, formats
from ispbill.core.models import Company

_SHOWN = 200
_WHY: dict[str, Any] = {
    "NOT_DUE": gettext_lazy("Nothing due: the next period starts %(day)s"),
    "RETURNED": gettext_lazy("Just back: the days it was switched off are settled first"),
    "ON_HOLD": gettext_lazy("On hold: too many periods at once"),
    "SUSPENDED": gettext_lazy("Suspended, and not billed meanwhile"),
    "PENDING": gettext_lazy("Not in use yet: the first bill comes when it is"),
    "PREPAID": gettext_lazy("Prepaid: it renews from what was paid"),
    "NO_SERVICE": gettext_lazy("No service"),
}
_WHY_SHORT = _WHY | {"NOT_DUE": gettext_lazy("Nothing due yet")}


@require_http_methods(["GET", "POST"])
@staff_only("billing.run")
def new(request: Request) -> HttpResponse:
    """Show what the chosen customers would be billed today; POST orders it, once for each key."""
    if request.htmx and request.method == "GET":  # from the list's bar: this takes a whole page
        return responses.go(request, request.get_full_path())
    at = clock.now()
    on, ids = clock.local_date(at), chosen.ids(request)
    form = ChosenForm(request.POST or None, initial={"key": uuid4(), "ids": _joined(ids)})
    refusal = chosen.refusal(ids)
    if request.method == "POST" and not refusal and form.is_valid():
        return order(
            request, key=str(form.cleaned_data["key"]), wanted=Wanted(on=on, customers=tuple(ids))
        )
    context: dict[str, Any] = {
        "form": form,
        "count": len(ids),
        "refusal": refusal,
        "under_way": runs.under_way(at=at),
        "lead_days": Company.current().invoice_lead_days,
    }
    if not refusal:
        scope = cycle.scope_for(on=on, customers=ids)
        missing = left_out.of(scope)
        context |= {
            **preview_context(preview.preview(scope, issued_on=on)),
            "on": on,
            "horizon": scope.horizon,
            "left_out": [_row(one) for one in missing[:_SHOWN]],
            "left_count": len(missing),
            "reasons": [
                (_WHY_SHORT[why], number)
                for why, number in Counter(one.why for one in missing).most_common()
            ],
        }
    status = 422 if form.errors or (refusal and request.method == "POST") else 200
    return responses.varied(
        render(request, "billing/run/staff/chosen_run.html", context, status=status)
    )


def _joined(ids: list[int]) -> str:
    return ",".join(map(str, ids))


def _row(one: left_out.LeftOut) -> dict[str, Any]:
    day = formats.day(one.billed_until, get_language() or "en") if one.billed_until else ""
    return {
        "one": one,
        "why": str(_WHY[one.why]) % {"day": day},
        "url": links.address("staff_customers:customer", one.number),
    }
