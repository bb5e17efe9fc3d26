"""What is sold, and for how much."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from customers.forms.packages import PackageForm, PriceForm, initial, list_name, usual_fees
from customers.models import Package, PackagePrice
from customers.models.package import Cycle
from customers.queries import packages as queries
from customers.queries import prices, taxes
from customers.queries.prices import PriceList
from customers.services import packages
from customers.views import plain_form
from ispbill.accounts import editing, responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.models import Company
from ispbill.core.money import Taxed


@require_GET
@staff_only("packages.view")
def index(request: Request) -> HttpResponse:
    """List packages with the prices of the day and those to come."""
    with_archived = "archived" in request.GET
    on = clock.today()
    current = prices.prices_on(on=on)
    context = {
        "rows": [
            _row(package, current, on) for package in queries.listed(with_archived=with_archived)
        ],
        "with_archived": with_archived,
        "may_edit": may(request.user, "packages.edit"),
    }
    template = "_packages.html" if responses.is_fragment(request, "list") else "packages.html"
    return responses.varied(render(request, f"customers/staff/{template}", context))


def _row(package: Package, current: Mapping[Any, PackagePrice], on: date) -> dict[str, Any]:
    """A package with the month's price apart: it is what packages are compared by."""
    prices_now = [
        price for price in package.prices.all() if current.get((package.pk, price.cycle)) == price
    ]
    return {
        "package": package,
        "monthly": next((price for price in prices_now if price.cycle == Cycle.MONTHLY), None),
        "others": [price for price in prices_now if price.cycle != Cycle.MONTHLY],
        "coming": [price for price in package.prices.all() if price.effective_from > on],
    }


@require_http_methods(["GET", "POST"])
@staff_only("packages.edit")
def add(request: Request) -> HttpResponse:
    """Add a package."""
    form = PackageForm(request.POST or None, initial=usual_fees())
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form, "code"):
            packages.create(
                offer=form.offer(),
                ott_apps=tuple(form.cleaned_data["ott_apps"]),
                act=Act.now(request.user),
            )
            return _done(request, _("The package is added. Set a price to sell it."))
    return _form(request, form, _("Add package"))


@require_http_methods(["GET", "POST"])
@staff_only("packages.edit")
@editing.one_at_a_time
def edit(request: Request, pk: int) -> HttpResponse:
    """Change a package for services sold from now on."""
    package = editing.held(request, get_object_or_404(Package, pk=pk))
    form = editing.form(request, PackageForm, about=package, initial=initial(package))
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form, "code"):
            packages.edit(
                package=package,
                offer=form.offer(),
                ott_apps=tuple(form.cleaned_data["ott_apps"]),
                act=Act.now(request.user),
            )
            return _done(request, _("Saved."))
    return _form(request, form, _("Edit package"))


@require_http_methods(["GET", "POST"])
@staff_only("packages.edit")
def set_price(request: Request, pk: int) -> HttpResponse:
    """Set a price from a day on."""
    package = get_object_or_404(Package, pk=pk)
    typed = "gross" if Company.current().prices_include_tax else "net"
    start = {"effective_from": clock.today(), "includes_tax": typed}
    form = PriceForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            packages.set_price(package=package, act=Act.now(request.user), **form.values())
            return _done(request, _("The price is set."))
    return _form(
        request,
        form,
        _("Price of %(package)s") % {"package": package.name},
        note=_("Services that run already keep the price they were sold at."),
        live_url=reverse("staff_customers:both-prices", args=[package.pk]),
    )


@require_GET
@staff_only("packages.edit")
def both_prices(request: Request, pk: int) -> HttpResponse:
    """Say, while a price is typed, what it is without and with tax."""
    package = get_object_or_404(Package, pk=pk)
    form = PriceForm(request.GET)
    both = None
    if form.is_valid():
        read = form.cleaned_data
        rate = taxes.rate_on(tax_class_id=package.tax_class_id, on=read["effective_from"])
        make = Taxed.from_gross if read["includes_tax"] else Taxed.from_net
        both = make(read["amount"], rate)
    return render(request, "customers/staff/_both_prices.html", {"both": both})


@require_GET
@staff_only("packages.view")
def history(request: Request, pk: int) -> HttpResponse:
    """Show every price a package has had, has and will have, list by list."""
    package, on = get_object_or_404(Package, pk=pk), clock.today()
    groups: dict[str, dict[str, Any]] = {}
    for price in prices.history(package):
        owner = price.reseller or price.branch
        one = PriceList(price.branch_id, price.reseller_id, owner.name if owner else "")
        group = groups.setdefault(one.key, {"name": list_name(one), "rows": [], "held": set()})
        is_coming = price.effective_from > on
        is_current = not is_coming and price.cycle not in group["held"]
        if is_current:
            group["held"].add(price.cycle)
        group["rows"].append({"price": price, "is_coming": is_coming, "is_current": is_current})
    context = {
        "package": package,
        "groups": [groups[key] for key in sorted(groups)],
        "may_edit": may(request.user, "packages.edit"),
    }
    return render(request, "customers/staff/package_prices.html", context)


@require_POST
@staff_only("packages.edit")
def withdraw_price(request: Request, pk: int) -> HttpResponse:
    """Take back a price that has not begun."""
    price = get_object_or_404(PackagePrice, pk=pk)
    back = reverse("staff_customers:package-prices", args=[price.package_id])
    with responses.refusals_told(request):
        packages.withdraw_price(price=price, act=Act.now(request.user))
        messages.success(request, _("The planned price is withdrawn."))
    return HttpResponseRedirect(back)


@require_POST
@staff_only("packages.edit")
def archive(request: Request, pk: int) -> HttpResponse:
    """Sell a package no longer, or sell it again."""
    package = get_object_or_404(Package, pk=pk)
    if package.archived_at is None:
        packages.archive(package=package, act=Act.now(request.user))
        return _done(request, _("The package is archived; services that have it go on."))
    packages.restore(package=package, act=Act.now(request.user))
    return _done(request, _("The package is sold again."))


def _form(
    request: Request, form: Any, title: str, note: str = "", live_url: str = ""
) -> HttpResponse:
    back = reverse("staff_customers:packages")
    return plain_form.show(
        request, form, title, back=back, back_label=_("Packages"), note=note, live_url=live_url
    )


def _done(request: Request, text: str) -> HttpResponse:
    back = reverse("staff_customers:packages")
    return responses.done(request, text, back=back)
