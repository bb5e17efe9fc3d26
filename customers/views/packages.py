"""What is sold, and for how much."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from customers.forms.packages import PackageForm, PriceForm, initial
from customers.models import Package
from customers.queries import packages as queries
from customers.services import packages
from customers.views import scope
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock
from ispbill.core.errors import DomainError


@require_GET
@staff_only("packages.view")
def index(request: Request) -> HttpResponse:
    """List packages with the prices of the day and those to come."""
    with_archived = "archived" in request.GET
    on = clock.today()
    current = queries.prices_on(on=on)
    context = {
        "rows": [
            {
                "package": package,
                "prices": [price for price in package.prices.all()
                           if current.get((package.pk, price.cycle)) == price],
                "coming": [price for price in package.prices.all() if price.effective_from > on],
            }
            for package in queries.listed(with_archived=with_archived)
        ],
        "with_archived": with_archived,
        "may_edit": may(request.user, "packages.edit"),
    }  # fmt: skip
    template = "_packages.html" if scope.is_fragment(request, "list") else "packages.html"
    return scope.varied(render(request, f"customers/staff/{template}", context))


@require_http_methods(["GET", "POST"])
@staff_only("packages.edit")
def add(request: Request) -> HttpResponse:
    """Add a package."""
    form = PackageForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            packages.create(
                offer=form.offer(),
                ott_apps=tuple(form.cleaned_data["ott_apps"]),
                actor=request.user,
                at=clock.now(),
            )
        except DomainError as error:
            form.add_error("code", str(error))
        else:
            return _done(request, _("The package is added. Set a price to sell it."))
    return _form(request, form, _("Add package"))


@require_http_methods(["GET", "POST"])
@staff_only("packages.edit")
def edit(request: Request, pk: int) -> HttpResponse:
    """Change a package for services sold from now on."""
    package = get_object_or_404(Package, pk=pk)
    form = PackageForm(request.POST or None, initial=initial(package))
    if request.method == "POST" and form.is_valid():
        try:
            packages.edit(
                package=package,
                offer=form.offer(),
                ott_apps=tuple(form.cleaned_data["ott_apps"]),
                actor=request.user,
                at=clock.now(),
            )
        except DomainError as error:
            form.add_error("code", str(error))
        else:
            return _done(request, _("Saved."))
    return _form(request, form, _("Edit package"))


@require_http_methods(["GET", "POST"])
@staff_only("packages.edit")
def set_price(request: Request, pk: int) -> HttpResponse:
    """Set a price from a day on."""
    package = get_object_or_404(Package, pk=pk)
    form = PriceForm(request.POST or None, initial={"effective_from": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            packages.set_price(
                package=package, actor=request.user, at=clock.now(), on=clock.today(),
                **form.cleaned_data,
            )  # fmt: skip
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return _done(request, _("The price is set."))
    return _form(
        request,
        form,
        _("Price of %(package)s") % {"package": package.name},
        note=_("Services that run already keep the price they were sold at."),
    )


@require_POST
@staff_only("packages.edit")
def archive(request: Request, pk: int) -> HttpResponse:
    """Sell a package no longer, or sell it again."""
    package = get_object_or_404(Package, pk=pk)
    if package.archived_at is None:
        packages.archive(package=package, actor=request.user, at=clock.now())
        return _done(request, _("The package is archived; services that have it go on."))
    packages.restore(package=package, actor=request.user, at=clock.now())
    return _done(request, _("The package is sold again."))


def _form(request: Request, form: Any, title: str, note: str = "") -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "note": note,
        "form_action": request.path,
        "back_url": reverse("staff_customers:packages"),
        "back_label": _("Packages"),
    }
    status = 422 if form.errors else 200
    return scope.varied(render(request, "customers/staff/form.html", context, status=status))


def _done(request: Request, text: str) -> HttpResponse:
    if request.htmx:
        return scope.done(text, event="packages:changed")
    messages.success(request, text)
    return HttpResponseRedirect(reverse("staff_customers:packages"))
