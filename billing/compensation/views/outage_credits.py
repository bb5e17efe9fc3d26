"""What customers get back for an outage: the panel on its page, and the decision."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from billing.compensation.models import OutageCrediting
from billing.compensation.queries import outage_credits as queries
from billing.compensation.services import outage_credits as services
from ispbill.accounts import responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.audit.forms import ReasonForm
from ispbill.core import formats
from ispbill.core.acts import Act

SHOWN = 50


@require_GET
@staff_only("billing.view")
def panel(request: Request, number: str) -> HttpResponse:
    """Show what is proposed, or the notes that were written."""
    row = queries.visible_to(request.user).filter(outage__number=number).first()
    context = {
        "row": row,
        "credits": [] if row is None else queries.given(row, request.user).order_by("pk")[:SHOWN],
        "may_decide": may(request.user, "billing.correct"),
    }
    return render(request, "billing/compensation/staff/_panel.html", context)


@require_http_methods(["GET", "POST"])
@staff_only("billing.correct")
def order(request: Request, number: str) -> HttpResponse:
    """Give the credit that is proposed."""
    row = _row(request, number)
    effects = [
        _("%(n)d services get %(amount)s back, before tax.")
        % {"n": row.services, "amount": formats.money(row.net_amount)},
        _("Each customer gets a credit note and a message."),
    ]
    return _decide(
        request,
        row,
        lambda act: services.order(crediting_row=row, act=act),
        heading=_("Credit outage %(number)s") % {"number": number},
        label=_("Give credit"),
        effects=effects,
    )


@require_http_methods(["GET", "POST"])
@staff_only("billing.correct")
def drop(request: Request, number: str) -> HttpResponse:
    """Give no credit, with a reason."""
    row = _row(request, number)
    return _decide(
        request,
        row,
        lambda act: services.drop(crediting_row=row, act=act),
        heading=_("No credit for %(number)s") % {"number": number},
        label=_("No credit"),
        effects=[_("Nobody gets anything back for this outage.")],
    )


def _decide(
    request: Request,
    row: OutageCrediting,
    do: Callable[[Act[Any]], object],
    *,
    heading: str,
    label: str,
    effects: list[str],
) -> HttpResponse:
    form = ReasonForm(request.POST or None)
    back = reverse("staff_network:outage", args=[row.outage.number])
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            do(Act.now(request.user, reason=form.cleaned_data["reason"]))
            return responses.go(request, back, _("Done."))
    return responses.dialog(request, form, heading=heading, label=label, back=back, effects=effects)


def _row(request: Request, number: str) -> OutageCrediting:
    return get_object_or_404(queries.visible_to(request.user), outage__number=number)
