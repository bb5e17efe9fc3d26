"""/admin/ package changes: the queue, and deciding with the amounts in view."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from billing.changes.forms.changes import DecisionForm, RejectionForm
from billing.changes.queries import changes
from billing.changes.services import package_changes
from billing.changes.views import quote_words
from billing.changes.views import service_effects as effects
from billing.ledger.views import answers
from billing.pricing.models import PackageChange
from customers.models import Subscription
from customers.views import links
from ispbill.accounts import responses
from ispbill.accounts.access import may, staff_only, way_back
from ispbill.accounts.http import Request
from ispbill.core import clock, digits
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError

Status = PackageChange.Status
_PAGE = 50


@require_GET
@staff_only("billing.view")
def index(request: Request) -> HttpResponse:
    """The queue: what waits for a decision, what waits for its day, quotes, what is over."""
    view = request.GET.get("view", "waiting")
    view = view if view in changes.VIEWS else "waiting"
    reach = changes.visible_to(request.user)
    branch = answers.chosen_branch(request)
    if branch:
        reach = reach.filter(customer__branch=branch)
    start = digits.whole(request.GET.get("start", "")) or 0
    rows = list(changes.listed(reach, view)[start : start + _PAGE + 1])
    counts = changes.counts(reach)
    context = {
        "rows": rows[:_PAGE],
        "view": view,
        "tabs": [
            {"key": key, "label": label, "count": counts[key], "is_current": key == view}
            for key, label in (
                ("waiting", _("Waiting")),
                ("approved", _("Approved, day to come")),
                ("quoted", _("Quotes")),
                ("done", _("Done")),
            )
        ],
        "start": start,
        "next_start": start + _PAGE if len(rows) > _PAGE else None,
        "may_decide": may(request.user, "changes.decide"),
        "may_change_many": may(request.user, "changes.decide"),
    }
    part = "_change_queue.html" if responses.is_fragment(request, "queue") else "change_queue.html"
    return responses.varied(render(request, f"billing/changes/staff/{part}", context))


@require_GET
@staff_only("billing.view")
def detail(request: Request, pk: int) -> HttpResponse:
    """One request with its arithmetic and what became of it."""
    change = _change(request, pk)
    context = {
        "change": change,
        "quote": quote_words.of(change.quote),
        "may_decide": may(request.user, "changes.decide") and change.awaits_decision,
        "may_withdraw": may(request.user, "services.edit")
        and (change.is_open or change.status == Status.QUOTED),
        "customer_url": links.address("staff_customers:customer", change.customer.number),
    }
    return render(request, "billing/changes/staff/package_change.html", context)


@require_http_methods(["GET", "POST"])
@staff_only("changes.decide")
def approve(request: Request, pk: int) -> HttpResponse:
    """Show the amounts and approve exactly them; when they have moved, show the new ones."""
    change, at = _change(request, pk), clock.now()
    form = DecisionForm(request.POST or None, initial={"fingerprint": change.fingerprint})
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            change = package_changes.approve(
                change=change,
                fingerprint=form.cleaned_data["fingerprint"],
                note=form.cleaned_data["note"],
                act=Act(request.user, at),
            )
        except DomainError as error:
            form.add_error(None, str(error))
            status = 422
        else:
            if change.status != Status.STALE:
                return answers.done(request, quote_words.outcome(change), back=_queue(request))
            note = form.cleaned_data["note"]
            form = DecisionForm(initial={"fingerprint": change.fingerprint, "note": note})
            status = 422
    change = _change(request, pk)
    service = Subscription.objects.get(pk=change.subscription_id)
    line = _("%(router)s gets the new speed; the session dials in anew within a minute.")
    context = {
        "change": change,
        "form": form,
        "quote": quote_words.of(change.quote),
        "effects": quote_words.effects(change.quote, router=effects.line_effect(service, line)),
        "form_action": request.path,
        "back_url": _queue(request),
        "recalculate_url": reverse("staff_billing:package-change-recalculate", args=[pk]),
        "today": clock.local_date(at),
    }
    page = "billing/changes/staff/approve_change.html"
    return responses.varied(render(request, page, context, status=status))


@require_http_methods(["GET", "POST"])
@staff_only("changes.decide")
def reject(request: Request, pk: int) -> HttpResponse:
    """Say no with a reason the customer reads."""
    change, at = _change(request, pk), clock.now()
    form = RejectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            package_changes.reject(
                change=change, note=form.cleaned_data["note"], act=Act(request.user, at)
            )
            return answers.done(request, _("The request is rejected."), back=_queue(request))
    return _reason(request, change, form, heading=_("Reject this request?"), label=_("Reject"))


@require_http_methods(["GET", "POST"])
@staff_only("services.edit")
def withdraw(request: Request, pk: int) -> HttpResponse:
    """Take a request back."""
    change, at = _change(request, pk), clock.now()
    form = RejectionForm(request.POST or None)
    form.fields["note"].help_text = _("Kept with the request. At least ten characters.")
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            package_changes.withdraw(
                change=change, act=Act(request.user, at, reason=form.cleaned_data["note"])
            )
            return answers.done(request, _("The request is withdrawn."), back=_queue(request))
    return _reason(request, change, form, heading=_("Withdraw this request?"), label=_("Withdraw"))


@require_POST
@staff_only("changes.decide")
def recalculate(request: Request, pk: int) -> HttpResponse:
    """Quote a waiting request anew from today."""
    change, at = _change(request, pk), clock.now()
    try:
        package_changes.recalculate(change=change, act=Act(request.user, at))
    except DomainError as error:
        return answers.done(request, str(error), back=_queue(request), level="error")
    return answers.done(
        request,
        _("Quoted anew from today."),
        back=reverse("staff_billing:package-change", args=[pk]),
    )


def _reason(
    request: Request, change: PackageChange, form: RejectionForm, *, heading: str, label: str
) -> HttpResponse:
    context = {
        "heading": heading,
        "form": form,
        "form_action": request.path,
        "confirm_label": label,
        "is_possible": change.is_open or change.status == Status.QUOTED,
        "refusal": _("This request is no longer waiting."),
        "effects": [
            _("%(service)s keeps %(package)s; nothing is billed.")
            % {"service": change.subscription.connection_id, "package": change.package_from.name}
        ],
        "back_url": _queue(request),
    }
    return responses.form_page(request, "billing/pricing/staff/reason.html", context)


def _change(request: Request, pk: int) -> PackageChange:
    reach = changes.visible_to(request.user).select_related(
        "customer",
        "subscription",
        "package_from",
        "package_to",
        "requested_by",
        "decided_by",
        "invoice",
    )
    return get_object_or_404(reach, pk=pk)


def _queue(request: Request) -> str:
    """Return the queue, or the inbox of somebody who may decide and not look around."""
    return way_back(request.user, "staff_billing:package-changes", "staff:inbox")
