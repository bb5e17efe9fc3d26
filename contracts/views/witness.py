"""/admin/contracts/<number>/witness/: somebody signs in the office, before a member of staff."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from contracts.forms.signing import WitnessForm
from contracts.models import Contract
from contracts.queries import contracts as queries
from contracts.services import signing
from contracts.services.signing import Origin
from ispbill.accounts import responses
from ispbill.accounts.access import freshly_proven, staff_only
from ispbill.accounts.http import Request, client_ip
from ispbill.core.acts import Act


@require_http_methods(["GET", "POST"])
@staff_only("contracts.edit")
@freshly_proven
def sign(request: Request, number: str) -> HttpResponse:
    """Read, draw or type on this device; who acts says what they have seen."""
    rows = queries.visible_to(request.user).select_related("customer", "version__agreement")
    contract = get_object_or_404(rows, number=number)
    back = reverse("staff_contracts:detail", args=[number])
    if contract.state != Contract.State.SENT:
        return HttpResponseRedirect(back)
    form = WitnessForm(
        request.POST or None,
        is_company=contract.customer.kind != "RESIDENTIAL",
        language=contract.customer.language,
    )
    if form.is_valid():
        given = form.cleaned_data
        with responses.refusals_in(form):
            signing.witness(
                contract=contract,
                hand=form.hand(),
                identity_document=given["identity_document"],
                origin=Origin("DESK", client_ip(request), request.headers.get("User-Agent", "")),
                act=Act.now(request.user, reason=given["reason"]),
            )
            return responses.go(request, back, _("Signed. The paper is being sealed."))
    context = {
        "contract": contract,
        "form": form,
        "paper_url": reverse("staff_contracts:paper", args=[number, "sent"]),
    }
    status = 422 if form.errors else 200
    return render(request, "contracts/staff/witness.html", context, status=status)
