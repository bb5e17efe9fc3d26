"""End a service, saying first what it bills, gives back and does with the deposit held."""

from datetime import date
from decimal import Decimal

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from billing.forms.services import CancelForm
from billing.rules.deposits import AtEnd, Lodged, Settlement, split
from billing.services import lodgings, planned_moves, termination
from billing.views import answers, words
from billing.views import service_dialogs as dialogs
from billing.views import service_effects as effects
from customers.models import Subscription
from ispbill.accounts.access import demand_proof, may, staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock, formats
from ispbill.core.errors import DomainError


@require_http_methods(["GET", "POST"])
@staff_only("services.switch")
def cancel(request: Request, number: str, line_no: int) -> HttpResponse:
    """End a service, showing its final bill, what goes back, and what stays owed."""
    subscription, at = answers.service(request, number, line_no), clock.now()
    today = clock.local_date(at)
    lodged = lodgings.lodged(subscription.customer_id)
    may_settle = may(request.user, "payments.refund")
    form = CancelForm(
        request.POST or None, on=today, lodged=lodged if may_settle else None,
        is_last=not _has_others(subscription),
    )  # fmt: skip
    form.fields["on"].widget.attrs |= {"hx-get": request.path, **dialogs.REDRAWN}
    if request.method == "POST" and form.is_valid():
        if _pays_much_back(form, lodged):
            demand_proof(request)
        try:
            text = _cancel(request, subscription, form, today=today)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return dialogs.done(request, subscription, text)
    on = dialogs.asked_day(request, "on", today, ahead=CancelForm.longest_ahead_days)
    money = effects.end_of_service(subscription, on=on, today=today)
    return dialogs.show(
        request,
        subscription,
        form,
        verb="cancel",
        heading=_("Cancel service %(service)s?"),
        confirm_label=_("Cancel service"),
        danger=True,
        effects=[
            _("The day chosen is the first one without the service; the day before is its last."),
            effects.line_effect(
                subscription, _("The user is removed from %(router)s for good within a minute.")
            ),
            _("It cannot be taken back; a new service would have to be added."),
        ],
        after=_("Cancelled"),
        bill_deposit=_deposit(lodged, money["owed"], may_settle=may_settle),
        **money,
    )


def _cancel(request: Request, service: Subscription, form: CancelForm, *, today: date) -> str:
    at, on = clock.now(), form.cleaned_data["on"]
    reason, wish = form.full_reason(), form.wish()
    words_of: dict[str, object] = {"service": service.connection_id, "day": words.day(on)}
    if on > today:
        planned_moves.plan_termination(
            subscription=service, on=on, reason=reason, today=today, at=at, actor=request.user,
            keeps_deposit_as_credit=wish is not None and wish.choice == AtEnd.CREDIT,
        )  # fmt: skip
        return _("Service %(service)s ends on %(day)s.") % words_of
    ended = termination.terminate(
        subscription=service, on=on, today=today, reason=reason, at=at, actor=request.user,
        deposit=wish,
    )  # fmt: skip
    text = _("Service %(service)s is cancelled.") % words_of
    if ended.invoice is not None:
        text += " " + _("Invoice %(number)s of %(amount)s is issued.") % {
            "number": ended.invoice.number, "amount": formats.money(ended.invoice.total_amount),
        }  # fmt: skip
    if ended.credit_notes:
        text += " " + _("Credit note %(number)s.") % {"number": ", ".join(ended.credit_notes)}
    return " ".join([text, *_settled(ended.deposit)])


def _pays_much_back(form: CancelForm, lodged: Lodged) -> bool:
    wish = form.wish()
    is_asked = wish is not None and wish.choice == AtEnd.PAY_BACK
    return is_asked and lodged.limit is not None and lodged.amount > lodged.limit


def _has_others(service: Subscription) -> bool:
    """Tell whether the customer has another service that goes on."""
    others = Subscription.objects.filter(customer=service.customer_id).exclude(pk=service.pk)
    return others.exclude(status=Subscription.Status.CANCELLED).exists()


def _deposit(lodged: Lodged, owed: Decimal, *, may_settle: bool) -> list[str]:
    """State the arithmetic of the deposit: held, used for what is then owed, left."""
    if not lodged.amount:
        return []
    parts = split(lodged.amount, owed)
    said = [
        _("Deposit held: %(held)s. Of it %(used)s pays what is then owed; %(rest)s is left.")
        % {
            "held": formats.money(lodged.amount), "used": formats.money(parts.used),
            "rest": formats.money(parts.rest),
        }
    ]  # fmt: skip
    if owed > parts.used:
        left = formats.money(owed - parts.used)
        said.append(_("With the deposit used, %(amount)s stays owed.") % {"amount": left})
    if not may_settle:
        said.append(_("It stays lodged: using it needs somebody who may pay money out."))
    elif lodged.limit is not None and parts.rest > lodged.limit:
        limit = formats.money(lodged.limit)
        said.append(
            _("Paying back more than %(limit)s waits for a second person.") % {"limit": limit}
        )
    return said


def _settled(done: Settlement) -> list[str]:
    """Say what was done with the deposit."""
    said = []
    if done.used:
        said.append(_("%(amount)s was paid from the deposit.")
                    % {"amount": formats.money(done.used)})  # fmt: skip
    if done.kept:
        said.append(_("%(amount)s of it is kept as credit.") % {"amount": formats.money(done.kept)})
    if done.paid_back:
        text = (
            _("Paying %(amount)s back waits for a second person.")
            if done.is_waiting
            else _("%(amount)s is paid back: %(number)s.")
        )
        said.append(text % {"amount": formats.money(done.paid_back), "number": done.document})
    return said
