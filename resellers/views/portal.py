"""/reseller-portal/: what a reseller earned, and what was paid out."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from customers.rules.picture import month_before
from ispbill.accounts import responses
from ispbill.accounts.access import reseller_only
from ispbill.accounts.http import Request
from ispbill.core import clock, digits, formats, rls
from resellers.models import Commission, Payout, Reseller
from resellers.queries import commissions as queries
from resellers.queries import own, own_customers, wallets
from resellers.queries.commissions import Sums

PER_PAGE = 50


@reseller_only
@require_GET
def customers(request: Request) -> HttpResponse:
    """The own customers, found by name, number or phone."""
    text = request.GET.get("q", "").strip()[:60]
    after = request.GET.get("after", "")
    page, following = own_customers.page(
        request.customer_ids, text=text, after=digits.row_id(after)
    )
    with rls.as_house():
        login = own.login_of(request.user)
    context = {"customers": page, "next_customers": following, "text": text, "login": login}
    if request.htmx:
        template = "resellers/portal/_rows.html" if after else "resellers/portal/_customers.html"
    else:
        template = "resellers/portal/customers.html"
    response = render(request, template, context)
    return responses.varied(response)


@reseller_only
@require_GET
def commissions(request: Request) -> HttpResponse:
    """R-05: the own commissions, newest first, and what is to come of them.

    Money earned stays the reseller's when its customer moves on, so the rows are found by the
    reseller, not by the customers of today.
    """
    before = digits.row_id(request.GET.get("before", ""))
    with rls.as_house():
        mine = Commission.objects.filter(reseller__in=_own(request))
        if before is not None:
            mine = mine.filter(pk__lt=before)
        rows = list(
            mine.select_related("customer", "payment", "subscription").order_by("-pk")[
                : PER_PAGE + 1
            ]
        )
    context = {
        "rows": rows[:PER_PAGE],
        "following": rows[PER_PAGE - 1].pk if len(rows) > PER_PAGE else None,
        "sums": sums_of(request),
        "months": _months(clock.today()),
    }
    return render(request, "resellers/portal/commissions.html", context)


@reseller_only
@require_GET
def payouts(request: Request) -> HttpResponse:
    """R-06: what was paid out, newest first."""
    with rls.as_house():
        rows = list(
            Payout.objects.filter(reseller__in=_own(request), status=Payout.Status.PAID)
            .prefetch_related(
                "commissions__payment",
                "commissions__subscription",
                "claims__commission__payment",
                "claims__commission__subscription",
            )
            .order_by("-pk")[:PER_PAGE]
        )
        waiting = Payout.objects.filter(
            reseller__in=_own(request), status=Payout.Status.WAITING
        ).first()
        login = own.login_of(request.user)
    context = {"rows": rows, "sums": sums_of(request), "waiting": waiting, "login": login}
    return render(request, "resellers/portal/payouts.html", context)


def sums_of(request: Request) -> Sums | None:
    """Return what the reseller has to come; None for a stranger."""
    with rls.as_house():
        found = queries.sums_of(_own(request))
    return found[0][1] if found else None


def money_of(request: Request) -> dict[str, Any]:
    """Return who the reseller is, and the wallet with the cash held; nothing for a stranger."""
    with rls.as_house():
        login = own.login_of(request.user)
        return {"login": login, "wallet": wallets.wallet_of(login.reseller) if login else None}


def _months(on: date) -> list[dict[str, Any]]:
    """Return the last three months, the newest first, as the statements are named."""
    firsts = [month_before(on, back) for back in range(3)]
    return [{"first": one, "words": formats.month(one, get_language() or "en")} for one in firsts]


def _own(request: Request) -> QuerySet[Reseller]:
    return own.resellers_of(request.user)
