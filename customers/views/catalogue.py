"""Fees charged once and add-ons billed every period: what is on sale."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from customers.forms.catalogue import FEE_ACCOUNTS, AddonForm, FeeForm
from customers.models import Addon, Fee
from customers.queries import catalogue as queries
from customers.queries import taxes
from customers.services import catalogue
from customers.views import plain_form
from ispbill.accounts import editing, responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock
from ispbill.core.acts import Act
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
    template = "_fees.html" if responses.is_fragment(request, "list") else "fees.html"
    return responses.varied(render(request, f"customers/staff/{template}", context))


@require_http_methods(["GET", "POST"])
@staff_only("packages.edit")
def add_fee(request: Request) -> HttpResponse:
    """Add a fee."""
    return _fee_form(request, Fee(), FeeForm(request.POST or None), _("Add fee"))


@require_http_methods(["GET", "POST"])
@staff_only("packages.edit")
@editing.one_at_a_time
def edit_fee(request: Request, pk: int) -> HttpResponse:
    """Change a fee for charges from now on."""
    fee = editing.held(request, get_object_or_404(Fee, pk=pk))
    form = editing.form(request, FeeForm, about=fee, fee=fee)
    return _fee_form(request, fee, form, _("Edit fee"))


@require_POST
@staff_only("packages.edit")
def archive_fee(request: Request, pk: int) -> HttpResponse:
    """Offer a fee no longer, or again."""
    row = catalogue.switch_sale(row=get_object_or_404(Fee, pk=pk), act=Act.now(request.user))
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
    template = "_addons.html" if responses.is_fragment(request, "list") else "addons.html"
    return responses.varied(render(request, f"customers/staff/{template}", context))


@require_http_methods(["GET", "POST"])
@staff_only("packages.edit")
def add_addon(request: Request) -> HttpResponse:
    """Add an add-on."""
    return _addon_form(request, Addon(), AddonForm(request.POST or None), _("Add add-on"))


@require_http_methods(["GET", "POST"])
@staff_only("packages.edit")
@editing.one_at_a_time
def edit_addon(request: Request, pk: int) -> HttpResponse:
    """Change an add-on for sales from now on."""
    addon = editing.held(request, get_object_or_404(Addon, pk=pk))
    form = editing.form(request, AddonForm, about=addon, addon=addon)
    return _addon_form(request, addon, form, _("Edit add-on"))


@require_POST
@staff_only("packages.edit")
def archive_addon(request: Request, pk: int) -> HttpResponse:
    """Sell an add-on no longer, or again."""
    row = catalogue.switch_sale(row=get_object_or_404(Addon, pk=pk), act=Act.now(request.user))
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
        with responses.refusals_in(form, "code"):
            catalogue.save_fee(fee=fee, details=form.details(), act=Act.now(request.user))
            return _done(request, _("Saved."), "fees")
    return _form(request, form, title, "fees", _("Fees"))


def _addon_form(request: Request, addon: Addon, form: AddonForm, title: str) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form, "code"):
            catalogue.save_addon(addon=addon, details=form.details(), act=Act.now(request.user))
            return _done(request, _("Saved."), "addons")
    note = _("Services that have it keep the price they were sold at.") if addon.pk else ""
    return _form(request, form, title, "addons", _("Add-ons"), note)


def _form(
    request: Request, form: Any, title: str, back: str, back_label: str, note: str = ""
) -> HttpResponse:
    address = reverse(f"staff_customers:{back}")
    return plain_form.show(request, form, title, back=address, back_label=back_label, note=note)


def _done(request: Request, text: str, back: str) -> HttpResponse:
    back = reverse(f"staff_customers:{back}")
    return responses.done(request, text, back=back)
