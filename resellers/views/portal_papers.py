"""/reseller-portal/…pdf: the statement of a payout, and of a month's commissions."""

from datetime import date

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from billing.receivables.views import documents
from billing.receivables.views.documents import Asked
from ispbill.accounts.access import reseller_only
from ispbill.accounts.http import Request
from ispbill.core import clock, rls
from resellers.models import Payout
from resellers.services import papers
from resellers.views.portal_money import login_of

_SHELL = "reseller/shell.html"


@reseller_only
@require_http_methods(["GET", "POST"])
def payout(request: Request, number: str) -> HttpResponse:
    """R-06: the voucher of an own payout that was paid."""
    login = login_of(request)
    with rls.as_house():
        found = get_object_or_404(
            Payout, reseller=login.reseller, number=number, status=Payout.Status.PAID
        )
    return documents.answer(
        request, Asked(papers.PAYOUT, found.pk, _language(), None, number, _SHELL)
    )


@reseller_only
@require_http_methods(["GET", "POST"])
def month(request: Request, year: int, month: int) -> HttpResponse:
    """R-05: what a month brought, up to today in the month that runs."""
    login = login_of(request)
    try:
        first = date(year, month, 1)
    except ValueError:
        raise Http404 from None
    if first > clock.today():
        raise Http404
    asked = Asked(
        papers.MONTH,
        login.reseller.pk,
        _language(),
        None,
        f"{login.reseller.number} {first:%Y-%m}",
        _SHELL,
        first.isoformat(),
    )
    return documents.answer(request, asked)


def _language() -> str:
    return (get_language() or "en")[:2]
