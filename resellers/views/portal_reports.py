"""/reseller-portal/reports/: the own business month by month, what is owed, and both as CSV."""

from collections.abc import Iterator

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ispbill.accounts import downloads
from ispbill.accounts.access import reseller_only
from ispbill.accounts.http import Request
from ispbill.core import clock, formats, rls
from resellers.queries import own_report
from resellers.queries.own_report import Age, Month
from resellers.views.portal_money import login_of


@reseller_only
@require_GET
def index(request: Request) -> HttpResponse:
    """R-07: six months and the ages of what is owed; `?as=csv` takes the months along."""
    login, on = login_of(request), clock.today()
    with rls.as_house():
        rows = own_report.months(login.reseller, request.customer_ids, on=on)
        ages = own_report.ages(request.customer_ids, on=on)
    if request.GET.get("as") == "csv":
        return _file(rows)
    context = {
        "login": login,
        "rows": [(formats.month(one.first, get_language() or "en"), one) for one in rows],
        "ages": [(_words(one), one) for one in ages],
    }
    return render(request, "resellers/portal/reports.html", context)


def _words(one: Age) -> str:
    if one.first is None:
        return _("Not due yet")
    if one.last is None:
        return _("Over %(days)d days past due") % {"days": one.first - 1}
    return _("%(first)d to %(last)d days past due") % {"first": one.first, "last": one.last}


def _file(rows: list[Month]) -> HttpResponse:
    head = [_("Month"), _("New customers"), _("Billed"), _("Collected"), _("Your share")]
    return downloads.csv_file("months", head, _cells(rows))


def _cells(rows: list[Month]) -> Iterator[list[str]]:
    for one in rows:
        sums = [f"{amount:.2f}" for amount in (one.billed, one.collected, one.earned)]
        yield [f"{one.first:%Y-%m}", str(one.joined), *sums]
