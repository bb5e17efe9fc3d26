"""/admin/: pauses customers ask for; decide with the money and the line in view."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from billing.changes.forms.changes import RejectionForm
from billing.changes.forms.pauses import ApproveForm
from billing.changes.models import PauseRequest
from billing.changes.queries import pauses as queries
from billing.changes.services import pauses
from billing.changes.views import pause_words
from billing.changes.views import service_effects as effects
from billing.ledger.views import answers
from billing.pricing.views import words
from ispbill.accounts import responses
from ispbill.accounts.access import may, staff_only, way_back
from ispbill.accounts.http import Request
from ispbill.core import clock, formats
from ispbill.core.acts import Act


@require_GET
@staff_only("billing.view")
def index(request: Request) -> HttpResponse:
    """The queue: what waits for an answer, and what is over."""
    view = request.GET.get("view", "waiting")
    view = view if view in queries.VIEWS else "waiting"
    reach = queries.visible_to(request.user)
    branch = answers.chosen_branch(request)
    if branch:
        reach = reach.filter(customer__branch=branch)
    counts = queries.counts(reach)
    tabs = (("waiting", _("Waiting")), ("done", _("Done")))
    size = answers.size_of(request.GET.get("size", ""), queries.SIZES)
    page = queries.page(
        reach,
        view,
        size=size,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    context = {
        "rows": page.rows,
        "pager": {
            "newer": page.newer,
            "older": page.older,
            "total": counts[view],
            "size": size,
            "sizes": queries.SIZES,
        },
        "view": view,
        "tabs": [
            {"key": key, "label": label, "count": counts[key], "is_current": key == view}
            for key, label in tabs
        ],
        "may_decide": may(request.user, "services.switch"),
    }
    part = "_pause_queue.html" if responses.is_fragment(request, "queue") else "pauses.html"
    return responses.varied(render(request, f"billing/changes/staff/{part}", context))


@require_http_methods(["GET", "POST"])
@staff_only("services.switch")
def approve(request: Request, pk: int) -> HttpResponse:
    """Say yes: the pause is planned; the effects are said first."""
    row, at = _row(request, pk), clock.now()
    form = ApproveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            pauses.approve(request=row, note=form.cleaned_data["note"], act=Act(request.user, at))
            return answers.done(request, _("The pause is planned."), back=_queue(request))
    start, until = row.span.lower, row.span.upper
    effect = queries.effect(row.subscription, start=start, until=until)
    said = [
        pause_words.line(start, until),
        effects.line_effect(row.subscription, _("%(router)s closes it and opens it again.")),
        *pause_words.money(effect),
        _("The customer was shown %(amount)s to come back.")
        % {"amount": formats.money(row.credit_amount)},
        _("The customer gets a message."),
    ]
    return _dialog(
        request, row, form, heading=_("Approve this pause?"), label=_("Approve"), effects=said
    )


@require_http_methods(["GET", "POST"])
@staff_only("services.switch")
def refuse(request: Request, pk: int) -> HttpResponse:
    """Say no with a reason the customer reads."""
    row = _row(request, pk)
    form = RejectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            pauses.refuse(request=row, note=form.cleaned_data["note"], act=Act.now(request.user))
            return answers.done(request, _("The request is rejected."), back=_queue(request))
    said = [_("The service stays as it is."), _("The customer gets a message with your reason.")]
    return _dialog(
        request, row, form, heading=_("Reject this request?"), label=_("Reject"), effects=said
    )


def _dialog(
    request: Request,
    row: PauseRequest,
    form: ApproveForm | RejectionForm,
    *,
    heading: str,
    label: str,
    effects: list[str],
) -> HttpResponse:
    balance = row.customer.account_state.balance_amount
    context = {
        "heading": heading,
        "form": form,
        "form_action": request.path,
        "confirm_label": label,
        "is_possible": row.is_open,
        "refusal": _("This request is no longer waiting."),
        "warning": _("The customer owes %(amount)s.") % {"amount": formats.money(balance)}
        if balance > 0
        else "",
        "effects": effects,
        "changes": [
            {
                "label": f"{row.customer.name}, {row.subscription.connection_id}",
                "before": row.note or "—",
                "after": words.period(row.span.lower, row.span.upper),
            }
        ],
        "back_url": _queue(request),
    }
    return responses.form_page(request, "billing/pricing/staff/reason.html", context)


def _row(request: Request, pk: int) -> PauseRequest:
    reach = queries.visible_to(request.user).select_related(
        "customer__account_state", "subscription__customer", "subscription__package"
    )
    return get_object_or_404(reach, pk=pk)


def _queue(request: Request) -> str:
    """Return the queue, or the inbox of somebody who may decide and not look around."""
    return way_back(request.user, "staff_billing:pauses", "staff:inbox")
