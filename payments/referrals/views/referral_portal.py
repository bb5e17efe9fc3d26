"""C-10: inviting friends; what the code is, and who came by it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from billing.invoices.queries.invoice_paper import qr_image
from customers.services import referrals
from customers.views import own_account
from ispbill.accounts.access import customer_only
from ispbill.accounts.http import Request
from ispbill.core import clock, rls
from ispbill.core.models import Company
from payments.referrals.queries import referrals as queries


@customer_only
@require_GET
def mine(request: Request) -> HttpResponse:
    """C-10: my code, link and QR code, and the friends who came by it."""
    customer = own_account.of(request)
    with rls.as_house():
        code = referrals.code_of(customer, at=clock.now())
        friends = queries.friends_of(customer)
    link = request.build_absolute_uri(reverse("public:referral", args=[code]))
    context = {
        "customer": customer,
        "company": Company.current(),
        "code": code,
        "link": link,
        "qr": qr_image(link),
        "friends": friends,
        "earned": queries.earned(friends),
    }
    return render(request, "payments/referrals/portal/referrals.html", context)
