"""The tree of places we serve."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from customers.forms.areas import AreaForm, NewAreaForm
from customers.queries import areas as queries
from customers.services import areas
from customers.views import plain_form
from ispbill.accounts import editing, responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.core.acts import Act


@require_GET
@staff_only("customers.view")
def index(request: Request) -> HttpResponse:
    """Show the tree with how many customers live where."""
    leaves = queries.tree(request.user)
    context = {"leaves": leaves, "may_edit": may(request.user, "areas.edit")}
    template = "_areas.html" if responses.is_fragment(request, "list") else "areas.html"
    return responses.varied(render(request, f"customers/staff/{template}", context))


@require_http_methods(["GET", "POST"])
@staff_only("areas.edit")
def add(request: Request) -> HttpResponse:
    """Add an area."""
    form = NewAreaForm(request.POST or None, user=request.user, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form, "name"):
            areas.create(act=Act.now(request.user), **form.cleaned_data)
            return _done(request, _("The area is added."))
    return _form(request, form, _("Add area"))


@require_http_methods(["GET", "POST"])
@staff_only("areas.edit")
@editing.one_at_a_time
def edit(request: Request, pk: int) -> HttpResponse:
    """Rename an area, or hang it elsewhere in the tree."""
    area = editing.held(request, get_object_or_404(queries.visible_to(request.user), pk=pk))
    start = {
        "name": area.name,
        "local_name": area.local_name,
        "kind": area.kind,
        "parent": area.parent_id,
        "coverage": area.coverage,
        "latitude": area.latitude,
        "longitude": area.longitude,
    }
    form = editing.form(request, AreaForm, about=area, user=request.user, initial=start)
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            areas.change(area=area, act=Act.now(request.user), **form.cleaned_data)
            return _done(request, _("Saved."))
    return _form(request, form, _("Edit area"))


@require_POST
@staff_only("areas.edit")
def archive(request: Request, pk: int) -> HttpResponse:
    """Offer an area no longer."""
    area = get_object_or_404(queries.visible_to(request.user), pk=pk)
    with responses.refusals_told(request):
        areas.archive(area=area, act=Act.now(request.user))
        messages.success(request, _("The area is archived."))
    return HttpResponseRedirect(reverse("staff_customers:areas"))


def _form(request: Request, form: Any, title: str) -> HttpResponse:
    back = reverse("staff_customers:areas")
    return plain_form.show(request, form, title, back=back, back_label=_("Areas"))


def _done(request: Request, text: str) -> HttpResponse:
    back = reverse("staff_customers:areas")
    return responses.done(request, text, back=back)
