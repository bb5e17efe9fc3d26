"""A-14: giving back what an online payment brought, through its gateway."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from billing.approvals.services.approvals import Outcome
from ispbill.accounts import responses
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.audit.forms import ReasonForm
from ispbill.core import clock, formats
from ispbill.core.acts import Act
from payments.online.forms.online import SendBack, SentByHand
from payments.online.queries import checkouts, refundable
from payments.online.services import giving_back, refund_doubts, refunds
from payments.online.views import proving
from payments.online.views.checkouts import address, attempt_of


@require_http_methods(["GET", "POST"])
@staff_only("payments.refund")
def give_back(request: Request, order: str) -> HttpResponse:
    """Send back what was not accepted, or say that it was sent back at the gateway's own pages."""
    attempt = attempt_of(request, order)
    is_by_hand = request.GET.get("by") == "hand"
    form = SentByHand(request.POST or None) if is_by_hand else ReasonForm(request.POST or None)
    if form.is_valid():
        proving.above_limit(request, attempt.owed_amount)
        at = clock.now()
        with responses.refusals_in(form):
            done = giving_back.send(
                attempt=attempt,
                act=Act(request.user, at, reason=form.cleaned_data["reason"]),
                by_hand=form.cleaned_data.get("reference"),
            )
            return _gone(
                request, order, done, _("Noted.") if is_by_hand else _("It is on its way.")
            )
    heading = _("It was sent back by hand") if is_by_hand else _("Send money back")
    return responses.dialog(
        request,
        form,
        heading=heading,
        label=_("Note") if is_by_hand else _("Send back"),
        back=address(order),
        danger=True,
        effects=[
            _("%(amount)s goes back the way it came, and the customer is told.")
            % {"amount": formats.money(attempt.owed_amount)}
        ]
        if attempt.owed_amount is not None
        else [],
    )


@require_http_methods(["GET", "POST"])
@staff_only("payments.refund")
def decide_refund(request: Request, order: str, pk: int) -> HttpResponse:
    """Say of a refund whose answer was lost that it was sent (`?sent=1`), or send it again."""
    attempt = attempt_of(request, order)
    refund = get_object_or_404(attempt.refunds, pk=pk, state="DOUBT")
    is_sent = request.GET.get("sent") == "1"
    form = SentByHand(request.POST or None) if is_sent else ReasonForm(request.POST or None)
    if form.is_valid():
        proving.above_limit(request, refund.amount)
        common = {"act": Act.now(request.user, reason=form.cleaned_data["reason"])}
        with responses.refusals_in(form):
            if is_sent:
                reference = form.cleaned_data["reference"]
                refund_doubts.was_sent(refund=refund, reference=reference, **common)
            else:
                refund_doubts.send_again(refund=refund, **common)
            text = _("Noted.") if is_sent else _("It is on its way.")
            return responses.go(request, address(order), text)
    amount = formats.money(refund.amount)
    effect = (
        _("%(amount)s is noted as paid back by the gateway.")
        if is_sent
        else _(
            "%(amount)s is sent once more. Look at the gateway's own pages first: what goes out "
            "twice does not come back."
        )
    )
    label = _("It was sent") if is_sent else _("Send again")
    return responses.dialog(
        request,
        form,
        heading=label,
        label=label,
        danger=not is_sent,
        back=address(order),
        effects=[effect % {"amount": amount}],
    )


@require_http_methods(["GET", "POST"])
@staff_only("payments.refund")
def send_back(request: Request, order: str) -> HttpResponse:
    """Send money back the way it came; above the limit somebody else approves first."""
    attempt = attempt_of(request, order)
    credit = min(refundable.sendable(attempt), refundable.available(attempt.customer_id))
    form = SendBack(request.POST or None, initial={"amount": credit})
    paid = checkouts.paid_bills(attempt)
    if not paid:
        del form.fields["is_released"]
    if attempt.payment is not None and form.is_valid():
        proving.above_limit(request, form.cleaned_data["amount"])
        at = clock.now()
        with responses.refusals_in(form):
            done = refunds.refund(
                customer=attempt.customer,
                amount=form.cleaned_data["amount"],
                method=attempt.payment.method,
                reference=attempt.bank_reference,
                act=Act(request.user, at, reason=form.cleaned_data["reason"]),
                through=attempt,
                is_released=form.cleaned_data.get("is_released", False),
            )
            return _gone(request, order, done, _("It is on its way."))
    effects = [
        _("It has paid %(amount)s of %(bill)s.")
        % {"amount": formats.money(part.amount), "bill": part.invoice.number}
        for part in paid
    ]
    return responses.dialog(
        request,
        form,
        heading=_("Send money back"),
        label=_("Send back"),
        effects=effects,
        danger=True,
        back=address(order),
    )


def _gone(request: Request, order: str, done: Outcome, said: str) -> HttpResponse:
    text = said if done.approval is None else _("It waits for a second person.")
    return responses.go(request, address(order), text)
