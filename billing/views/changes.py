"""/admin/ package changes: ask for one, the queue, decide with the amounts in view."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from billing.forms.changes import ChangeForm, DecisionForm, RejectionForm
from billing.models import PackageChange
from billing.queries import changes, quotes
from billing.services import package_changes
from billing.services.package_changes import QuoteChanged, Wish
from billing.views import answers, quote_words, words
from billing.views import service_effects as effects
from customers.models import Subscription
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock, formats
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
    start = _start(request)
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
    part = "_change_queue.html" if answers.is_fragment(request, "queue") else "change_queue.html"
    return answers.varied(render(request, f"billing/staff/{part}", context))


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
        "customer_url": answers.address("staff_customers:customer", change.customer.number),
    }
    return render(request, "billing/staff/package_change.html", context)


@require_http_methods(["GET", "POST"])
@staff_only("services.edit")
def ask(request: Request, number: str, line_no: int) -> HttpResponse:
    """Quote another package for a service; keep the quote, ask for it, or change at once."""
    service, at = answers.service(request, number, line_no), clock.now()
    on = clock.local_date(at)
    offers = changes.offers(service, on=on, is_public_only=False)
    data = request.POST if request.method == "POST" else request.GET
    form = ChangeForm(data or None, offers=offers)
    decides = may(request.user, "changes.decide")
    made = refusal = None
    if form.is_bound and form.is_valid():
        wanted = next(o.package for o in offers if o.package.pk == form.cleaned_data["package"])
        effective = form.cleaned_data["effective"]
        try:
            if request.method == "POST":
                return _ask(request, service, form, wanted)
            made = quotes.make(subscription=service, package=wanted, effective=effective, on=on)
        except QuoteChanged as error:
            made = error.made
            form.add_error(None, str(error))
        except DomainError as error:
            refusal = str(error)
            form.add_error(None, refusal)
    waiting = package_changes.open_change(service)
    context = {
        "service": service,
        "form": form,
        "offers": offers,
        "quote": quote_words.of(made.quote) if made else None,
        "fingerprint": made.fingerprint if made else "",
        "effects": quote_words.effects(
            made.quote, router=effects.line_effect(service, _line_words(made))
        )
        if made
        else [],
        "waiting": waiting,
        "decides": decides,
        "back_url": _back(service),
        "form_action": request.path,
    }
    status = 422 if request.method == "POST" else 200
    page = "billing/staff/change_package.html"
    return answers.varied(render(request, page, context, status=status))


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
                change=change, fingerprint=form.cleaned_data["fingerprint"],
                note=form.cleaned_data["note"], actor=request.user, on=clock.local_date(at), at=at,
            )  # fmt: skip
        except DomainError as error:
            form.add_error(None, str(error))
            status = 422
        else:
            if change.status != Status.STALE:
                return answers.done(request, _outcome(change), back=_queue())
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
        "back_url": _queue(),
        "recalculate_url": reverse("staff_billing:package-change-recalculate", args=[pk]),
        "today": clock.local_date(at),
    }
    page = "billing/staff/approve_change.html"
    return answers.varied(render(request, page, context, status=status))


@require_http_methods(["GET", "POST"])
@staff_only("changes.decide")
def reject(request: Request, pk: int) -> HttpResponse:
    """Say no with a reason the customer reads."""
    change, at = _change(request, pk), clock.now()
    form = RejectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            package_changes.reject(
                change=change, note=form.cleaned_data["note"], actor=request.user, at=at
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return answers.done(request, _("The request is rejected."), back=_queue())
    return _reason(request, change, form, heading=_("Reject this request?"), label=_("Reject"))


@require_http_methods(["GET", "POST"])
@staff_only("services.edit")
def withdraw(request: Request, pk: int) -> HttpResponse:
    """Take a request back."""
    change, at = _change(request, pk), clock.now()
    form = RejectionForm(request.POST or None)
    form.fields["note"].help_text = _("Kept with the request. At least ten characters.")
    if request.method == "POST" and form.is_valid():
        try:
            package_changes.withdraw(
                change=change, reason=form.cleaned_data["note"], actor=request.user, at=at
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return answers.done(request, _("The request is withdrawn."), back=_queue())
    return _reason(request, change, form, heading=_("Withdraw this request?"), label=_("Withdraw"))


@require_POST
@staff_only("changes.decide")
def recalculate(request: Request, pk: int) -> HttpResponse:
    """Quote a waiting request anew from today."""
    change, at = _change(request, pk), clock.now()
    try:
        package_changes.recalculate(
            change=change, actor=request.user, on=clock.local_date(at), at=at
        )
    except DomainError as error:
        return answers.done(request, str(error), back=_queue(), level="error")
    return answers.done(
        request,
        _("Quoted anew from today."),
        back=reverse("staff_billing:package-change", args=[pk]),
    )


def _ask(request: Request, service: Subscription, form: ChangeForm, wanted: Any) -> HttpResponse:
    at = clock.now()
    on = clock.local_date(at)
    action = request.POST.get("action", "request")
    change = package_changes.request(
        subscription=service,
        wish=Wish(
            package=wanted, effective=form.cleaned_data["effective"],
            origin=PackageChange.Origin.STAFF, note=form.cleaned_data["note"],
        ),
        fingerprint=form.cleaned_data["fingerprint"] or "not shown yet",
        requested_by=request.user,
        on=on,
        at=at,
        status=Status.QUOTED if action == "quote" else Status.REQUESTED,
    )  # fmt: skip
    text = _("The request is waiting for a decision.")
    if action == "quote":
        text = _("The quote is kept; it holds until %(day)s.") % {
            "day": words.day(clock.local_date(change.valid_until))
        }
    elif action == "change" and may(request.user, "changes.decide"):
        change = package_changes.approve(
            change=change, fingerprint=change.fingerprint, note=form.cleaned_data["note"],
            actor=request.user, on=on, at=at,
        )  # fmt: skip
        text = _outcome(change)
    return answers.done(request, text, back=_back(service))


def _outcome(change: PackageChange) -> str:
    if change.status == Status.APPROVED:
        return _("Approved: %(package)s from %(day)s on.") % {
            "package": change.package_to.name, "day": words.day(change.effective_on),
        }  # fmt: skip
    text = _("The service has %(package)s now.") % {"package": change.package_to.name}
    if change.credit_notes:
        text += " " + _("Credit note %(number)s.") % {"number": ", ".join(change.credit_notes)}
    if change.invoice is not None:
        text += " " + _("Invoice %(number)s of %(amount)s is issued.") % {
            "number": change.invoice.number, "amount": formats.money(change.invoice.total_amount),
        }  # fmt: skip
    return text


def _line_words(made: quotes.Made) -> str:
    if made.quote["effective"] == PackageChange.Effective.NOW:
        return _("%(router)s gets the new speed; the session dials in anew within a minute.")
    return _("%(router)s gets the new speed on that day.")


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
        "back_url": _queue(),
    }
    status = 422 if form.errors else 200
    return answers.varied(render(request, "billing/staff/reason.html", context, status=status))


def _change(request: Request, pk: int) -> PackageChange:
    reach = changes.visible_to(request.user).select_related(
        "customer", "subscription", "package_from", "package_to", "requested_by", "decided_by",
        "invoice",
    )  # fmt: skip
    return get_object_or_404(reach, pk=pk)


def _back(service: Subscription) -> str:
    return answers.address("staff_customers:customer", service.customer.number) or _queue()


def _queue() -> str:
    return reverse("staff_billing:package-changes")


def _start(request: Request) -> int:
    given = request.GET.get("start", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 7 else 0
