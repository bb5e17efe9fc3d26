"""/admin/contracts/<number>/renew/: another term, because the customer asks for it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from contracts.forms.staff import RenewForm
from contracts.models import Contract
from contracts.queries import contracts as queries
from contracts.rules import terms
from contracts.services import renewal
from ispbill.accounts import responses
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock, formats
from ispbill.core.acts import Act


@require_http_methods(["GET", "POST"])
@staff_only("contracts.edit")
def renew(request: Request, number: str) -> HttpResponse:
    """Show the new days, ask for the reason, and renew."""
    rows = queries.visible_to(request.user).select_related("version", "customer")
    contract = get_object_or_404(rows, number=number)
    found = renewal.by_hand(contract, on=clock.today())
    form = RenewForm(request.POST or None, initial={"ends_on": contract.ends_on})

    def run(given: dict[str, Any]) -> str:
        act = Act.now(request.user, reason=given["reason"])
        seen = given["ends_on"]
        done = renewal.renew(contract=contract, ends_on=seen, act=act)
        return _("Renewed until %(day)s.") % {"day": formats.day(done.ends_on)}

    return responses.carried_out(
        request,
        form,
        run,
        heading=_("Renew %(number)s") % {"number": number},
        label=_("Renew"),
        back=reverse("staff_contracts:detail", args=[number]),
        effects=_effects(contract, found),
    )


def _effects(contract: Contract, found: terms.Renewed | None) -> list[str]:
    if found is None:
        return []
    days = {"before": formats.day(contract.ends_on), "after": formats.day(found.ends_on)}
    said = [_("The term runs until %(after)s instead of %(before)s.") % days]
    if found.minimum_until:
        said.append(_("Leaving before %(after)s costs the fee of the contract again.") % days)
    else:
        said.append(_("There is no new minimum term."))
    if contract.objected_on:
        said.append(_("The notice against the renewal no longer counts."))
    return [*said, _("The customer is told.")]
