"""Switch one service by hand, each time saying first what it does to the line and the money."""

from datetime import date

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from billing.changes.forms.services import ActivateForm, PauseForm, ReactivateForm, SuspendForm
from billing.changes.services import planned_moves, service_states
from billing.changes.services.planned_moves import Pause
from billing.changes.views import service_dialogs as dialogs
from billing.changes.views import service_effects as effects
from billing.ledger.views import answers
from customers.models import Subscription, Suspension
from ispbill.accounts import responses
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock, formats
from ispbill.core.acts import Act


@require_http_methods(["GET", "POST"])
@staff_only("services.switch")
def activate(request: Request, number: str, line_no: int) -> HttpResponse:
    """Show the first bill for a chosen day, then put the service into use."""
    subscription, at = answers.service(request, number, line_no), clock.now()
    today = clock.local_date(at)
    form = ActivateForm(request.POST or None, on=today)
    form.fields["on"].widget.attrs |= {"hx-get": request.path, **dialogs.REDRAWN}
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            invoice = service_states.activate(
                subscription=subscription,
                on=form.cleaned_data["on"],
                act=Act(request.user, at, reason=form.full_reason()),
            )
            text = _("Service %(service)s is active.") % {"service": subscription.connection_id}
            if invoice is not None:
                text += " " + _("Invoice %(number)s of %(amount)s is issued.") % {
                    "number": invoice.number,
                    "amount": formats.money(invoice.total_amount),
                }
            return dialogs.done(request, subscription, text)
    on = dialogs.asked_day(request, "on", today)
    return dialogs.show(
        request,
        subscription,
        form,
        verb="activate",
        heading=_("Activate %(service)s?"),
        confirm_label=_("Activate"),
        effects=[
            _("Every day from the chosen one on is billed."),
            effects.line_effect(
                subscription, _("The line is opened on %(router)s within a minute.")
            ),
            _("The customer gets a message."),
        ],
        after=_("Active"),
        **effects.first_bill(subscription, on),
    )


@require_http_methods(["GET", "POST"])
@staff_only("services.switch")
def suspend(request: Request, number: str, line_no: int) -> HttpResponse:
    """Close a line now or on a day to come, saying of which kind and what it does to the bill."""
    subscription, at = answers.service(request, number, line_no), clock.now()
    on = clock.local_date(at)
    owes = subscription.customer.account_state.balance_amount > 0
    kind = Suspension.Kind.NON_PAYMENT if owes else Suspension.Kind.CUSTOMER_REQUEST
    form = PauseForm(request.POST or None, initial={"kind": kind}, on=on)
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            text = _suspend(request, subscription, form, on=on)
            return dialogs.done(request, subscription, text)
    return dialogs.show(
        request,
        subscription,
        form,
        verb="suspend",
        heading=_("Suspend %(service)s?"),
        confirm_label=_("Suspend"),
        danger=True,
        effects=[
            effects.line_effect(
                subscription, _("The line is closed on %(router)s within a minute.")
            ),
            *effects.suspension_money(subscription),
            _("With a first day back, the line opens by itself on that day."),
            _("The customer gets a message."),
        ],
        after=_("Suspended"),
    )


@require_http_methods(["GET", "POST"])
@staff_only("services.switch")
def reactivate(request: Request, number: str, line_no: int) -> HttpResponse:
    """Open a line again, showing the bill that follows."""
    subscription, at = answers.service(request, number, line_no), clock.now()
    on = clock.local_date(at)
    form = ReactivateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            service_states.reactivate(
                subscription=subscription,
                on=on,
                act=Act(request.user, at, reason=form.full_reason()),
            )
            text = _("Service %(service)s is active again.") % {
                "service": subscription.connection_id
            }
            return dialogs.done(request, subscription, text)
    return dialogs.show(
        request,
        subscription,
        form,
        verb="reactivate",
        heading=_("Reactivate %(service)s?"),
        confirm_label=_("Reactivate"),
        warning=effects.cut_again(subscription, on),
        effects=[
            effects.line_effect(
                subscription, _("The line is opened on %(router)s within a minute.")
            ),
            *effects.days_skipped(subscription, on),
            _("The customer gets a message."),
        ],
        after=_("Active"),
        **effects.bill_after_reactivation(subscription, on),
    )


def _suspend(request: Request, service: Subscription, form: PauseForm, *, on: date) -> str:
    at, given = clock.now(), form.cleaned_data
    words_of = {"service": service.connection_id}
    if not form.is_planned:
        service_states.suspend(
            subscription=service,
            kind=given["kind"],
            is_billed=is_billed(form),
            on=on,
            act=Act(request.user, at, reason=form.full_reason()),
        )
        return _("Service %(service)s is suspended.") % words_of
    planned_moves.plan_pause(
        subscription=service,
        wanted=Pause(given["kind"], is_billed(form), given["start"], given["until"]),
        act=Act(request.user, at, on=on, reason=form.full_reason()),
    )
    return _("The pause of %(service)s is planned.") % words_of


def is_billed(form: SuspendForm) -> bool:
    """Return what a valid form says about the days while suspended."""
    chosen: str = form.cleaned_data["billed"]
    if chosen:
        return chosen == "yes"
    return service_states.bills_by_default(form.cleaned_data["kind"])
