"""/reseller-portal/customers/export/: the own customers as CSV."""

from collections.abc import Iterator

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from customers.models import Customer
from ispbill.accounts import downloads
from ispbill.accounts.access import reseller_only
from ispbill.accounts.http import Request
from ispbill.core import rls
from ispbill.core.acts import Act
from resellers.rules import states
from resellers.services import exporting
from resellers.views.portal_money import login_of

MOST = 10_000


@reseller_only
@require_GET
def customers(request: Request) -> HttpResponse:
    """Number, name, phone, area, state and balance of at most 10,000 own customers; audited."""
    login = login_of(request)
    if not (login.may(states.CUSTOMERS) and login.reseller.may_export):
        raise PermissionDenied
    rows = (
        Customer.objects.filter(pk__in=request.customer_ids)
        .select_related("area", "account_state")
        .order_by("pk")[:MOST]
    )
    head = [_("Number"), _("Name"), _("Phone"), _("Area"), _("Status"), _("Balance")]
    lines = list(_cells(list(rows)))
    with rls.as_house():
        exporting.note(reseller=login.reseller, rows=len(lines), act=Act.now(request.user))
    return downloads.csv_file("customers", head, lines)


def _cells(rows: list[Customer]) -> Iterator[list[str]]:
    for one in rows:
        balance = one.account_state.balance_amount
        yield [one.number, one.name, one.phone, one.area.name, one.status, f"{balance:.2f}"]
