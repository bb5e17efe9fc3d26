"""/technician/stock/: what a technician carries, and what is on the way to them."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from fieldservice.stock.forms.stock import ReasonForm
from fieldservice.stock.models import StockTransfer
from fieldservice.stock.queries import stock as queries
from fieldservice.stock.services import transfers
from ispbill.accounts import responses
from ispbill.accounts.access import technician_only
from ispbill.accounts.http import Request
from ispbill.core import rls
from ispbill.core.acts import Act


@technician_only
@require_safe
def index(request: Request) -> HttpResponse:
    """The own van, and what waits for "I have it" or "send it back"."""
    return _page(request, ReasonForm())


@technician_only
@require_POST
def accept(request: Request, pk: int) -> HttpResponse:
    """Take what was sent into the own van."""
    with rls.as_house(), responses.refusals_told(request):
        transfers.accept(transfer=_own(request, pk), act=Act.now(request.user))
        messages.success(request, _("It is in your van now."))
    return HttpResponseRedirect(reverse("field:stock"))


@technician_only
@require_POST
def send_back(request: Request, pk: int) -> HttpResponse:
    """Send back what is not there or not wanted, with the reason."""
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, form, asked=pk)
    with rls.as_house():
        act = Act.now(request.user, reason=form.cleaned_data["reason"])
        with responses.refusals_told(request):
            transfers.return_it(transfer=_own(request, pk), act=act)
            messages.success(request, _("It goes back."))
    return HttpResponseRedirect(reverse("field:stock"))


def _own(request: Request, pk: int) -> StockTransfer:
    found = StockTransfer.objects.filter(target__person=request.user, pk=pk)
    row = found.select_related("item").first()
    if row is None:
        raise Http404
    return row


def _page(request: Request, form: ReasonForm, asked: int | None = None) -> HttpResponse:
    with rls.as_house():
        context = {
            "transfers": queries.to_accept(request.user),
            "van": queries.van(request.user),
            "form": form,
            "asked": asked,
        }
    status = 422 if form.errors else 200
    return render(request, "fieldservice/stock/van.html", context, status=status)
