"""Charge one customer a fee: an invoice of its own."""

from datetime import date
from uuid import uuid4

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from billing.changes.forms.extras import ChargeFeeForm
from billing.changes.services import fees
from billing.ledger.rules.tax import tax_line
from billing.ledger.views import answers
from billing.ledger.views.answers import REDRAWN
from billing.pricing.views import words
from customers.models import Customer
from customers.queries import taxes
from customers.views import links
from ispbill.accounts import responses
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock, formats
from ispbill.core.acts import Act


@require_http_methods(["GET", "POST"])
@staff_only("fees.charge")
def charge(request: Request, number: str) -> HttpResponse:
    """Show what a fee comes to, then charge it."""
    account, at = answers.customer(request, number), clock.now()
    on = clock.local_date(at)
    back = links.address("staff_customers:customer", number)
    form = ChargeFeeForm(
        request.POST or None, initial={"key": uuid4().hex, "fee": request.GET.get("fee")}
    )
    for name in ("fee", "quantity", "unit"):
        form.fields[name].widget.attrs |= {"hx-get": request.path, **REDRAWN}
    if request.method == "POST" and form.is_valid():
        asked = form.asked()
        assert asked is not None  # noqa: S101 - a valid form has all of it
        fee, quantity, unit = asked
        with responses.refusals_in(form):
            invoice = fees.charge(
                customer=account,
                fee=fee,
                quantity=quantity,
                unit=unit,
                note=form.full_reason(),
                key=form.cleaned_data["key"],
                act=Act(request.user, at),
            )
            text = _("Invoice %(number)s of %(amount)s is issued.") % {
                "number": invoice.number,
                "amount": formats.money(invoice.total_amount),
            }
            return answers.done(request, text, back=back)
    context = {
        "heading": _("Charge %(name)s a fee") % {"name": account.name},
        "form": form,
        "form_action": request.path,
        "confirm_label": _("Charge"),
        "is_possible": True,
        "back_url": back,
        "effects": [
            _("The fee is an invoice of its own, due today."),
            _("The customer gets a message."),
        ],
        **_bill(ChargeFeeForm(request.POST or request.GET), account, on),
    }
    return responses.form_page(request, "billing/pricing/staff/reason.html", context)


def _bill(form: ChargeFeeForm, account: Customer, on: date) -> dict[str, object]:
    asked = form.asked()
    title = _("To pay now")
    if asked is None:
        return {"bill": [], "bill_title": title, "bill_note": _("Choose a fee.")}
    fee, quantity, unit = asked
    rate = taxes.rate_for(customer=account, tax_class_id=fee.tax_class_id, on=on)
    taxed = tax_line(unit * quantity, rate)
    return {
        "bill": [
            {
                "label": fee.name,
                "days": "",
                "text": f"{quantity} × {formats.money(unit)} · {words.percent(rate)}",
                "net": taxed.net,
                "tax": taxed.tax,
                "total": taxed.gross,
            }
        ],
        "bill_total": taxed.gross,
        "bill_title": title,
    }
