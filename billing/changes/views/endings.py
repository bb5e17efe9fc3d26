"""End a service, saying first what it bills, gives back and does with the deposit held."""

from datetime import date
from decimal import Decimal

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from billing.changes.forms.services import CancelForm
from billing.changes.queries import ending
from billing.changes.rules.exit_fee import Cause
from billing.changes.services import planned_moves, termination
from billing.changes.views import service_dialogs as dialogs
from billing.changes.views import service_effects as effects
from billing.ledger.views import answers
from billing.pricing.views import words
from billing.receivables.rules.deposits import AtEnd, DepositHeld, Settlement, split
from billing.receivables.services import deposits
from customers.models import Subscription
from ispbill.accounts import responses
from ispbill.accounts.access import demand_proof, may, staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock, formats
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.models import Company


@require_http_methods(["GET", "POST"])
@staff_only("services.switch")
def cancel(request: Request, number: str, line_no: int) -> HttpResponse:
    """End a service, showing its final bill, what goes back, and what stays owed."""
    subscription, at = answers.service(request, number, line_no), clock.now()
    today = clock.local_date(at)
    deposit_held = deposits.deposit_held(subscription.customer_id)
    may_settle = may(request.user, "payments.refund")
    form = CancelForm(
        request.POST or None,
        on=today,
        deposit_held=deposit_held if may_settle else None,
        is_last=not _has_others(subscription),
        may_waive=may(request.user, "contracts.waive_fee"),
    )
    for name in ("on", "cause"):
        form.fields[name].widget.attrs |= {"hx-get": request.path, **dialogs.REDRAWN}
    if request.method == "POST" and form.is_valid():
        if _pays_much_back(form, deposit_held):
            demand_proof(request)
        with responses.refusals_in(form):
            text = _cancel(request, subscription, form, today=today)
            return dialogs.done(request, subscription, text)
    on = dialogs.asked_day(request, "on", today, ahead=CancelForm.longest_ahead_days)
    money = effects.end_of_service(subscription, on=on, today=today, cause=_cause(request))
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
            _("It cannot be undone; a new service would have to be added."),
        ],
        after=_("Cancelled"),
        bill_deposit=_deposit(deposit_held, money["owed"], may_settle=may_settle),
        **money,
    )


def _cancel(request: Request, service: Subscription, form: CancelForm, *, today: date) -> str:
    at, on = clock.now(), form.cleaned_data["on"]
    reason, chosen = form.full_reason(), form.deposit_choice()
    cause = Cause(form.cleaned_data["cause"] or Cause.NOTICE)
    if cause == Cause.WAIVED:
        _refuse_large_waiver(service, on=on, today=today)
    words_of: dict[str, object] = {"service": service.connection_id, "day": words.day(on)}
    if on > today:
        planned_moves.plan_termination(
            subscription=service,
            on=on,
            act=Act(request.user, at, on=today, reason=reason),
            keeps_deposit_as_credit=chosen is not None and chosen.choice == AtEnd.CREDIT,
            cause=cause,
            left_because=form.left_because(),
        )
        return _("Service %(service)s ends on %(day)s.") % words_of
    ended = termination.terminate(
        subscription=service,
        on=on,
        act=Act(request.user, at, on=today, reason=reason),
        deposit=chosen,
        cause=cause,
        left_because=form.left_because(),
    )
    text = _("Service %(service)s is cancelled.") % words_of
    if ended.invoice is not None:
        text += " " + _("Invoice %(number)s of %(amount)s is issued.") % {
            "number": ended.invoice.number,
            "amount": formats.money(ended.invoice.total_amount),
        }
    if ended.credit_notes:
        text += " " + _("Credit note %(number)s.") % {"number": ", ".join(ended.credit_notes)}
    return " ".join([text, *_settled(ended.deposit)])


def _cause(request: Request) -> Cause:
    """Return the cause chosen so far; an end by notice until one is."""
    asked = request.GET.get("cause") or request.POST.get("cause", "")
    return Cause(asked) if asked in set(Cause) else Cause.NOTICE


def _refuse_large_waiver(service: Subscription, *, on: date, today: date) -> None:
    """Let one person waive no more than one person may credit. Raises DomainError."""
    limit = Company.current().credit_limit_amount
    fee = ending.fee_of(service, on=on, today=today)
    if fee is not None and limit is not None and fee.amount.gross > limit:
        raise DomainError(
            _(
                "The fee of %(fee)s is above %(limit)s: let it be billed and credit the bill, so"
                " that a second person agrees."
            )
            % {"fee": formats.money(fee.amount.gross), "limit": formats.money(limit)}
        )


def _pays_much_back(form: CancelForm, deposit_held: DepositHeld) -> bool:
    deposit_choice = form.deposit_choice()
    is_asked = deposit_choice is not None and deposit_choice.choice == AtEnd.PAY_BACK
    return is_asked and deposit_held.limit is not None and deposit_held.amount > deposit_held.limit


def _has_others(service: Subscription) -> bool:
    """Tell whether the customer has another service that goes on."""
    others = Subscription.objects.filter(customer=service.customer_id).exclude(pk=service.pk)
    return others.exclude(status=Subscription.Status.CANCELLED).exists()


def _deposit(deposit_held: DepositHeld, owed: Decimal, *, may_settle: bool) -> list[str]:
    """State the arithmetic of the deposit: held, used for what is then owed, left."""
    if not deposit_held.amount:
        return []
    parts = split(deposit_held.amount, owed)
    said = [
        _("Deposit held: %(held)s. Of it %(used)s pays what is then owed; %(rest)s is left.")
        % {
            "held": formats.money(deposit_held.amount),
            "used": formats.money(parts.used),
            "rest": formats.money(parts.rest),
        }
    ]
    if owed > parts.used:
        left = formats.money(owed - parts.used)
        said.append(_("With the deposit used, %(amount)s stays owed.") % {"amount": left})
    if not may_settle:
        said.append(_("It stays held: using it needs somebody who may pay money out."))
    elif deposit_held.limit is not None and parts.rest > deposit_held.limit:
        limit = formats.money(deposit_held.limit)
        said.append(
            _("Paying back more than %(limit)s waits for a second person.") % {"limit": limit}
        )
    return said


def _settled(done: Settlement) -> list[str]:
    """Say what was done with the deposit."""
    said = []
    if done.used:
        said.append(
            _("%(amount)s was paid from the deposit.") % {"amount": formats.money(done.used)}
        )
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
