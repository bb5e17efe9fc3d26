"""/technician/contracts/: a customer of one's own jobs signs on the technician's phone.

As everywhere a code goes to the customer's own phone. Never offline: the code cannot come.
"""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from contracts.models import Contract
from contracts.queries import contracts
from contracts.views.signing import Place, steps
from contracts.views.staff import file_of
from customers.models import Customer
from ispbill.accounts.access import technician_only
from ispbill.accounts.http import Request
from ispbill.core import rls


@technician_only
@require_http_methods(["GET", "POST"])
def sign(request: Request, number: str) -> HttpResponse:
    """Let the customer read, draw or type, and enter the code; then say that it is signed."""
    contract = _of_own_job(request, number)
    if contract.state != Contract.State.SENT:
        return render(request, "contracts/technician/signed.html", {"contract": contract})
    place = Place(
        template="contracts/technician/sign.html",
        done_url=request.path,
        paper_url=reverse("technician_contracts:paper", args=[number]),
        device="FIELD",
        language=contract.customer.language,
    )
    return steps(request, contract, place)


@technician_only
@require_safe
def paper(request: Request, number: str) -> HttpResponseBase:
    """The paper as sent."""
    return file_of(_of_own_job(request, number), "sent")


def _of_own_job(request: Request, number: str) -> Contract:
    contract = get_object_or_404(contracts.own(request.customer_ids), number=number)
    with rls.as_house():  # found as the technician; their role does not read language and kind
        contract.customer = Customer.objects.get(pk=contract.customer_id)
    return contract
