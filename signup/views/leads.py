"""A lead becomes customer, service and installation job in one step."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from customers.forms.customer import shown_phone
from customers.models import Lead
from customers.queries import leads as queries
from customers.services.profile import PhoneTaken
from customers.views import scope
from ispbill.accounts import responses
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from signup.forms.staff import ConvertForm
from signup.services import acceptance

_TEMPLATE = "signup/staff/convert.html"


@require_http_methods(["GET", "POST"])
@staff_only("leads.edit")
def convert(request: Request, pk: int) -> HttpResponse:
    """Make a lead a customer with a service and its job, all or nothing."""
    lead = get_object_or_404(queries.visible_to(request.user), pk=pk)
    context: dict[str, Any] = {"lead": lead, "form_action": request.path}
    if request.method == "GET":
        context["form"] = ConvertForm(user=request.user, initial=_from_lead(lead))
        return responses.varied(render(request, _TEMPLATE, context))
    form = ConvertForm(request.POST, user=request.user)
    if form.is_valid():
        reason = form.cleaned_data["shared_phone_reason"]
        details = form.details()
        try:
            customer = acceptance.convert_lead(
                lead=lead,
                details=details,
                first_service=form.first_service(),
                shared_phone_reason=reason,
                with_job=form.wants_job,
                act=Act.now(request.user),
            )
        except DomainError as error:
            form.add_error("phone" if isinstance(error, PhoneTaken) else None, str(error))
            context |= scope.sharer(request, getattr(error, "other", None))
        else:
            text = _("%(name)s is %(number)s.") % {"name": customer.name, "number": customer.number}
            page = reverse("staff_customers:customer", args=[customer.number])
            return responses.go(request, page, text)
    context["form"] = form
    return responses.varied(render(request, _TEMPLATE, context, status=422))


def _from_lead(lead: Lead) -> dict[str, Any]:
    return {
        "name": lead.name,
        "phone": shown_phone(lead.phone),
        "email": lead.email,
        "address": lead.address,
        "area": lead.area_id,
        "branch": lead.branch_id,
        "package": lead.package_id,
        "notes": lead.notes,
        "with_job": True,
    }
