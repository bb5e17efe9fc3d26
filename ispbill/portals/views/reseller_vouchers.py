"""/reseller-portal/vouchers/: a reseller's own cards, and redeeming one for an own customer."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from customers.models import Customer
from ispbill.accounts.access import reseller_only
from ispbill.accounts.http import Request, client_ip
from ispbill.core import clock, rls
from ispbill.core.errors import DomainError
from payments.forms.prepaid import RedeemFor
from payments.models import VoucherBatch
from payments.queries import vouchers as queries
from payments.services import vouchers
from payments.views.prepaid import redeemed_words

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
    status = 422 if form.errors else 200
    return render(request, "reseller/vouchers.html", context, status=status)


def _redeem(request: Request, form: RedeemFor, customer: Customer) -> bool:
    try:
        with rls.as_house():
            done = vouchers.redeem(
                typed=form.cleaned_data["code"], customer=customer, at=clock.now(),
                actor=request.user, ip=client_ip(request),
            )  # fmt: skip
    except DomainError as refusal:
        form.add_error("code", str(refusal))
        return False
    messages.success(request, f"{customer.name}: {redeemed_words(done)}")
    return True
