"""Tax classes, their dated rates, and what a change of rate does before it is made."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from customers.forms.catalogue import NewTaxClassForm, TaxClassForm, TaxRateForm
from customers.models import TaxClass, TaxRate
from customers.queries import directory
from customers.queries import tax_certificates as certificates
from customers.queries import taxes as queries
from customers.services import taxes
from customers.views import plain_form
from ispbill.accounts import editing, responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError

_EXEMPT_SHOWN = 50


@require_GET
@staff_only("packages.view")
def index(request: Request) -> HttpResponse:
    """List tax classes with the rate of the day, the rates before and those to come."""
    on, with_archived = clock.today(), "archived" in request.GET
    uses = queries.uses()
    rows = []
    for one in queries.listed(with_archived=with_archived):
        rates = list(one.rates.all())
        begun = [rate for rate in rates if rate.effective_from <= on]
        rows.append(
            {
                "one": one,
                "current": begun[0] if begun else None,
                "past": begun[1:],
                "coming": [rate for rate in rates if rate.effective_from > on],
                "uses": uses.get(one.pk, 0),
            }
        )
    exempt = queries.exempt(directory.visible_to(request.user), limit=_EXEMPT_SHOWN + 1)
    context = {
        "rows": rows,
        "exempt": exempt[:_EXEMPT_SHOWN],
        "has_more_exempt": len(exempt) > _EXEMPT_SHOWN,
        "ending": certificates.ending(on=on)
        .filter(customer__in=directory.visible_to(request.user))
        .select_related("customer")
        .order_by("valid_until", "pk")[:_EXEMPT_SHOWN],
        "own_rate": queries.rate_on(tax_class_id=None, on=on),
        "with_archived": with_archived,
        "may_edit": may(request.user, "tax.edit"),
    }
    template = "_taxes.html" if responses.is_fragment(request, "list") else "taxes.html"
    return responses.varied(render(request, f"customers/staff/{template}", context))


@require_http_methods(["GET", "POST"])
@staff_only("tax.edit")
def add(request: Request) -> HttpResponse:
    """Add a tax class with its first rate."""
    form = NewTaxClassForm(request.POST or None, initial={"effective_from": clock.today()})
    if request.method == "POST" and form.is_valid():
        read = form.cleaned_data
        with responses.refusals_in(form, "code"):
            taxes.create(
                code=read["code"],
                name=read["name"],
                local_name=read["local_name"],
                rate=form.rate,
                effective_from=read["effective_from"],
                act=Act.now(request.user),
            )
            return _done(request, _("The tax class is added."))
    return _form(request, form, _("Add tax class"))


@require_http_methods(["GET", "POST"])
@staff_only("tax.edit")
@editing.one_at_a_time
def edit(request: Request, pk: int) -> HttpResponse:
    """Call a class something else."""
    one = editing.held(request, get_object_or_404(TaxClass, pk=pk))
    start = {"code": one.code, "name": one.name, "local_name": one.local_name}
    form = editing.form(request, TaxClassForm, about=one, initial=start)
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form, "code"):
            taxes.rename(tax_class=one, act=Act.now(request.user), **form.cleaned_data)
            return _done(request, _("Saved."))
    return _form(
        request, form, _("Edit tax class"), note=_("Bills already issued keep what they say.")
    )


@require_POST
@staff_only("tax.edit")
def archive(request: Request, pk: int) -> HttpResponse:
    """Offer a class no longer, or again."""
    one = get_object_or_404(TaxClass, pk=pk)
    try:
        if one.archived_at:
            taxes.restore(tax_class=one, act=Act.now(request.user))
            text = _("The tax class is offered again.")
        else:
            taxes.archive(tax_class=one, act=Act.now(request.user))
            text = _("The tax class is archived.")
    except DomainError as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(reverse("staff_customers:taxes"))
    return _done(request, text)


@require_http_methods(["GET", "POST"])
@staff_only("tax.edit")
def set_rate(request: Request, pk: int) -> HttpResponse:
    """Show what a new rate would do to prices; set it once that has been seen."""
    one, on = get_object_or_404(TaxClass, pk=pk), clock.today()
    given = request.POST or (request.GET if "percent" in request.GET else None)
    form = TaxRateForm(given, today=on, initial={"effective_from": on})
    context: dict[str, Any] = {"one": one, "form": form, "form_action": request.path}
    is_fine = given is not None and form.is_valid()
    if request.method == "POST" and is_fine:
        with responses.refusals_in(form):
            taxes.set_rate(
                tax_class=one,
                rate=form.rate,
                effective_from=form.cleaned_data["effective_from"],
                act=Act.now(request.user),
            )
            messages.success(request, _("The rate is set."))
            return HttpResponseRedirect(reverse("staff_customers:taxes"))
    if is_fine and not form.errors:
        day = form.cleaned_data["effective_from"]
        context |= {
            "is_shown": True,
            "before": queries.rate_on(tax_class_id=one.pk, on=day),
            "after": form.rate,
            "day": day,
            "prices": queries.effect(tax_class=one, rate=form.rate, on=day),
            "extras": queries.extras(tax_class=one, rate=form.rate, on=day),
        }
    return responses.form_page(request, "customers/staff/tax_rate.html", context)


@require_POST
@staff_only("tax.edit")
def withdraw_rate(request: Request, pk: int) -> HttpResponse:
    """Take back a rate that has not begun."""
    rate = get_object_or_404(TaxRate, pk=pk)
    try:
        taxes.withdraw_rate(rate=rate, act=Act.now(request.user))
    except DomainError as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(reverse("staff_customers:taxes"))
    return _done(request, _("The planned rate is withdrawn."))


def _form(request: Request, form: Any, title: str, note: str = "") -> HttpResponse:
    back = reverse("staff_customers:taxes")
    return plain_form.show(request, form, title, back=back, back_label=_("Taxes"), note=note)


def _done(request: Request, text: str) -> HttpResponse:
    back = reverse("staff_customers:taxes")
    return responses.done(request, text, back=back)
