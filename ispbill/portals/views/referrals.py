"""C-10 and P-03: inviting friends, and where the invitation leads."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_safe

from billing.queries.invoice_paper import qr_image
from customers.rules import referrals as rules
from customers.services import referrals
from ispbill.accounts.access import customer_only, public
from ispbill.accounts.http import Request
from ispbill.core import clock, rls
from ispbill.core.models import Company
from ispbill.portals.queries import offers
from ispbill.portals.views.customer import own_account_of
from payments.queries import referrals as queries

TEASED = 3


@customer_only
@require_GET
def mine(request: Request) -> HttpResponse:
    """C-10: my code, link and QR code, and the friends who came by it."""
    customer = own_account_of(request)
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
    return render(request, "customer/referrals.html", context)


@public
@require_safe
def invited(request: HttpRequest, code: str) -> HttpResponse:
    """P-03: who was invited sees what is on offer and how to mention the code.

    Nothing tells whose code it is; an unknown one gets the same page without the reward.
    """
    read = rules.read_code(code)
    is_good = bool(read) and referrals.referrer_of(read) is not None
    company = Company.current()
    context = {
        "code": read if is_good and company.rewards_referrals else "",
        "company": company,
        "offers": offers.current(on=clock.today())[:TEASED],
    }
    response = render(request, "public/referral.html", context)
    response["Referrer-Policy"] = "no-referrer"
    return response
