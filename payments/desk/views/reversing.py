"""Taking a payment back: what it does, said before it is done."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from billing.allocation.models import Allocation, Payment
from ispbill.accounts import responses
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.core import balances, formats
from ispbill.core.acts import Act
from payments.desk.forms.staff import Reverse
from payments.desk.services import reversing
from payments.desk.views.register import payment_of


@require_http_methods(["GET", "POST"])
@staff_only("payments.reverse")
def reverse_payment(request: Request, receipt: str) -> HttpResponse:
    """Ask for the reason, say what will happen, then take the payment back."""
    payment = payment_of(request, receipt)
    form = Reverse(request.POST or None)
    if form.is_valid():
        with responses.refusals_in(form):
            reversing.reverse(
                payment=payment, act=Act.now(request.user, reason=form.cleaned_data["reason"])
            )
            address = reverse("staff_payments:detail", args=[receipt])
            return responses.go(
                request, address, _("%(receipt)s is reversed.") % {"receipt": receipt}
            )
    context = {
        "payment": payment,
        "form": form,
        "form_action": request.path,
        "confirm_label": _("Reverse payment"),
        "danger": True,
        "effects": _effects(payment),
    }
    return responses.form_page(request, "payments/desk/staff/reverse.html", context)


def _effects(payment: Payment) -> list[str]:
    """Say in words what a reversal does to the customer and to the books."""
    held = (
        Allocation.objects.filter(payment=payment, released_at__isnull=True)
        .select_related("invoice")
        .order_by("invoice__due_date", "invoice_id")
    )
    effects = [
        _("%(amount)s of %(invoice)s is due again, since %(due)s.")
        % {
            "amount": formats.money(part.amount),
            "invoice": part.invoice.number,
            "due": formats.day(part.invoice.due_date, get_language() or "en"),
        }
        for part in held
    ]
    credit = payment.credit_amount
    if credit > 0:
        effects.append(_("%(amount)s of credit is gone.") % {"amount": formats.money(credit)})
    after = payment.customer.account_state.balance_amount + payment.amount
    effects.append(
        _("%(name)s then stands at: %(balance)s.")
        % {"name": payment.customer.name, "balance": balances.words(after)}
    )
    effects.append(_("No service is switched off by this; the next dunning run decides."))
    effects.append(_("The customer gets a message with the reason."))
    return effects
