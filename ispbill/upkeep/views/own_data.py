"""/portal/data/: everything about a customer, for the customer; made while they wait, not kept."""

from io import BytesIO

from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from customers.views import own_account
from ispbill.accounts.access import customer_only, freshly_proven
from ispbill.accounts.http import Request
from ispbill.accounts.services import throttle
from ispbill.accounts.services.throttle import TooManyTries
from ispbill.core import rls
from ispbill.core.acts import Act
from ispbill.upkeep.services import own_data

A_DAY = 3
_DAY = 86_400


@customer_only
@freshly_proven
@require_http_methods(["GET", "POST"])
def download(request: Request) -> HttpResponseBase:
    """Say what the file holds; hand it out, three times a day at most."""
    customer = own_account.of(request)
    if request.method != "POST":
        return _page(request)
    try:
        throttle.count_in([(f"own-data:{customer.pk}", A_DAY)], seconds=_DAY)
    except TooManyTries as refusal:
        return _page(request, str(refusal), status=429)
    file = BytesIO()  # nothing of it ever lies on a disk
    with rls.as_house():
        own_data.write(customer=customer, target=file, act=Act.now(request.user))
    file.seek(0)
    name = f"{customer.number}.zip"
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")


def _page(request: Request, error: str = "", *, status: int = 200) -> HttpResponse:
    context = {"customer": own_account.of(request), "error": error}
    return render(request, "upkeep/portal/own_data.html", context, status=status)
