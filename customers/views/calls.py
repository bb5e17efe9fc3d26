"""/admin/calls/: the log, and writing a call down from a customer's page or a lead."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from customers.forms.calls import CallForm, FindCalls
from customers.models import Lead
from customers.queries import calls as queries
from customers.queries import leads
from customers.services import calls
from customers.views import scope
from ispbill.accounts import responses
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.core import chips, keyset, paging
from ispbill.core.acts import Act

SIZE = 50
_both = require_http_methods(["GET", "POST"])


@require_GET
@staff_only("customers.view")
def index(request: Request) -> HttpResponse:
    """All calls, one's own, and those that are to be followed up; the newest first."""
    view = request.GET.get("view", "")
    form = FindCalls(request.GET)
    found = queries.visible_to(request.user)
    if view == "mine":
        found = found.filter(by=request.user)
    elif view == "open":
        found = queries.open_ones(found)
    if form.is_valid() and form.cleaned_data["outcome"]:
        found = found.filter(outcome=form.cleaned_data["outcome"])
    page = keyset.page(
        found.select_related("customer", "lead", "by", "owner"),
        size=SIZE,
        **keyset.asked(request.GET),
    )
    context = {
        "rows": page.rows,
        "form": form,
        "chips": chips.of(form, request.GET),
        "is_filtered": bool(view or form.data.get("outcome")),
        "is_swap": responses.is_fragment(request, "list"),
        "tabs": paging.tabs(
            request.GET, "view", [("", _("All")), ("mine", _("Mine")), ("open", _("To call again"))]
        ),
        "pager": paging.foot(page, request.GET, size=SIZE),
    }
    return responses.region(
        request,
        context,
        part="customers/staff/_calls.html",
        page="customers/staff/calls.html",
        target="list",
    )


@_both
@staff_only("notes.write")
def with_customer(request: Request, number: str) -> HttpResponse:
    """Write down a call with a customer."""
    customer = scope.customer(request, number)
    back = reverse("staff_customers:customer", args=[number])
    return _log(request, customer.name, back=back, customer=customer)


@_both
@staff_only("leads.edit")
def with_lead(request: Request, pk: int) -> HttpResponse:
    """Write down a call with a lead."""
    lead: Lead = get_object_or_404(leads.visible_to(request.user), pk=pk)
    return _log(request, lead.name, back=reverse("staff_customers:leads"), lead=lead)


def _log(request: Request, name: str, *, back: str, **sides: Any) -> HttpResponse:
    form = CallForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            calls.log(talk=form.talk(), act=Act.now(request.user), **sides)
            return responses.done(request, _("The call is written down."), back=back)
    return responses.dialog(
        request, form, heading=_("Call with %(name)s") % {"name": name}, label=_("Save"), back=back
    )
