"""/admin/tickets/surveys/settings/: how customers are asked, who hears how promises were kept."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ispbill.accounts import editing, responses
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.core.acts import Act
from tickets.forms.support import SupportForm
from tickets.services import support


@require_http_methods(["GET", "POST"])
@staff_only("settings.edit")
@editing.one_at_a_time
def change(request: Request) -> HttpResponse:
    """Change the settings, with a reason."""
    row = editing.held(request, support.held(), no_key=True)
    names = [name for name in SupportForm.base_fields if name != "reason"]
    initial = {name: getattr(row, name) for name in names}
    form = editing.form(request, SupportForm, about=row, initial=initial)
    back = reverse("staff_tickets:surveys")
    if request.method == "POST" and form.is_valid():
        act = Act.now(request.user, reason=form.cleaned_data["reason"])
        support.change(values=form.values(), act=act)
        return responses.go(request, back, _("Saved."))
    return responses.dialog(
        request, form, heading=_("Support settings"), label=_("Save"), back=back
    )
