"""What a phone sent and the office had overtaken: both versions, and which one holds."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from fieldservice.forms.staff import ReasonForm
from fieldservice.models import FieldAction
from fieldservice.queries import orders
from fieldservice.services import outbox
from fieldservice.views import action_words
from ispbill.accounts import responses
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.core.acts import Act

_VERBS = {"take": outbox.take_over, "leave": outbox.leave_aside}


@require_http_methods(["GET", "POST"])
@staff_only("field.decide")
def decide(request: Request, pk: int, what: str) -> HttpResponse:
    """Apply what the technician did after all (`take`), or let the office's version stand."""
    visible = FieldAction.objects.filter(order__in=orders.visible_to(request.user))
    action = get_object_or_404(visible.select_related("order", "technician"), pk=pk)
    if what not in _VERBS:
        raise Http404
    form = ReasonForm(request.POST or None)
    back = reverse("staff_fieldservice:detail", args=[action.order.number])
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            _VERBS[what](
                action=action, act=Act.now(request.user, reason=form.cleaned_data["reason"])
            )
            return responses.done(request, _("Decided."), back=back)
    label = _("Take the technician's") if what == "take" else _("Keep the office's")
    told = responses.Foretold(action_words.both(action))
    return responses.foretelling(
        request, form, told, heading=action_words.title(action), label=label, back=back
    )
