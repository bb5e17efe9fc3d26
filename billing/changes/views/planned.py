"""/admin/ plans of services: drop one that has not begun."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from billing.changes.forms.terms import WithdrawForm
from billing.changes.models import PlannedMove
from billing.changes.services import planned_moves
from billing.ledger.views import answers
from billing.pricing.views import words
from customers.queries import directory
from customers.views import links
from ispbill.accounts import responses
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.core.acts import Act


@require_http_methods(["GET", "POST"])
@staff_only("services.switch")
def withdraw(request: Request, pk: int) -> HttpResponse:
    """Drop a plan; the service goes on as it is."""
    reach = directory.visible_to(request.user)
    move = get_object_or_404(
        PlannedMove.objects.select_related("subscription__customer"), pk=pk, customer__in=reach
    )
    back = links.address("staff_customers:customer", move.subscription.customer.number)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            planned_moves.withdraw(move=move, act=Act.now(request.user, reason=form.full_reason()))
            return answers.done(request, _("The plan is dropped."), back=back)
    context = {
        "heading": _("Drop the plan for %(day)s?") % {"day": words.day(move.span.lower)},
        "form": form,
        "form_action": request.path,
        "confirm_label": _("Withdraw"),
        "is_possible": move.status == PlannedMove.Status.PLANNED,
        "refusal": _("This plan has begun, or is over."),
        "effects": [
            _("%(service)s goes on as it is: its line and its bills do not change.")
            % {"service": move.subscription.connection_id}
        ],
        "back_url": back or "/admin/",
    }
    return responses.form_page(request, "billing/pricing/staff/reason.html", context)
