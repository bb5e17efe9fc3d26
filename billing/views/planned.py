"""/admin/ plans of services: drop one that has not begun."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from billing.forms.terms import WithdrawForm
from billing.models import PlannedMove
from billing.services import planned_moves
from billing.views import answers, words
from customers.queries import directory
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock
from ispbill.core.errors import DomainError


@require_http_methods(["GET", "POST"])
@staff_only("services.switch")
def withdraw(request: Request, pk: int) -> HttpResponse:
    """Drop a plan; the service goes on as it is."""
    reach = directory.visible_to(request.user)
    move = get_object_or_404(
        PlannedMove.objects.select_related("subscription__customer"), pk=pk, customer__in=reach
    )
    back = answers.address("staff_customers:customer", move.subscription.customer.number)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            planned_moves.withdraw(
                move=move, reason=form.full_reason(), at=clock.now(), actor=request.user
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
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
    status = 422 if form.errors else 200
    return answers.varied(render(request, "billing/staff/reason.html", context, status=status))
