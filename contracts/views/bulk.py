"""A contract for the ticked customers, or for everybody a filter leaves."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from contracts.forms.staff import DrawUpMany
from contracts.services import bulk
from customers.services import bulk_runs
from customers.views import chosen
from ispbill.accounts import responses
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock
from ispbill.core.acts import Act


@require_http_methods(["GET", "POST"])
@staff_only("contracts.edit")
def draw_up(request: Request) -> HttpResponse:
    """Ask for template and first day, then let a job draw up and send."""
    given = request.POST if request.method == "POST" else request.GET
    rows = chosen.of(request, given)
    initial = {"starts_on": clock.today(), "sends": True}
    form = DrawUpMany(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        read = form.cleaned_data
        values = {
            "agreement": read["agreement"].pk,
            "starts_on": read["starts_on"].isoformat(),
            "sends": read["sends"],
        }
        with responses.refusals_in(form):
            chosen.check(rows)
            act = Act.now(request.user)
            run = bulk_runs.start(what=bulk.WHAT, values=values, customers=rows.ids, act=act)
            return responses.go(request, reverse("staff_customers:bulk-run", args=[run.pk]))
    context = {
        "form": form,
        "count": len(rows.ids),
        "is_job": True,
        "repeated": rows.repeated,
        "form_action": request.path,
        "title": _("Send a contract"),
        "lead": _("Whoever has a contract already, or is of another type, is left out."),
    }
    return responses.form_page(request, "customers/staff/bulk.html", context)
