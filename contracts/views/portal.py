"""/portal/contracts/: the customer's own contracts. Reads run as the portal's role."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
    require_safe,
)

from contracts.models import Contract
from contracts.queries import contracts
from contracts.services import objecting
from contracts.views import words
from contracts.views.signing import Place, steps
from contracts.views.staff import file_of
from customers.views import own_account
from ispbill.accounts import responses
from ispbill.accounts.access import customer_only
from ispbill.accounts.http import Request
from ispbill.core import clock, rls
from ispbill.core.acts import Act


@customer_only
@require_GET
def index(request: Request) -> HttpResponse:
    """List the own contracts, those to be signed first."""
    customer = own_account.of(request)
    rows = list(contracts.own([customer.pk]))
    rows.sort(key=lambda one: one.state != Contract.State.SENT)
    return render(request, "contracts/portal/index.html", {"customer": customer, "rows": rows})


@customer_only
@require_GET
def show(request: Request, number: str) -> HttpResponse:
    """One contract: dates, what comes after the term, what leaving costs today."""
    contract = _own(request, number)
    context = {
        "customer": contract.customer,
        "contract": contract,
        "terms": words.terms_of(contract.version),
        "exit_fee": words.exit_fee(contract, on=clock.today()),
        "is_sealed": contracts.is_sealed(contract),
        "object_until": objecting.last_day(contract),
        "today": clock.today(),
        "refund_until": words.refund_until(contract),
    }
    return render(request, "contracts/portal/show.html", context)


@customer_only
@require_http_methods(["GET", "POST"])
def sign(request: Request, number: str) -> HttpResponse:
    """Read, draw or type, confirm by the code."""
    contract = _own(request, number)
    here = reverse("portal:contract", args=[number])
    if contract.state != Contract.State.SENT:
        return HttpResponseRedirect(here)
    paper_url = reverse("portal:contract-paper", args=[number, "sent"])
    return steps(request, contract, Place("contracts/portal/sign.html", here, paper_url, "PORTAL"))


@customer_only
@require_POST
def object_to_renewal(request: Request, number: str) -> HttpResponse:
    """Give notice against the renewal of the own contract."""
    contract = _own(request, number)
    act = Act.now(request.user, reason=_("The customer's own notice"))
    with responses.refusals_told(request):
        with rls.as_house():
            objecting.object_to_renewal(contract=contract, act=act)
        messages.success(request, _("Your contract ends with its term; the service goes on."))
    return HttpResponseRedirect(reverse("portal:contract", args=[number]))


@customer_only
@require_safe
def paper(request: Request, number: str, which: str) -> HttpResponseBase:
    """The paper as sent, or signed and sealed."""
    return file_of(_own(request, number), which)


def _own(request: Request, number: str) -> Contract:
    customer = own_account.of(request)
    contract = get_object_or_404(contracts.own([customer.pk]), number=number)
    contract.customer = customer
    return contract
