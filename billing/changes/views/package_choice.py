"""/admin/ another package for a service: quoted, asked for, or changed at once."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from billing.changes.forms.changes import ChangeForm
from billing.changes.queries import changes, quotes
from billing.changes.services import package_changes
from billing.changes.services.package_changes import QuoteChanged, RequestedChange
from billing.changes.views import quote_words
from billing.changes.views import service_effects as effects
from billing.ledger.views import answers
from billing.pricing.models import PackageChange
from billing.pricing.views import words
from customers.models import Subscription
from customers.views import links
from ispbill.accounts import responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError

Status = PackageChange.Status


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
    waiting = changes.open_change(service)
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
    page = "billing/changes/staff/change_package.html"
    return responses.varied(render(request, page, context, status=status))


def _ask(request: Request, service: Subscription, form: ChangeForm, wanted: Any) -> HttpResponse:
    at = clock.now()
    on = clock.local_date(at)
    action = request.POST.get("action", "request")
    change = package_changes.request(
        subscription=service,
        requested=RequestedChange(
            package=wanted,
            effective=form.cleaned_data["effective"],
            origin=PackageChange.Origin.STAFF,
            note=form.cleaned_data["note"],
        ),
        fingerprint=form.cleaned_data["fingerprint"] or "not shown yet",
        requested_by=request.user,
        on=on,
        at=at,
        status=Status.QUOTED if action == "quote" else Status.REQUESTED,
    )
    text = _("The request is waiting for a decision.")
    if action == "quote":
        text = _("The quote is kept; it holds until %(day)s.") % {
            "day": words.day(clock.local_date(change.valid_until))
        }
    elif action == "change" and may(request.user, "changes.decide"):
        change = package_changes.approve(
            change=change,
            fingerprint=change.fingerprint,
            note=form.cleaned_data["note"],
            act=Act(request.user, at),
        )
        text = quote_words.outcome(change)
    return answers.done(request, text, back=_back(service))


def _line_words(made: quotes.Made) -> str:
    if made.quote["effective"] == PackageChange.Effective.NOW:
        return _("%(router)s gets the new speed; the session dials in anew within a minute.")
    return _("%(router)s gets the new speed on that day.")


def _back(service: Subscription) -> str:
    return links.address("staff_customers:customer", service.customer.number) or reverse(
        "staff_billing:package-changes"
    )
