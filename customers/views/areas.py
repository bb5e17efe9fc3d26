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
from customers.views import scope
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock
from ispbill.core.errors import DomainError


@require_GET
@staff_only("customers.view")
def index(request: Request) -> HttpResponse:
    """Show the tree with how many customers live where."""
    context = {
        "leaves": queries.tree(request.user),
        "may_edit": may(request.user, "areas.edit"),
    }
    template = "_areas.html" if scope.is_fragment(request, "list") else "areas.html"
    return scope.varied(render(request, f"customers/staff/{template}", context))


@require_http_methods(["GET", "POST"])
@staff_only("areas.edit")
def add(request: Request) -> HttpResponse:
    """Add an area."""
    form = NewAreaForm(request.POST or None, user=request.user, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        try:
            areas.create(actor=request.user, at=clock.now(), **form.cleaned_data)
        except DomainError as error:
            form.add_error("name", str(error))
        else:
            return _done(request, _("The area is added."))
    return _form(request, form, _("Add area"))


@require_http_methods(["GET", "POST"])
@staff_only("areas.edit")
def edit(request: Request, pk: int) -> HttpResponse:
    """Rename an area, or hang it elsewhere in the tree."""
    area = get_object_or_404(queries.visible_to(request.user), pk=pk)
    start = {"name": area.name, "local_name": area.local_name, "kind": area.kind,
             "parent": area.parent_id}  # fmt: skip
    form = AreaForm(request.POST or None, user=request.user, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            areas.change(area=area, actor=request.user, at=clock.now(), **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return _done(request, _("Saved."))
    return _form(request, form, _("Edit area"))


@require_POST
@staff_only("areas.edit")
def archive(request: Request, pk: int) -> HttpResponse:
    """Offer an area no longer."""
    area = get_object_or_404(queries.visible_to(request.user), pk=pk)
    try:
        areas.archive(area=area, actor=request.user, at=clock.now())
    except DomainError as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(reverse("staff_customers:areas"))
    messages.success(request, _("The area is archived."))
    return HttpResponseRedirect(reverse("staff_customers:areas"))


def _form(request: Request, form: Any, title: str) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "form_action": request.path,
        "back_url": reverse("staff_customers:areas"),
        "back_label": _("Areas"),
    }
    status = 422 if form.errors else 200
    return scope.varied(render(request, "customers/staff/form.html", context, status=status))


def _done(request: Request, text: str) -> HttpResponse:
    if request.htmx:
        return scope.done(text, event="areas:changed")
    messages.success(request, text)
    return HttpResponseRedirect(reverse("staff_customers:areas"))
