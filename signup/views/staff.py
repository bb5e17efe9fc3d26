"""/admin/orders/: the list, one order, and what the office decides about it."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from customers.services import referrals
from ispbill.accounts import responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.audit.forms import ReasonForm
from ispbill.core import chips, clock, digits, formats, paging
from ispbill.core.acts import Act
from signup.forms.staff import AcceptForm, FindOrders
from signup.models import Order
from signup.queries import links
from signup.queries import orders as queries
from signup.rules import lifecycle
from signup.services import acceptance, closing, documents

SIZE = 50
_TABS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("decide", lifecycle.TO_DECIDE),
    ("under-way", lifecycle.UNDER_WAY),
    ("waiting", (lifecycle.WAITING,)),
    ("active", (lifecycle.ACTIVE,)),
    ("closed", (lifecycle.REJECTED, lifecycle.CANCELLED)),
    ("all", ()),
)


@require_GET
@staff_only("orders.view")
def index(request: Request) -> HttpResponse:
    """A-07: orders by state, newest first."""
    form = FindOrders(request.GET, user=request.user)
    visible = queries.narrowed(queries.visible_to(request.user), **form.wanted())
    counts = queries.counts(visible)
    tab = request.GET.get("tab", "")
    tab = tab if tab in dict(_TABS) else "decide"
    text = request.GET.get("q", "")[:80]
    number = digits.whole(request.GET.get("page", "")) or 0
    found = queries.listed(visible, states=dict(_TABS)[tab], text=text)
    rows = list(found[number * SIZE : (number + 1) * SIZE + 1])
    labels = {
        "decide": _("To decide"),
        "under-way": _("Under way"),
        "waiting": _("Waiting list"),
        "active": _("Active"),
        "closed": _("Closed"),
        "all": _("All"),
    }
    context = {
        "orders": rows[:SIZE],
        "form": form,
        "chips": chips.of(form, request.GET),
        "kept": {"tab": tab},
        "query": text,
        "tab": tab,
        "next_page": number + 1 if len(rows) > SIZE else None,
        "previous_page": number - 1 if number else None,
        "tabs": paging.tabs(
            request.GET,
            "tab",
            labels.items(),
            current=tab,
            counts={key: sum(counts[one] for one in states or counts) for key, states in _TABS},
        ),
    }
    part, page_name = "signup/staff/_rows.html", "signup/staff/index.html"
    return responses.region(request, context, part=part, page=page_name, target="list")


@require_GET
@staff_only("orders.view")
def detail(request: Request, number: str) -> HttpResponse:
    """One order: who asked for what, where it stands, what may be done."""
    order = _order(request, number)
    may_decide = may(request.user, "orders.decide")
    verbs = lifecycle.possible(order.state) if may_decide else frozenset()
    context = {
        "order": order,
        "verbs": verbs,
        "papers": list(queries.documents_visible_to(request.user).filter(order=order)),
        "paper_count": order.documents.count(),
        "referrer": referrals.referrer_of(order.referral_code) if order.referral_code else None,
        "price_holds": bool(order.price_until and order.price_until >= clock.today()),
        "public_url": links.url(order.link_seed),
    }
    return render(request, "signup/staff/detail.html", context)


@require_http_methods(["GET", "POST"])
@staff_only("orders.decide")
def accept(request: Request, number: str) -> HttpResponse:
    """Make customer, service and installation job of an order."""
    order = _order(request, number)
    form = AcceptForm(request.POST or None, user=request.user, order=order)
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            done = acceptance.accept(order=order, act=Act.now(request.user), **form.cleaned_data)
            assert done.work_order is not None  # noqa: S101 - the database keeps it
            said = _("%(number)s is accepted. Give the job %(job)s to somebody.")
            words = {"number": done.number, "job": done.work_order.number}
            return responses.go(request, _address(done), said % words)
    effects = [
        _("%(name)s becomes a customer, and gets a message when the technician comes.")
        % {"name": order.name},
        _("The service %(package)s waits for the installation, at %(price)s a month.")
        % {"package": order.package, "price": _price(order)},
        _("An installation job is made, for somebody to be given."),
    ]
    return responses.dialog(
        request,
        form,
        heading=_("Accept %(number)s") % {"number": order.number},
        label=_("Accept"),
        back=_address(order),
        effects=effects,
    )


@require_http_methods(["GET", "POST"])
@staff_only("orders.decide")
def decide(request: Request, number: str, what: str) -> HttpResponse:
    """Survey, reject or cancel an order, with a reason."""
    deeds: dict[str, tuple[Any, str, str, bool]] = {
        "survey": (closing.survey, _("A survey comes first"), _("Plan a survey"), False),
        "reject": (closing.reject, _("Reject the order"), _("Reject"), True),
        "cancel": (closing.cancel, _("Cancel the order"), _("Cancel the order"), True),
    }
    if what not in deeds:
        raise Http404
    deed, heading, label, is_danger = deeds[what]
    order = _order(request, number)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        act = Act.now(request.user, reason=form.cleaned_data["reason"])
        with responses.refusals_in(form):
            done = deed(order=order, act=act)
            said = f"{done.number}: {done.get_state_display()}"
            return responses.go(request, _address(done), said)
    return responses.dialog(
        request,
        form,
        heading=heading,
        label=label,
        back=_address(order),
        effects=_effects(what, order),
        danger=is_danger,
    )


@require_GET
@staff_only("orders.papers")
def paper(request: Request, pk: int) -> HttpResponse:
    """Show a paper sent with an order; nothing of it stays in a cache."""
    document = get_object_or_404(queries.documents_visible_to(request.user), pk=pk)
    try:
        content = documents.content_of(document)
    except OSError as error:
        raise Http404 from error
    response = HttpResponse(content, content_type=document.media_type)
    response["Content-Disposition"] = "inline"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'; img-src 'self'"
    return response


def _effects(what: str, order: Order) -> list[str]:
    if what == "survey":
        return [_("The lead moves to survey; the order stays open.")]
    told = _("%(name)s is told, with this reason.") % {"name": order.name}
    if order.customer is None:
        return [told, _("The lead is lost.")]
    return [
        told,
        _("The job and the pending service end too."),
        _("The account is archived unless something was billed or paid."),
    ]


def _price(order: Order) -> str:
    return formats.money(order.gross_amount) if order.gross_amount is not None else "—"


def _order(request: Request, number: str) -> Order:
    found = queries.visible_to(request.user).select_related(
        "area", "branch", "package", "lead", "customer", "subscription", "work_order__technician"
    )
    return get_object_or_404(found, number=number)


def _address(order: Order) -> str:
    return reverse("staff_signup:order", args=[order.number])
