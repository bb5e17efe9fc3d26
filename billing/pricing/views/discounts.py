"""Give a service a discount, end it, and the list of customers with one."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from billing.invoices.queries import positions
from billing.invoices.rules.charging import Reduction
from billing.ledger.forms.reasons import ReasonForm
from billing.ledger.views import answers
from billing.ledger.views.answers import REDRAWN
from billing.pricing.forms.discounts import GrantForm, OwnDiscountForm, RevokeForm
from billing.pricing.models import Discount
from billing.pricing.queries import discounts as queries
from billing.pricing.queries import outlook
from billing.pricing.services import discounts
from billing.pricing.services.discounts import Given
from billing.pricing.views import words
from customers.models import Subscription
from customers.queries import directory
from customers.views import links
from ispbill.accounts import responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock, digits, formats
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError

_PER_PAGE = 50


@require_GET
@staff_only("billing.view")
def index(request: Request) -> HttpResponse:
    """List who has which discount, until when, by whom and why."""
    on = clock.today()
    state = request.GET.get("state", queries.RUNNING)
    state = state if state in (queries.RUNNING, queries.ENDING, queries.OVER) else queries.RUNNING
    reach = directory.visible_to(request.user)
    branch = answers.chosen_branch(request)
    if branch is not None:
        reach = reach.filter(branch_id=branch)
    promotion = digits.row_id(request.GET.get("promotion", ""))
    rows = queries.register(reach, state=state, on=on, promotion_id=promotion)
    after = digits.row_id(request.GET.get("after", ""))
    if after is not None:
        rows = rows.filter(pk__lt=after)
    page = list(rows.order_by("-pk")[: _PER_PAGE + 1])
    context = {
        "rows": [
            {"one": one, "ends_soon": queries.ends_soon(one, on=on)} for one in page[:_PER_PAGE]
        ],
        "older": page[_PER_PAGE - 1].pk if len(page) > _PER_PAGE else None,
        "is_first_page": after is None,
        "state": state,
        "states": [
            (queries.RUNNING, _("Running")),
            (queries.ENDING, _("Ending within 30 days")),
            (queries.OVER, _("Over")),
        ],
        "ending": queries.register(reach, state=queries.ENDING, on=on).count(),
        "promotion": promotion,
        "may_grant": may(request.user, "discounts.grant"),
    }
    return render(request, "billing/pricing/staff/discounts.html", context)


@require_http_methods(["GET", "POST"])
@staff_only("discounts.grant")
def grant(request: Request, number: str, line_no: int) -> HttpResponse:
    """Show the next bill with a promotion, then grant it."""
    subscription, at = answers.service(request, number, line_no), clock.now()
    on = clock.local_date(at)
    form = GrantForm(
        request.POST or None, on=on, initial={"promotion": request.GET.get("promotion")}
    )
    form.fields["promotion"].widget.attrs |= {"hx-get": request.path, **REDRAWN}
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            granted = discounts.grant(
                subscription=subscription,
                promotion=form.cleaned_data["promotion"],
                act=Act(request.user, at, reason=form.full_reason()),
            )
            return answers.done(request, said(granted), back=_back(subscription))
    probe = GrantForm(request.POST or request.GET, on=on)
    probe.is_valid()
    chosen = probe.cleaned_data.get("promotion")
    context: dict[str, Any] = {
        "bill": [],
        "bill_title": _("The next bill"),
        "bill_note": _("Choose a promotion."),
    }
    if chosen is not None:
        try:
            discounts.refuse_unfit(chosen, subscription, on=on)
            context = next_bill(subscription, discounts.of_promotion(chosen), on)
        except DomainError as error:
            context["bill_note"] = str(error)
    return _dialog(request, subscription, form, _("Promotion for %(service)s"), **context)


@require_http_methods(["GET", "POST"])
@staff_only("discounts.grant")
def grant_own(request: Request, number: str, line_no: int) -> HttpResponse:
    """Show the next bill with a discount made for this service, then grant it."""
    subscription, at = answers.service(request, number, line_no), clock.now()
    on = clock.local_date(at)
    form = OwnDiscountForm(request.POST or None, initial={"label": _("Discount")})
    for name in ("percent", "amount", "cycles", "is_stackable"):
        form.fields[name].widget.attrs |= {"hx-get": request.path, **REDRAWN}
    given = form.given() if request.method == "POST" else None
    if given is not None and form.is_valid():
        with responses.refusals_in(form):
            granted = discounts.grant_own(
                subscription=subscription,
                given=given,
                act=Act(request.user, at, reason=form.full_reason()),
            )
            return answers.done(request, said(granted), back=_back(subscription))
    probed = OwnDiscountForm(request.POST or request.GET).given()
    context: dict[str, Any] = {
        "bill": [],
        "bill_title": _("The next bill"),
        "bill_note": _("Give a percentage or an amount."),
    }
    if probed is not None:
        context = next_bill(subscription, probed, on)
    return _dialog(request, subscription, form, _("Discount for %(service)s"), **context)


@require_http_methods(["GET", "POST"])
@staff_only("discounts.grant")
def revoke(request: Request, number: str, pk: int) -> HttpResponse:
    """End a discount at the next day not billed yet."""
    reach = directory.visible_to(request.user).filter(number=number)
    discount = get_object_or_404(
        Discount.objects.select_related("subscription__customer", "subscription__package"),
        customer__in=reach,
        pk=pk,
    )
    subscription, at = discount.subscription, clock.now()
    on = clock.local_date(at)
    form = RevokeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            discounts.revoke(
                discount=discount, act=Act(request.user, at, reason=form.full_reason())
            )
            text = _("%(label)s has ended.") % {"label": discount.label}
            return answers.done(request, text, back=_back(subscription))
    end = positions.next_unbilled(subscription, on=on)
    return _dialog(
        request,
        subscription,
        form,
        _("End the discount of %(service)s?"),
        confirm_label=_("End discount"),
        danger=True,
        effects=[
            _("“%(label)s” is taken off no bill of days from %(day)s on.")
            % {"label": discount.label, "day": words.day(end)},
            _("Bills already written stay as they are."),
        ],
    )


def next_bill(subscription: Subscription, given: Given, on: date) -> dict[str, Any]:
    """Return the next bill of a service as it would be with a discount, and what it saves."""
    start = positions.next_unbilled(subscription, on=on)
    try:
        span = discounts.span_of(given, subscription, start=start)
    except DomainError as error:
        return {"bill": [], "bill_title": _("The next bill"), "bill_note": str(error)}
    extra = [Reduction(given.label, given.rate, given.amount, given.is_stackable)]
    before = outlook.next_bill(subscription, start=start)
    after = outlook.next_bill(subscription, start=start, extra=extra)
    saved = before.total.gross - after.total.gross
    note = _("%(saved)s less than without it.") % {"saved": formats.money(saved)}
    if not saved:
        note = _("It takes nothing off: another discount gives more, and both cannot be combined.")
    note += " " + (
        _("It lasts %(days)s.") % {"days": words.period(start, span.upper)}
        if span.upper is not None
        else _("It lasts until it is ended.")
    )
    return {
        "bill": words.bill(after),
        "bill_total": after.total.gross,
        "bill_title": _("The next bill"),
        "bill_note": note,
    }


def said(granted: Discount) -> str:
    """Say that a discount is granted, and until when."""
    if granted.span.upper is None:
        return _("%(label)s is granted until it is ended.") % {"label": granted.label}
    return _("%(label)s is granted for %(days)s.") % {
        "label": granted.label,
        "days": words.period(granted.span.lower, granted.span.upper),
    }


def _back(subscription: Subscription) -> str:
    return links.customer(subscription.customer.number, tab="services")


def _dialog(
    request: Request, subscription: Subscription, form: ReasonForm, heading: str, **context: Any
) -> HttpResponse:
    context = {
        "heading": heading % {"service": subscription.connection_id},
        "form": form,
        "form_action": request.path,
        "back_url": _back(subscription),
        "confirm_label": _("Grant"),
        "is_possible": subscription.status != Subscription.Status.CANCELLED,
        "refusal": _("This service is cancelled."),
        **context,
    }
    return responses.form_page(request, "billing/pricing/staff/reason.html", context)
