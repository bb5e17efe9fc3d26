"""Services left out of billing because a run would have given them too many periods at once."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from billing.invoices.models import Schedule
from billing.ledger.forms.reasons import ReasonForm
from billing.ledger.views import answers
from billing.run.forms.on_hold import ReleaseForm, SkipForm
from billing.run.queries import preview
from billing.run.services import on_hold
from ispbill.accounts import responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.core.acts import Act
from ispbill.core.models import Company


@require_GET
@staff_only("billing.run")
def index(request: Request) -> HttpResponse:
    """Show what is on hold now."""
    context = {
        "rows": preview.on_hold(),
        "limit": Company.current().max_periods_a_run,
        "may_decide": may(request.user, "billing.correct"),
    }
    return render(request, "billing/run/staff/on_hold.html", context)


@require_http_methods(["GET", "POST"])
@staff_only("billing.correct")
def release(request: Request, service_id: int) -> HttpResponse:
    """Ask how many periods the next run may bill, and why."""
    get_object_or_404(Schedule, pk=service_id)
    form = ReleaseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            on_hold.release(
                subscription_id=service_id,
                periods=form.cleaned_data["periods"],
                act=Act.now(request.user, reason=form.full_reason()),
            )
            return _done(request, _("The next run bills it."))
    effects = [_("The next billing run bills this service for all periods that are due.")]
    return _ask(request, form, _("Bill this service?"), _("Bill it"), effects)


@require_http_methods(["GET", "POST"])
@staff_only("billing.correct")
def skip(request: Request, service_id: int) -> HttpResponse:
    """Ask from which day on it is billed, and why the days before never are."""
    get_object_or_404(Schedule, pk=service_id)
    form = SkipForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            on_hold.skip(
                subscription_id=service_id,
                until=form.cleaned_data["until"],
                act=Act.now(request.user, reason=form.full_reason()),
            )
            return _done(request, _("These days are never billed."))
    effects = [_("The days before this one are never billed, also not later.")]
    return _ask(request, form, _("Skip days of this service?"), _("Skip days"), effects)


def _ask(
    request: Request, form: ReasonForm, heading: str, label: str, effects: list[str]
) -> HttpResponse:
    context = {
        "heading": heading,
        "form": form,
        "form_action": request.path,
        "confirm_label": label,
        "is_possible": True,
        "effects": effects,
        "back_url": reverse("staff_billing:on-hold"),
    }
    return responses.form_page(request, "billing/pricing/staff/reason.html", context)


def _done(request: Request, text: str) -> HttpResponse:
    return answers.done(request, text, back=reverse("staff_billing:on-hold"))
