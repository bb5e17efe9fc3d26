"""/admin/field-jobs/absences/: who is not at work, entered and taken back."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from fieldservice.forms.absences import AbsenceForm
from fieldservice.queries import absences as queries
from fieldservice.services import absences
from ispbill.accounts import responses
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock, formats
from ispbill.core.acts import Act
from ispbill.inbox.forms.confirm import Confirm


@require_http_methods(["GET", "POST"])
@staff_only("field.edit")
def enter(request: Request) -> HttpResponse:
    """Ask who is away and when; say which jobs have to be given to somebody else."""
    form = AbsenceForm(request.POST or None, user=request.user, on=clock.today())

    def run(given: dict[str, Any]) -> str:
        made = absences.enter(act=Act.now(request.user), **given)
        left = queries.in_the_way(made).count()
        if not left:
            return _("%(name)s is away then.") % {"name": made.technician.name}
        said = ngettext(
            "%(name)s is away then. %(count)d job has to be given to somebody else.",
            "%(name)s is away then. %(count)d jobs have to be given to somebody else.",
            left,
        )
        return said % {"name": made.technician.name, "count": left}

    return responses.carried_out(
        request,
        form,
        run,
        heading=_("Who is not at work?"),
        label=_("Save"),
        back=reverse("staff_fieldservice:week"),
        effects=[_("Nobody can give them a job on these days.")],
    )


@require_http_methods(["GET", "POST"])
@staff_only("field.edit")
def withdraw(request: Request, pk: int) -> HttpResponse:
    """Ask, then take an absence back."""
    found = get_object_or_404(queries.visible_to(request.user).select_related("technician"), pk=pk)

    def run(_given: dict[str, Any]) -> str:
        absences.withdraw(absence=found, act=Act.now(request.user))
        return _("The absence is taken back.")

    return responses.carried_out(
        request,
        Confirm(request.POST if request.method == "POST" else None),
        run,
        heading=_("Is %(name)s at work after all?") % {"name": found.technician.name},
        label=_("Take the absence back"),
        back=reverse("staff_fieldservice:week"),
        effects=[
            _("From %(day)s on jobs can be given again.") % {"day": formats.day(found.span.lower)}
        ],
    )
