"""The ticked customers, or everybody a filter leaves, go to another reseller by a job."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from customers.views import chosen
from ispbill.accounts import responses
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock
from ispbill.core.acts import Act
from resellers.forms.staff import MoveMany
from resellers.models import Reseller
from resellers.queries import commissions
from resellers.services import bulk_moves


@require_http_methods(["GET", "POST"])
@staff_only("resellers.edit")
def move(request: Request) -> HttpResponse:
    """Ask for the reseller, the day and why, then let a job move them."""
    rows = chosen.of(request, request.POST if request.method == "POST" else request.GET)
    resellers = commissions.visible_resellers(request.user).filter(status=Reseller.Status.ACTIVE)
    form = MoveMany(
        request.POST if request.method == "POST" else None,
        resellers=resellers.order_by("name"),
        initial={"first_day": clock.today()},
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with responses.refusals_in(form):
            chosen.check(rows)
            run = bulk_moves.order(
                customer_ids=rows.ids,
                to=given["to"],
                first_day=given["first_day"],
                is_confirmed=given["confirmed"],
                act=Act.now(request.user, reason=given["reason"]),
            )
            return responses.go(request, reverse("staff_customers:bulk-run", args=[run.pk]))
    context = {
        "form": form,
        "count": len(rows.ids),
        "is_job": True,
        "repeated": rows.repeated,
        "form_action": request.path,
        "title": _("Move to a reseller"),
        "lead": _("Price, contract and balance stay. From that day the new one earns."),
    }
    return responses.form_page(request, "customers/staff/bulk.html", context)
