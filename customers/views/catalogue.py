"""Fees charged once and add-ons billed every period: what is on sale."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from customers.forms.catalogue import FEE_ACCOUNTS, AddonForm, FeeForm
from customers.models import Addon, Fee
from customers.queries import catalogue as queries
from customers.queries import taxes
from customers.services import catalogue
from customers.views import scope
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock
from ispbill.core.errors import DomainError
from ispbill.core.money import Taxed


@require_GET
@staff_only("packages.view")
def fees(request: Request) -> HttpResponse:
    """List the fees, without and with tax."""
    with_archived = "archived" in request.GET
    rows = list(queries.fees(with_archived=with_archived))
    accounts = dict(FEE_ACCOUNTS)
    context = {
        "rows": [
            row | {"account": accounts.get(row["one"].account_code, row["one"].account_code)}
            for row in _with_tax(rows, "net_amount")
        ],
        "with_archived": with_archived,
        "may_edit": may(request.user, "packages.edit"),
    }
    template = "_fees.html" if scope.is_fragment(request, "list") else "fees.html"
    return scope.varied(render(request, f"customers/staff/{template}", context))


@require_http_methods(["GET", "POST"])
@staff_only("packages.edit")
def add_fee(request: Request) -> HttpResponse:
    """Add a fee."""
    return _fee_form(request, Fee(), FeeForm(request.POST or None), _("Add fee"))


@require_http_methods(["GET", "POST"])
@staff_only("packages.edit")
def edit_fee(request: Request, pk: int) -> HttpResponse:
    """Change a fee for charges from now on."""
    fee = get_object_or_404(Fee, pk=pk)
    return _fee_form(request, fee, FeeForm(request.POST or None, fee=fee), _("Edit fee"))


@require_POST
@staff_only("packages.edit")
def archive_fee(request: Request, pk: int) -> HttpResponse:
    """Offer a fee no longer, or again."""
    row = catalogue.switch_sale(
        row=get_object_or_404(Fee, pk=pk), actor=request.user, at=clock.now()
    )
    text = _("The fee is archived.") if row.archived_at else _("The fee is offered again.")
    return _done(request, text, "fees")


@require_GET
@staff_only("packages.view")
def addons(request: Request) -> HttpResponse:
    """List the add-ons with how many are in use and what they bring a month."""
    with_archived = "archived" in request.GET
    rows: list[Any] = list(queries.addons(with_archived=with_archived))
    context = {
        "rows": _with_tax(rows, "price_amount"),
        "total": sum((row.monthly_amount for row in rows), start=Taxed.nothing().net),
        "with_archived": with_archived,
        "may_edit": may(request.user, "packages.edit"),
    }
    template = "_addons.html" if scope.is_fragment(request, "list") else "addons.html"
    return scope.varied(render(request, f"customers/staff/{template}", context))


@require_http_methods(["GET", "POST"])
@staff_only("packages.edit")
def add_addon(request: Request) -> HttpResponse:
    """Add an add-on."""
    return _addon_form(request, Addon(), AddonForm(request.POST or None), _("Add add-on"))


@require_http_methods(["GET", "POST"])
@staff_only("packages.edit")
def edit_addon(request: Request, pk: int) -> HttpResponse:
    """Change an add-on for sales from now on."""
    addon = get_object_or_404(Addon, pk=pk)
    form = AddonForm(request.POST or None, addon=addon)
    return _addon_form(request, addon, form, _("Edit add-on"))


@require_POST
@staff_only("packages.edit")
def archive_addon(request: Request, pk: int) -> HttpResponse:
    """Sell an add-on no longer, or again."""
    row = catalogue.switch_sale(
        row=get_object_or_404(Addon, pk=pk), actor=request.user, at=clock.now()
    )
    text = (
        _("The add-on is archived; services that have it keep it.")
        if row.archived_at
        else _("The add-on is sold again.")
    )
    return _done(request, text, "addons")


def _with_tax(rows: list[Any], amount: str) -> list[dict[str, Any]]:
    on = clock.today()
    rates = taxes.rates_on([row.tax_class_id for row in rows if row.tax_class_id], on=on)
    own = taxes.rate_on(tax_class_id=None, on=on)
    return [
        {
            "one": row,
            "taxed": Taxed.from_net(getattr(row, amount), rates.get(row.tax_class_id, own)),
        }
        for row in rows
    ]


def _fee_form(request: Request, fee: Fee, form: FeeForm, title: str) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            catalogue.save_fee(fee=fee, details=form.details(), actor=request.user, at=clock.now())
        except DomainError as error:
            form.add_error("code", str(error))
        else:
            return _done(request, _("Saved."), "fees")
    return _form(request, form, title, "fees", _("Fees"))


def _addon_form(request: Request, addon: Addon, form: AddonForm, title: str) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            catalogue.save_addon(
                addon=addon, details=form.details(), actor=request.user, at=clock.now()
            )
        except DomainError as error:
            form.add_error("code", str(error))
        else:
            return _done(request, _("Saved."), "addons")
    note = _("Services that have it keep the price they were sold at.") if addon.pk else ""
    return _form(request, form, title, "addons", _("Add-ons"), note)


def _form(
    request: Request, form: Any, title: str, back: str, back_label: str, note: str = ""
) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "note": note,
        "form_action": request.path,
        "back_url": reverse(f"staff_customers:{back}"),
        "back_label": back_label,
    }
    status = 422 if form.errors else 200
    return scope.varied(render(request, "customers/staff/form.html", context, status=status))


def _done(request: Request, text: str, back: str) -> HttpResponse:
    if request.htmx:
        return scope.done(text, event="catalogue:changed")
    messages.success(request, text)
    return HttpResponseRedirect(reverse(f"staff_customers:{back}"))
