"""What a service has beside its package: add-ons, discounts, prices to come."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from billing.changes.forms.extras import AttachAddonForm, EndAddonForm, QuantityForm
from billing.changes.services import addons
from billing.changes.services.addons import Ended
from billing.ledger.forms.reasons import ReasonForm
from billing.ledger.rules.tax import document_total
from billing.ledger.views import answers
from billing.ledger.views.answers import REDRAWN
from billing.pricing.queries import discounts as queries
from billing.pricing.queries.tariffs import Priced
from billing.pricing.views import words
from customers.models import Subscription, SubscriptionAddon
from customers.queries import directory
from customers.views import links
from ispbill.accounts import responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock, formats
from ispbill.core.acts import Act
from ispbill.core.money import ZERO


@require_GET
@staff_only("billing.view")
def show(request: Request, number: str, line_no: int) -> HttpResponse:
    """Show a service's add-ons, discounts and coming prices; a page of its own without htmx."""
    subscription, on = answers.service(request, number, line_no), clock.today()
    found = queries.of_service(subscription, on=on)
    is_open = subscription.status != Subscription.Status.CANCELLED
    context = {
        "service": subscription,
        "customer": subscription.customer,
        "addons": [
            {"one": one, "monthly": one.price_amount * one.quantity, "begins": one.starts_on > on}
            for one in found.addons
        ],
        "discounts": [
            {"one": one, "ends_soon": queries.ends_soon(one, on=on)} for one in found.discounts
        ],
        "steps": found.steps,
        "may_sell": is_open and may(request.user, "addons.sell"),
        "may_grant": is_open and may(request.user, "discounts.grant"),
    }
    return responses.region(
        request,
        context,
        part="billing/changes/staff/_service_extras.html",
        page="billing/changes/staff/service_extras.html",
    )


@require_http_methods(["GET", "POST"])
@staff_only("addons.sell")
def attach(request: Request, number: str, line_no: int) -> HttpResponse:
    """Show what an add-on costs now and later, then sell it."""
    subscription, at = answers.service(request, number, line_no), clock.now()
    on = clock.local_date(at)
    form = AttachAddonForm(request.POST or None, on=on)
    for name in ("addon", "quantity", "starts_on"):
        form.fields[name].widget.attrs |= {"hx-get": request.path, **REDRAWN}
    if request.method == "POST" and form.is_valid():
        read = form.cleaned_data
        with responses.refusals_in(form):
            sold = addons.attach(
                subscription=subscription,
                addon=read["addon"],
                quantity=read["quantity"],
                starts_on=read["starts_on"],
                act=Act(request.user, at, reason=form.full_reason()),
            )
            text = _("%(addon)s is sold.") % {"addon": read["addon"].name}
            if sold.invoice is not None:
                text += " " + _("Invoice %(number)s of %(amount)s is issued.") % {
                    "number": sold.invoice.number,
                    "amount": formats.money(sold.invoice.total_amount),
                }
            return answers.done(request, text, back=_back(subscription))
    probe = AttachAddonForm(request.POST or request.GET, on=on)
    return _dialog(
        request,
        subscription,
        form,
        heading=_("Add-on for %(service)s"),
        confirm_label=_("Sell add-on"),
        effects=[
            _("Days the service is billed for already are billed now; later ones with its bills."),
            _("The price stays what it is today."),
        ],
        **_bill_now(probe, subscription, on),
    )


@require_http_methods(["GET", "POST"])
@staff_only("addons.sell")
def end(request: Request, number: str, pk: int) -> HttpResponse:
    """End an add-on, saying what is given back."""
    row, at = _addon(request, number, pk), clock.now()
    on = clock.local_date(at)
    form = EndAddonForm(request.POST or None, initial={"when": "end"})
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            ended = addons.end(
                row=row, is_now=form.is_now, act=Act(request.user, at, reason=form.full_reason())
            )
            return answers.done(request, _ended(row, ended), back=_back(row.subscription))
    return _dialog(
        request,
        row.subscription,
        form,
        heading=_("End the add-on of %(service)s?"),
        confirm_label=_("End add-on"),
        danger=True,
        effects=_ways(row, on),
        is_possible=row.ends_on is None,
    )


