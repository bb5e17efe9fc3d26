"""/admin/field-jobs/receipts/new/: a receipt of a lost phone, from the customer's paper."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from fieldservice.rounds.forms.typed_in import TypedInForm
from fieldservice.rounds.services import lost
from ispbill.accounts import responses
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.core import formats
from ispbill.core.acts import Act


@require_http_methods(["GET", "POST"])
@staff_only("cash.supervise")
def type_in(request: Request) -> HttpResponse:
    """Ask for what stands on the paper, then settle it."""
    form = TypedInForm(request.POST or None, user=request.user)

    def run(given: dict[str, Any]) -> str:
        act = Act.now(request.user, reason=given["reason"])
        assert form.device is not None  # noqa: S101 - a valid form knows its phone
        row = lost.type_in(device=form.device, taken=form.taken(), act=act)
        said = {"number": row.number, "amount": formats.money(row.amount)}
        return _("%(number)s is in the books: %(amount)s.") % said

    return responses.carried_out(
        request,
        form,
        run,
        heading=_("Type in a receipt from the paper"),
        label=_("Settle"),
        back=reverse("staff:inbox"),
        effects=[_("If the phone sends it after all, it is the same payment.")],
    )
