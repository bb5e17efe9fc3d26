"""/job/<word>: what a customer sees of a job without signing in."""

from datetime import timedelta

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from fieldservice.forms.staff import LastDigitsForm, SlotForm
from fieldservice.models import WorkOrder
from fieldservice.queries import slots
from fieldservice.rules import slots as slot_rules
from fieldservice.services import links, rescheduling
from ispbill.accounts.access import public
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError, Stale
from ispbill.core.models import Company

SHOWN_AFTER_END = timedelta(days=30)
ASKS_AFTER = timedelta(days=14)
MOST_WRONG = 5
CLOSED_SECONDS = 3600


@public
@require_http_methods(["GET", "POST"])
def job(request: HttpRequest, word: str) -> HttpResponse:
    """The window, the technician's first name and where it stands; nothing of money or place."""
    order, now = _order(word), clock.now()
    asks = bool(order.ended_at and order.ended_at + ASKS_AFTER < now)
    form = LastDigitsForm(request.POST or None) if asks else None
    if form is not None and not _knows_the_number(form, order):
        status = 422 if form.errors else 200
        context = {"form": form, "company": Company.current()}
        return _private(render(request, "fieldservice/public/digits.html", context, status=status))
    return _shown(request, order, word)


@public
@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, word: str) -> HttpResponse:
    """Let the customer choose another window; 409 where the job has changed since they looked."""
    order, now = _order(word), clock.now()
    try:
        rescheduling.refuse(order, at=now)
    except DomainError as refusal:
        return _shown(request, order, word, said=str(refusal), status=409)
    free = slots.free(order, at=now)
    form = SlotForm(request.POST or None, free=free, initial={"version": order.version})
    status = 200
    if request.method == "POST" and form.is_valid():
        on, start = form.chosen()
        version = form.cleaned_data["version"]
        try:
            rescheduling.choose(
                order=order, on=on, start=start, version=version, act=Act(None, now)
            )
        except Stale as refusal:
            return _shown(request, _order(word), word, said=str(refusal), status=409)
        except DomainError as refusal:
            form.add_error("slot", str(refusal))
        else:
            return _private(HttpResponseRedirect(reverse("public_fieldservice:job", args=[word])))
    if form.errors:
        status = 422
    context = {"form": form, "free": free, "word": word, "company": Company.current()}
    return _private(render(request, "fieldservice/public/move.html", context, status=status))


def _order(word: str) -> WorkOrder:
    """Return the job of a link. Raises Http404 for none, or one whose page is closed."""
    found = WorkOrder.objects.select_related("technician", "customer__area")
    order = found.filter(link_digest=links.digest(word)).first()
    if order is None or (order.ended_at and order.ended_at + SHOWN_AFTER_END < clock.now()):
        raise Http404
    return order


def _shown(
    request: HttpRequest, order: WorkOrder, word: str, *, said: str = "", status: int = 200
) -> HttpResponse:
    why_not = slot_rules.refusal(
        state=order.state,
        moves=order.customer_moves,
        window_start=order.window_start,
        at=clock.now(),
    )
    context = {
        "order": order,
        "word": word,
        "said": said,
        "may_move": not why_not,
        "company": Company.current(),
        "technician": order.technician.name.split(" ")[0] if order.technician else "",
        "area": order.customer.area.name,
    }
    return _private(render(request, "fieldservice/public/job.html", context, status=status))


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