@require_http_methods(["GET", "POST"])
@staff_only("addons.sell")
def quantity(request: Request, number: str, pk: int) -> HttpResponse:
    """Sell another number of an add-on from now or from the next bill on."""
    row, at = _addon(request, number, pk), clock.now()
    on = clock.local_date(at)
    start = {"when": "end", "quantity": row.quantity}
    form = QuantityForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            ended, sold = addons.change_quantity(
                row=row,
                quantity=form.cleaned_data["quantity"],
                is_now=form.is_now,
                act=Act(request.user, at, reason=form.full_reason()),
            )
            text = _("From %(day)s on it is %(count)d.") % {
                "day": words.day(sold.row.starts_on),
                "count": sold.row.quantity,
            }
            return answers.done(request, text, back=_back(ended.row.subscription))
    return _dialog(
        request,
        row.subscription,
        form,
        heading=_("Another number for %(service)s"),
        confirm_label=_("Change the number"),
        effects=[*_ways(row, on), _("The price of each stays what it was sold for.")],
        is_possible=row.ends_on is None,
    )


def _bill_now(form: AttachAddonForm, subscription: Subscription, on: date) -> dict[str, Any]:
    asked = form.asked()
    title = _("To pay now")
    if asked is None:
        return {"bill": [], "bill_title": title, "bill_note": _("Choose an add-on.")}
    addon, count, starts_on = asked
    priced = addons.quote(
        subscription=subscription, addon=addon, quantity=count, starts_on=starts_on, on=on
    )
    monthly = formats.money(addon.price_amount * count)
    return {
        "bill": [_part(one) for one in priced],
        "bill_total": document_total(one.charge.amount for one in priced).gross,
        "bill_title": title,
        "bill_note": _("With the service's bills: %(amount)s a month, without tax.")
        % {"amount": monthly},
    }


def _part(priced: Priced) -> dict[str, Any]:
    return {
        "label": priced.description,
        "days": words.period(priced.start, priced.end),
        "text": words.arithmetic(priced.charge.explanation),
        "net": priced.charge.amount.net,
        "tax": priced.charge.amount.tax,
        "total": priced.charge.amount.gross,
    }


def _ways(row: SubscriptionAddon, on: date) -> list[str]:
    """Say what each way of ending does to the money."""
    later = addons.last_day(row, row.subscription, is_now=False, on=on)
    now = addons.last_day(row, row.subscription, is_now=True, on=on)
    back = sum((one.net for one in addons.unused(row, row.subscription, start=now)), start=ZERO)
    return [
        _("As usual: the first day without it is %(day)s.") % {"day": words.day(later)},
        _("Today: the first day without it is %(day)s; %(amount)s and its tax are given back.")
        % {"day": words.day(now), "amount": formats.money(back)}
        if back
        else _("Today: the first day without it is %(day)s; nothing is to be given back.")
        % {"day": words.day(now)},
    ]


def _ended(row: SubscriptionAddon, ended: Ended) -> str:
    assert ended.row.ends_on is not None  # noqa: S101 - it has just been ended
    text = _("The first day without %(addon)s is %(day)s.") % {
        "addon": row.addon.name,
        "day": words.day(ended.row.ends_on),
    }
    for note in ended.notes:
        text += " " + _("Credit note %(number)s gives back %(amount)s.") % {
            "number": note.number,
            "amount": formats.money(note.total_amount),
        }
    return text


def _addon(request: Request, number: str, pk: int) -> SubscriptionAddon:
    reach = directory.visible_to(request.user).filter(number=number)
    return get_object_or_404(
        SubscriptionAddon.objects.select_related(
            "addon", "subscription__customer", "subscription__package"
        ),
        customer__in=reach,
        pk=pk,
    )


def _back(subscription: Subscription) -> str:
    return links.customer(subscription.customer.number, tab="services")


def _dialog(
    request: Request,
    subscription: Subscription,
    form: ReasonForm,
    *,
    heading: str,
    is_possible: bool = True,
    **context: Any,
) -> HttpResponse:
    context = {
        "heading": heading % {"service": subscription.connection_id},
        "form": form,
        "form_action": request.path,
        "back_url": _back(subscription),
        "is_possible": is_possible,
        "refusal": _("This add-on has an end already."),
        **context,
    }
    return responses.form_page(request, "billing/pricing/staff/reason.html", context)
