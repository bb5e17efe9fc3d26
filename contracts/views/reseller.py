"""/reseller-portal/contracts/: a reseller draws up and sends for the own customers.

Reads run as the portal's role; the paper is made by a worker, which asks for the signature.
"""

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
    require_safe,
)

from contracts.forms.staff import DrawUpOwn
from contracts.models import Contract
from contracts.queries import contracts
from contracts.services import bulk, drafting
from contracts.views import words
from contracts.views.staff import file_of
from customers.models import Customer
from ispbill.accounts import responses
from ispbill.accounts.access import not_by_collectors, reseller_only
from ispbill.accounts.http import Request
from ispbill.core import clock, rls
from ispbill.core.acts import Act

_SHOWN = 100


@reseller_only
@require_GET
def index(request: Request) -> HttpResponse:
    """List the contracts of the own customers: all, to be signed, or ending soon (`?view=`)."""
    view, on = request.GET.get("view", ""), clock.today()
    rows = list(contracts.of_partner(request.customer_ids, view, on=on)[:_SHOWN])
    unsigned, ending = contracts.waiting_tasks(request.customer_ids, on=on)
    context = {"rows": rows, "view": view, "unsigned": unsigned, "ending": ending}
    return render(request, "contracts/reseller/index.html", context)


@reseller_only
@not_by_collectors
@require_http_methods(["GET", "POST"])
def draw_up(request: Request, number: str) -> HttpResponse:
    """Draw a contract up for a service of an own customer, and have it sent."""
    customer = get_object_or_404(Customer, pk__in=request.customer_ids, number=number)
    with rls.as_house():  # found as the portal; the templates are the house's
        customer = Customer.objects.get(pk=customer.pk)
        form = DrawUpOwn(request.POST or None, customer=customer, on=clock.today())
        if form.is_valid():
            with responses.refusals_in(form):
                bulk.offer(
                    service=form.cleaned_data["service"],
                    version=drafting.version_for(form.cleaned_data["service"]),
                    starts_on=form.cleaned_data["starts_on"],
                    act=Act.now(request.user),
                )
                said = _("The contract is being sent: %(name)s gets a link to sign it.")
                messages.success(request, said % {"name": customer.name})
                return redirect("reseller:contracts")
        context = {"customer": customer, "form": form}
        status = 422 if form.errors else 200
        return render(request, "contracts/reseller/draw_up.html", context, status=status)


@reseller_only
@require_GET
def show(request: Request, number: str) -> HttpResponse:
    """One contract of an own customer: its days, its terms, its paper."""
    contract = _own(request, number)
    context = {
        "contract": contract,
        "terms": words.terms_of(contract.version),
        "is_sealed": contracts.is_sealed(contract),
    }
    return render(request, "contracts/reseller/show.html", context)


@reseller_only
@not_by_collectors
@require_POST
def send_link(request: Request, number: str) -> HttpResponse:
    """Send the customer a new link to sign; the old one is dead."""
    contract = _own(request, number)
    with responses.refusals_told(request):
        with rls.as_house():
            drafting.send_link(contract=contract, act=Act.now(request.user))
        messages.success(request, _("A new link is sent."))
    return redirect("reseller:contract", number)


@reseller_only
@require_safe
def paper(request: Request, number: str, which: str) -> HttpResponseBase:
    """The paper as sent, or signed and sealed."""
    return file_of(_own(request, number), which)


def _own(request: Request, number: str) -> Contract:
    rows = contracts.of_partner(request.customer_ids, "", on=clock.today())
    return get_object_or_404(rows, number=number)
