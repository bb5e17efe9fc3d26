"""/portal/opinion/: what we ask the customer, and whether we may; read as the portal's role."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from customers.models import Customer
from customers.views import own_account
from ispbill.accounts import responses
from ispbill.accounts.access import customer_only
from ispbill.accounts.http import Request
from ispbill.core import clock, rls
from ispbill.core.acts import Act
from tickets.forms.portal import Recommend
from tickets.models import Opinion
from tickets.queries import opinions
from tickets.services import opinions as asking
from tickets.services import opting_out


@customer_only
@require_GET
def show(request: Request) -> HttpResponse:
    """Show the question that waits for an answer, and the choice to be asked at all."""
    return _page(request, own_account.of(request), Recommend())


@customer_only
@require_POST
def answer(request: Request, pk: int) -> HttpResponse:
    """Keep what the customer has said."""
    customer = own_account.of(request)
    asked = get_object_or_404(Opinion.objects.only(*opinions.OWN), pk=pk, customer=customer)
    form = Recommend(request.POST)
    if form.is_valid():
        said = asking.Said(form.cleaned_data["score"], form.cleaned_data["comment"])
        with responses.refusals_in(form):
            with rls.as_house():
                asking.answer(opinion=asked, said=said, act=Act.now(request.user))
            messages.success(request, _("Thank you. That helps us."))
            return redirect("portal:opinion")
    return _page(request, customer, form, status=422)


@customer_only
@require_POST
def choose(request: Request) -> HttpResponse:
    """Ask the customer for opinions from now on, or not any more."""
    customer = own_account.of(request)
    act = Act.now(request.user)
    with rls.as_house():
        if "is_asked" in request.POST:
            opting_out.resume(customer=customer, act=act)
        else:
            opting_out.stop(customer=customer, act=act)
    messages.success(request, _("Saved."))
    return redirect("portal:opinion")


def _page(
    request: Request, customer: Customer, form: Recommend, *, status: int = 200
) -> HttpResponse:
    context = {
        "customer": customer,
        "opinion": opinions.open_of(customer.pk, at=clock.now()),
        "form": form,
        "is_asked": not opinions.refuses(customer.pk),
    }
    return render(request, "tickets/portal/opinion.html", context, status=status)
