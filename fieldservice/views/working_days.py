"""/admin/field-jobs/hours/: when a technician works."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from fieldservice.forms.working_days import WorkingDaysForm
from fieldservice.queries import orders
from fieldservice.queries import working_days as queries
from fieldservice.rules.planning import usual_hours
from fieldservice.services import working_days
from ispbill.accounts import editing, responses
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.core.acts import Act


@require_http_methods(["GET", "POST"])
@staff_only("field.edit")
def edit(request: Request, pk: int) -> HttpResponse:
    """Ask for the hours of each day of the week."""
    technician = get_object_or_404(orders.technicians(request.user), pk=pk)
    own = queries.of_people([technician])
    known = {day: own.get((technician.pk, day), usual_hours(day)) for day in range(7)}
    place = f"working-days:{pk}"
    form = editing.form(request, WorkingDaysForm, about=None, place=place, known=known)

    def run(_given: dict[str, Any]) -> str:
        working_days.set_hours(technician=technician, hours=form.hours(), act=Act.now(request.user))
        return _("Saved.")

    return responses.carried_out(
        request,
        form,
        run,
        heading=_("When does %(name)s work?") % {"name": technician.name},
        label=_("Save"),
        back=reverse("staff_fieldservice:week"),
        effects=[_("Both hours empty: a free day. Jobs given already stay as they are.")],
    )
