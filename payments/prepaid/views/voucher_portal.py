"""/reseller-portal/vouchers/: a reseller's own cards, and redeeming one for an own customer."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from customers.models import Customer
from ispbill.accounts import responses
from ispbill.accounts.access import reseller_only
from ispbill.accounts.http import Request, client_ip
from ispbill.core import rls
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from payments.prepaid.forms.prepaid import RedeemFor
from payments.prepaid.models import VoucherBatch
from payments.prepaid.queries import vouchers as queries
from payments.prepaid.services import vouchers
from payments.prepaid.views.prepaid import redeemed_words

SHOWN = 50


@reseller_only
@require_http_methods(["GET", "POST"])
def index(request: Request) -> HttpResponse:
    """The own batches with what is left of them; POST redeems a card for an own customer."""
    form = RedeemFor(request.POST or None, initial={"customer": request.GET.get("customer", "")})
    if form.is_valid():
        customer = Customer.objects.filter(
            pk__in=request.customer_ids, number=form.cleaned_data["customer"].strip().upper()
        ).first()
        if customer is None:
            form.add_error("customer", _("None of your customers has this number."))
        elif _redeem(request, form, customer):
            return redirect("reseller:vouchers")
    with rls.as_house():
        own = VoucherBatch.objects.filter(reseller__user=request.user, sold_at__isnull=False)
        rows = queries.rows(own.select_related("package").order_by("-pk")[:SHOWN])
    context = {"form": form, "rows": rows}
    return responses.form_page(request, "payments/prepaid/portal/vouchers.html", context)


def _redeem(request: Request, form: RedeemFor, customer: Customer) -> bool:
    try:
        with rls.as_house():
            done = vouchers.redeem(
                typed=form.cleaned_data["code"],
                customer=customer,
                act=Act.now(request.user),
                ip=client_ip(request),
            )
    except DomainError as refusal:
        form.add_error("code", str(refusal))
        return False
    messages.success(request, f"{customer.name}: {redeemed_words(done)}")
    return True
