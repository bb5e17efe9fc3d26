"""/admin/resellers/<number>/view-as/: see the portal as the reseller does, and change nothing."""

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ispbill.accounts import responses, viewing
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.audit.forms import ReasonForm
from ispbill.core.acts import Act
from resellers.services import looking
from resellers.views import register


@require_http_methods(["GET", "POST"])
@staff_only("resellers.view_as")
def begin(request: Request, number: str) -> HttpResponse:
    """Ask why, then open the portal."""
    reseller = register.find(request, number)
    partner = reseller.user
    if partner is None:
        raise Http404
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        looking.note(
            reseller=reseller, act=Act.now(request.user, reason=form.cleaned_data["reason"])
        )
        viewing.begin(request, partner)
        return responses.go(request, reverse("reseller:dashboard"))
    return responses.dialog(
        request,
        form,
        heading=_("View as %(name)s") % {"name": reseller.name},
        label=_("Open the portal"),
        back=reverse("staff_resellers:reseller", args=[reseller.number]),
        effects=[
            _("You see what the partner sees, for half an hour, and can change nothing there."),
            _("That you looked, and why, stands in the audit log."),
        ],
    )


@require_POST
@staff_only("resellers.view_as")
def end(request: Request) -> HttpResponse:
    """Go back to the console."""
    viewing.end(request)
    return responses.go(request, reverse("staff_resellers:index"))
