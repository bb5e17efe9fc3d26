"""/admin/ another billing day or cycle of a service: the bills that follow, then the change."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from billing.changes.forms.terms import TermsForm
from billing.changes.queries import new_terms
from billing.changes.services import billing_terms
from billing.ledger.views import answers
from billing.ledger.views.answers import REDRAWN
from billing.pricing.views import words
from customers.models import Subscription
from customers.views import links
from ispbill.accounts import responses
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock, formats
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError


@require_http_methods(["GET", "POST"])
@staff_only("services.edit")
def change(request: Request, number: str, line_no: int) -> HttpResponse:
    """Show the next bills under other terms, and set them from the next period on."""
    service, at = answers.service(request, number, line_no), clock.now()
    today = clock.local_date(at)
    shown = {"cycle": service.cycle, "billing_day": service.billing_day}
    form = TermsForm(request.POST or None, initial=shown)
    for name in ("cycle", "billing_day"):
        form.fields[name].widget.attrs |= {"hx-get": request.path, **REDRAWN}
    back = links.address("staff_customers:customer", number) or "/admin/"
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            billing_terms.change(
                subscription=service,
                cycle=form.cleaned_data["cycle"],
                billing_day=form.cleaned_data["billing_day"],
                fingerprint=form.cleaned_data["fingerprint"],
                act=Act(request.user, at, reason=form.full_reason()),
            )
            return answers.done(request, _("The next period is billed anew."), back=back)
    asked = TermsForm({**shown, **request.GET.dict(), **request.POST.dict()})
    asked.is_valid()
    cycle = asked.cleaned_data.get("cycle", service.cycle)
    day = asked.cleaned_data.get("billing_day", service.billing_day)
    try:
        terms = new_terms.preview(service, cycle=cycle, billing_day=day, today=today)
    except DomainError as error:
        return _answer(request, service, form, back, refusal=str(error))
    return _answer(request, service, form, back, **_words(terms))


def _words(terms: new_terms.NewTerms) -> dict[str, Any]:
    rows = []
    for before, after in zip(terms.before, terms.after, strict=True):
        rows.append(
            {
                "label": "",
                "days": words.period(after.start, after.end),
                "text": _("instead of %(days)s, %(amount)s")
                % {
                    "days": words.period(before.start, before.end),
                    "amount": formats.money(before.total.gross),
                },
                "net": after.total.net,
                "tax": after.total.tax,
                "total": after.total.gross,
            }
        )
    total = sum(one.total.gross for one in terms.after)
    return {
        "bill": rows,
        "bill_total": total,
        "bill_title": _("The next bills, from %(day)s on") % {"day": words.day(terms.starts)},
        "bill_note": _("A period costs %(price)s. Everything before %(day)s stays as billed.")
        % {"price": formats.money(terms.price.amount), "day": words.day(terms.starts)},
        "fingerprint": terms.fingerprint,
    }


def _answer(
    request: Request, service: Subscription, form: TermsForm, back: str, **shown: Any
) -> HttpResponse:
    context = {
        "heading": _("Billing day and cycle of %(service)s") % {"service": service.connection_id},
        "form": form,
        "form_action": request.path,
        "confirm_label": _("Change billing"),
        "is_possible": "bill" in shown,
        "effects": [
            _("Every day is billed exactly once: the first bill may be for part of a period."),
            _("The line and its speed do not change."),
        ],
        "back_url": back,
        **shown,
    }
    return responses.form_page(request, "billing/changes/staff/terms.html", context)
