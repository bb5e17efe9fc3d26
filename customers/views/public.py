"""What everybody may see of the packages, and where an invitation leads."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from customers.models import Customer
from customers.queries import coverage, offers
from customers.rules import referrals as rules
from customers.services import opting_out, referrals
from customers.views import links
from ispbill.accounts.access import public
from ispbill.core import clock, stop_links
from ispbill.core.acts import Act
from ispbill.core.models import Company

TEASED = 3


@public
@require_safe
def packages(request: HttpRequest) -> HttpResponse:
    """P-02: every package on offer, and whether a line can be had where somebody lives."""
    areas = coverage.all_areas()
    asked = request.GET.get("area", "")
    context = {
        "offers": offers.current(on=clock.today()),
        "areas": areas,
        "asked": next((one for one in areas if str(one.area.pk) == asked), None),
        "signup_url": links.address("public_signup:begin"),
    }
    return render(request, "customers/public/packages.html", context)


@public
@require_safe
def invited(request: HttpRequest, code: str) -> HttpResponse:
    """P-03: an invited friend sees what is on offer and how to mention the code.

    Nothing tells whose code it is; an unknown one gets the same page without the reward.
    """
    read = rules.read_code(code)
    is_good = bool(read) and referrals.referrer_of(read) is not None
    company = Company.current()
    context = {
        "code": read if is_good and company.rewards_referrals else "",
        "company": company,
        "offers": offers.current(on=clock.today())[:TEASED],
        "signup_url": links.address("public_signup:begin"),
    }
    response = render(request, "customers/public/referral.html", context)
    response["Referrer-Policy"] = "no-referrer"
    if context["code"]:  # the last link wins
        response.set_cookie(
            rules.COOKIE,
            read,
            max_age=rules.COOKIE_DAYS * 86_400,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


@public
@require_http_methods(["GET", "HEAD", "POST"])
def stop_offers(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether offers shall stop; looking changes nothing, for mail programs look too.

    The same answer whether or not there was a consent: the page tells nothing of an account.
    """
    pk = stop_links.read(token)
    customer = Customer.objects.filter(pk=pk).first() if pk is not None else None
    if customer is None:
        raise Http404
    if request.method == "POST":
        opting_out.stop_offers(customer=customer, act=Act.now(None))
        return redirect(f"{request.path}?done=1")
    context = {"is_done": "done" in request.GET}
    return render(request, "customers/public/stop_offers.html", context)
