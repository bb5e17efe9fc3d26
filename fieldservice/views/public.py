"""/job/<word>: what a customer sees of a job without signing in."""

from datetime import timedelta

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from fieldservice.forms.staff import LastDigitsForm
from fieldservice.models import WorkOrder
from fieldservice.services import links
from ispbill.accounts.access import public
from ispbill.core import clock
from ispbill.core.models import Company

SHOWN_AFTER_END = timedelta(days=30)
ASKS_AFTER = timedelta(days=14)
MOST_WRONG = 5
CLOSED_SECONDS = 3600


@public
@require_http_methods(["GET", "POST"])
def job(request: HttpRequest, word: str) -> HttpResponse:
    """The window, the technician's first name and where it stands; nothing of money or place."""
    found = WorkOrder.objects.select_related("technician", "customer__area")
    order = found.filter(link_digest=links.digest(word)).first()
    now = clock.now()
    if order is None or (order.ended_at and order.ended_at + SHOWN_AFTER_END < now):
        raise Http404
    asks = bool(order.ended_at and order.ended_at + ASKS_AFTER < now)
    form = LastDigitsForm(request.POST or None) if asks else None
    if form is not None and not _knows_the_number(form, order):
        status = 422 if form.errors else 200
        context = {"form": form, "company": Company.current()}
        return _private(render(request, "fieldservice/public/digits.html", context, status=status))
    context = {
        "order": order,
        "company": Company.current(),
        "technician": order.technician.name.split(" ")[0] if order.technician else "",
        "area": order.customer.area.name,
    }
    return _private(render(request, "fieldservice/public/job.html", context))


def _knows_the_number(form: LastDigitsForm, order: WorkOrder) -> bool:
    """Tell whether the last digits were given; five wrong ones close the page for an hour."""
    key = f"job-digits:{order.pk}"
    if not form.is_bound or not form.is_valid():
        return False
    if int(cache.get(key, 0)) >= MOST_WRONG:
        form.add_error(None, _("Too many attempts. Try again in an hour."))
        return False
    if order.customer.phone.endswith(form.cleaned_data["digits"]):
        return True
    cache.add(key, 0, CLOSED_SECONDS)
    cache.incr(key)
    form.add_error("digits", _("These are not the last digits of the number we know."))
    return False


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response
