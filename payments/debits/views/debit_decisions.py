"""What staff decide about single debits and statement lines, each with a reason."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ispbill.accounts import responses
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.audit.forms import ReasonForm
from ispbill.core.acts import Act
from payments.debits.models import DebitStatementLine
from payments.debits.queries import debits as queries
from payments.debits.services import deciding


@require_http_methods(["GET", "POST"])
@staff_only("debits.run")
def try_again(request: Request, pk: int) -> HttpResponse:
    """Let the next run collect again what failed."""
    order = get_object_or_404(queries.orders_visible_to(request.user), pk=pk)

    def act(given: dict[str, Any]) -> str:
        deciding.try_again(order=order, act=Act.now(request.user, reason=given["reason"]))
        return _("The next run collects it again.")

    return responses.carried_out(
        request,
        ReasonForm(request.POST or None),
        act,
        heading=_("Collect it again?"),
        label=_("Try again"),
        back=reverse("staff_payments:debit-batch", args=[order.batch.name]),
        effects=[_("What is still open of its bills is in the next batch.")],
    )


@require_http_methods(["GET", "POST"])
@staff_only("debits.run")
def put_aside(request: Request, pk: int) -> HttpResponse:
    """Say that a held statement line was dealt with otherwise."""
    line = get_object_or_404(DebitStatementLine, pk=pk)

    def act(given: dict[str, Any]) -> str:
        deciding.put_aside(line=line, act=Act.now(request.user, reason=given["reason"]))
        return _("Saved.")

    return responses.carried_out(
        request,
        ReasonForm(request.POST or None),
        act,
        heading=_("Put this line aside?"),
        label=_("Put aside"),
        back=reverse("staff_payments:debit-statement"),
        effects=[_("Nothing is booked for it. Say how it was dealt with.")],
    )


@require_http_methods(["GET", "POST"])
@staff_only("debits.run")
def settle_dispute(request: Request, pk: int) -> HttpResponse:
    """Say how a debit the customer disputes was dealt with."""
    order = get_object_or_404(queries.orders_visible_to(request.user), pk=pk)

    def act(given: dict[str, Any]) -> str:
        deciding.settle_dispute(order=order, act=Act.now(request.user, reason=given["reason"]))
        return _("Saved.")

    return responses.carried_out(
        request,
        ReasonForm(request.POST or None),
        act,
        heading=_("Dispute dealt with?"),
        label=_("Dealt with"),
        back=reverse("staff_payments:debit-batch", args=[order.batch.name]),
        effects=[_("The money stays with the customer; say what was agreed.")],
    )
